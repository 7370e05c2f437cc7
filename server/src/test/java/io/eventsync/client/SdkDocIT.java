package io.eventsync.client;

import static io.eventsync.server.postgres.TestSql.await;
import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.server.TestServer;
import io.eventsync.v1.Event;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.Start;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What docs/SDK.md and the package's page show of reading; the snippet of the JDBC cursor runs in {@link SyncIT}. */
@Timeout(60)
class SdkDocIT {
    private final TestServer server = TestServer.start();
    private final EventSyncClient client = EventSyncClient.connect("127.0.0.1:" + server.port());
    private final List<Event> billed = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        done(client.close());
        server.close();
    }

    @Test
    void follow() {
        // example: follow
        Subscription orders =
                client.follow("ORDER", event -> System.out.println(event.getTag() + " " + event.getJson()));
        // end
        await().until(() -> orders.state() == SubscriptionState.LIVE);
    }

    @Test
    void subscribe() {
        CursorStore store = CursorStore.memory();
        ingest();
        // example: subscribe
        Subscription subscription = client.subscribe(ReadOptions.tags("ORDER").keepCursor(store, "billing"))
                .onCaughtUp(() -> System.out.println("level with the log"))
                .process(event -> bill(event));
        // end

        await().until(() -> billed.size() == 1);
        done(subscription.close());
        assertThat(store.load("billing")).isPresent();
    }

    @Test
    void consumers() {
        ingest();
        // example: consumers
        NamedConsumer billing = client.consumer("billing");
        Future<Void> sought = billing.create()
                .compose(consumer -> billing.lag())
                .onSuccess(events -> System.out.println(events + " events behind"))
                .compose(events ->
                        billing.seek(Start.newBuilder().setAfterPosition(0).build()))
                .mapEmpty();
        // end
        done(sought);

        assertThat(await(billing.lag())).isEqualTo(1);
    }

    private Future<Void> bill(Event event) {
        billed.add(event);
        return Future.succeededFuture();
    }

    private void ingest() {
        done(client.events()
                .ingest(IngestRequest.newBuilder()
                        .setEvent(Event.newBuilder().setTag("ORDER.PAID").setJson("{}"))
                        .build()));
    }
}
