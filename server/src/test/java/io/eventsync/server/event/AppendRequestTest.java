package io.eventsync.server.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.v1.Event;
import io.vertx.core.Context;
import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.Test;

class AppendRequestTest {
    private static final Context CONTEXT = (Context) Proxy.newProxyInstance(
            Context.class.getClassLoader(), new Class<?>[] {Context.class}, (proxy, method, arguments) -> null);

    @Test
    void request_isAnswered_whenEachEventIsResolved() {
        AppendRequest request = request(event("a", "1"), event("b", "2"));

        request.resolve(1, new Appended("b", 11, 100, true));
        assertThat(request.isResolved()).isFalse();
        assertThat(request.isOpen(0)).isTrue();
        assertThat(request.isOpen(1)).isFalse();
        request.resolve(0, new Appended("a", 12, 100, false));
        request.complete();

        assertThat(request.isResolved()).isTrue();
        assertThat(request.future().result())
                .containsExactly(new Appended("a", 12, 100, false), new Appended("b", 11, 100, true));
    }

    @Test
    void repeats_goIntoTheLogOnce_whenTheyAreTheSame() {
        AppendRequest request = request(event("a", "1"), event("b", "2"), event("a", "1"));

        assertThat(request.isOpen(2)).isFalse();
        request.resolve(0, new Appended("a", 5, 100, false));
        request.resolve(1, new Appended("b", 6, 100, false));
        request.complete();

        assertThat(request.future().result().get(2)).isEqualTo(new Appended("a", 5, 100, true));
    }

    @Test
    void repeats_areRefused_whenTheyDiffer() {
        Failure other = catchThrowableOfType(Failure.class, () -> request(event("a", "1"), event("a", "2")));
        Failure otherTag = catchThrowableOfType(
                Failure.class,
                () -> request(
                        event("a", "1"),
                        new NewEvent("a", true, "OTHER", event("a", "1").body())));

        assertThat(other.reason()).isEqualTo(Reason.EVENT_ID_REUSED);
        assertThat(other.metadata()).containsEntry("id", "a").containsEntry("index", "1");
        assertThat(otherTag.reason()).isEqualTo(Reason.EVENT_ID_REUSED);
    }

    @Test
    void batch_placesOpenEventsOnly_inTheirOrder() {
        AppendRequest first = request(event("a", "1"), event("b", "2"), event("a", "1"));
        AppendRequest second = request(event("c", "3"));
        first.resolve(1, new Appended("b", 3, 50, true));
        AppendBatch batch = new AppendBatch();
        batch.add(first);
        batch.add(second);

        assertThat(batch.ids()).containsExactly("a", "c");
        LogEvent[] placed = batch.place(10, 100, new Integer[] {7, 8}, (tag, tagId) -> tag);

        assertThat(placed).extracting(LogEvent::position).containsExactly(11L, 12L);
        assertThat(placed).extracting(LogEvent::id).containsExactly("a", "c");
        assertThat(first.isResolved()).isTrue();
        assertThat(second.isResolved()).isTrue();
    }

    @Test
    void probe_leavesOut_whatTheServerMade_whatIsNewerThanTheIndex_andWhatAFilterDenies() {
        AppendBatch batch = new AppendBatch();
        batch.add(request(
                event("old", "1"),
                event("denied", "1"),
                event("ffffffff-ffff-7000-8000-000000000000", "2"),
                new NewEvent("made", false, "A", new byte[0])));

        assertThat(batch.probe()).containsExactlyInAnyOrder("old", "denied", "ffffffff-ffff-7000-8000-000000000000");
        assertThat(batch.indexProbe(1_000, id -> !id.equals("denied"))).containsExactly("old");
    }

    private static AppendRequest request(NewEvent... events) {
        return new AppendRequest(List.of(events), null, CONTEXT);
    }

    private static NewEvent event(String id, String message) {
        return new NewEvent(
                id, true, "A", Event.newBuilder().setMessage(message).build().toByteArray());
    }
}
