package io.eventsync.server.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.event.EventFilter;
import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.LogPoint;
import io.eventsync.server.event.TestEvents;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LiveGroupTest {
    private static final EventFilter KEY_K = new EventFilter(List.of(), List.of(), Set.of("k"), Map.of());
    private static final LogPoint NOW = new LogPoint(99, 7);

    /** Leaves after as many portions as it wants. */
    private static final class Member implements LiveMember {
        final List<Frame.Events> got = new ArrayList<>();
        final LiveGroup group;
        int wants = Integer.MAX_VALUE;

        Member(LiveGroup group) {
            this.group = group;
            group.add(this);
        }

        @Override
        public void deliver(Frame.Events frame) {
            got.add(frame);
            if (got.size() >= wants) {
                group.remove(this);
            }
        }

        @Override
        public void fallBehind(LogPoint point) {
            throw new AssertionError(point);
        }

        @Override
        public void regressed() {
            throw new AssertionError();
        }

        List<List<Long>> positions() {
            return got.stream()
                    .map(f -> f.events().stream().map(LogEvent::position).toList())
                    .toList();
        }
    }

    @Test
    void portions_areBoundByNumber_andTheLastReachesNow() {
        LiveGroup group = group(2, Long.MAX_VALUE);
        Member member = new Member(group);

        offer(group, 5, "k");
        group.flush(NOW);

        assertThat(member.positions()).containsExactly(List.of(1L, 2L), List.of(3L, 4L), List.of(5L));
        assertThat(member.got)
                .extracting(Frame.Events::point)
                .containsExactly(
                        LogPoint.after(TestEvents.event(2, "A")), LogPoint.after(TestEvents.event(4, "A")), NOW);
    }

    @Test
    void portions_areBoundByBytes_butNeverEmpty() {
        int size = TestEvents.event(1, "A", "k").wire().length;
        LiveGroup roomForTwo = group(100, 2L * size + 1);
        LiveGroup roomForNone = group(100, 1);
        Member two = new Member(roomForTwo);
        Member none = new Member(roomForNone);

        offer(roomForTwo, 5, "k");
        offer(roomForNone, 3, "k");
        roomForTwo.flush(NOW);
        roomForNone.flush(NOW);

        assertThat(two.positions()).containsExactly(List.of(1L, 2L), List.of(3L, 4L), List.of(5L));
        assertThat(none.positions()).containsExactly(List.of(1L), List.of(2L), List.of(3L));
    }

    @Test
    void members_shareEachFrame() {
        LiveGroup group = group(2, Long.MAX_VALUE);
        Member one = new Member(group);
        Member other = new Member(group);

        offer(group, 3, "k");
        group.flush(NOW);

        assertThat(one.got).hasSize(2);
        for (int i = 0; i < 2; i++) {
            assertThat(one.got.get(i)).isSameAs(other.got.get(i));
        }
    }

    @Test
    void member_getsNoMore_whenItLeavesDuringDelivery() {
        LiveGroup group = group(1, Long.MAX_VALUE);
        Member leaver = new Member(group);
        Member stayer = new Member(group);
        leaver.wants = 1;

        offer(group, 3, "k");
        group.flush(NOW);

        assertThat(leaver.positions()).containsExactly(List.of(1L));
        assertThat(stayer.positions()).hasSize(3);
    }

    @Test
    void event_isPassedOver_whenItsBodyDoesNotMatch() {
        LiveGroup group = group(10, Long.MAX_VALUE);
        Member member = new Member(group);

        offer(group, 3, "other");
        assertThat(group.hasPending()).isFalse();
        group.flush(NOW);

        assertThat(member.got).isEmpty();
    }

    @Test
    void lingering_isArrangedOnce() {
        LiveGroup group = group(2, Long.MAX_VALUE);

        assertThat(group.startLingering()).isTrue();
        assertThat(group.startLingering()).isFalse();
        group.stopLingering();
        assertThat(group.startLingering()).isTrue();

        offer(group, 1, "k");
        assertThat(group.isFull()).isFalse();
        offer(group, 1, "k");
        assertThat(group.isFull()).isTrue();
    }

    private static LiveGroup group(int batchEventsMax, long frameBytesMax) {
        return new LiveGroup(new LiveGroup.Key(KEY_K, batchEventsMax, 0), frameBytesMax);
    }

    private static void offer(LiveGroup group, int count, String key) {
        for (int i = 1; i <= count; i++) {
            group.offer(TestEvents.event(i, "A", key));
        }
    }
}
