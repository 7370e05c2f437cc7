package io.eventsync.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Timestamp;
import io.eventsync.server.event.EventFilter;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.sync.ExpiredPolicy;
import io.eventsync.server.sync.Start;
import io.eventsync.server.tag.TagPrefix;
import io.eventsync.v1.Anchor;
import io.eventsync.v1.Filter;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class FilterMapperTest {
    private static final Start UNSET = new Start.Now();

    @Test
    void filter_isReducedToItsShortestForm() {
        Filter filter = Filter.newBuilder()
                .addAllTagPrefixes(List.of("B.C", "A.B", "A", "B.C", "A.B.C", "AB"))
                .addAllExcludeTagPrefixes(List.of("X.Y", "X"))
                .addAllKeys(List.of("k2", "k1", "k2"))
                .putAttributes("a", "1")
                .build();

        EventFilter mapped = FilterMapper.toFilter(filter, "filter");

        assertThat(mapped.include()).extracting(TagPrefix::text).containsExactly("A", "AB", "B.C");
        assertThat(mapped.exclude()).extracting(TagPrefix::text).containsExactly("X");
        assertThat(mapped.keys()).containsExactlyInAnyOrder("k1", "k2");
        assertThat(FilterMapper.toProto(mapped))
                .isEqualTo(Filter.newBuilder()
                        .addAllTagPrefixes(List.of("A", "AB", "B.C"))
                        .addExcludeTagPrefixes("X")
                        .addAllKeys(List.of("k1", "k2"))
                        .putAttributes("a", "1")
                        .build());
    }

    @Test
    void filters_areEqual_whenTheySelectTheSame() {
        Filter one = Filter.newBuilder().addTagPrefixes("A").addTagPrefixes("B").build();
        Filter other = Filter.newBuilder()
                .addTagPrefixes("B")
                .addTagPrefixes("A.X")
                .addTagPrefixes("A")
                .build();

        assertThat(FilterMapper.toFilter(one, "filter")).isEqualTo(FilterMapper.toFilter(other, "filter"));
    }

    @Test
    void filter_isHeldToItsLimits() {
        assertField(
                "filter.tag_prefixes[1]",
                () -> FilterMapper.toFilter(
                        Filter.newBuilder()
                                .addTagPrefixes("A")
                                .addTagPrefixes("a..b")
                                .build(),
                        "filter"));
        assertField(
                "filter.exclude_tag_prefixes[0]",
                () -> FilterMapper.toFilter(
                        Filter.newBuilder().addExcludeTagPrefixes("").build(), "filter"));

        assertThatCode(() -> FilterMapper.toFilter(entries(100, 32).build(), "filter"))
                .doesNotThrowAnyException();
        assertField(
                "filter.attributes", () -> FilterMapper.toFilter(entries(1, 33).build(), "filter"));
        assertField(
                "filter.keys",
                () -> FilterMapper.toFilter(entries(100, 0).addKeys("one more").build(), "filter"));
        assertField(
                "filter.tag_prefixes",
                () -> FilterMapper.toFilter(
                        entries(100, 0).addTagPrefixes("one-more").build(), "filter"));
        assertField(
                "filter.exclude_tag_prefixes",
                () -> FilterMapper.toFilter(
                        entries(100, 0).addExcludeTagPrefixes("one-more").build(), "filter"));
    }

    private static Filter.Builder entries(int count, int attributes) {
        Filter.Builder filter = Filter.newBuilder();
        for (int i = 0; i < count; i++) {
            filter.addTagPrefixes("t" + i).addExcludeTagPrefixes("x" + i).addKeys("k" + i);
        }
        for (int i = 0; i < attributes; i++) {
            filter.putAttributes("a" + i, "");
        }
        return filter;
    }

    @Test
    void start_isMapped() {
        assertThat(start(start())).isEqualTo(UNSET);
        assertThat(start(start().setCursor(""))).isEqualTo(UNSET);
        assertThat(start(start().setCursor("c"))).isEqualTo(new Start.AtCursor("c"));
        assertThat(start(start().setAfterPosition(0))).isEqualTo(new Start.AfterPosition(0));
        assertThat(start(start().setAnchor(Anchor.ANCHOR_UNSPECIFIED))).isEqualTo(UNSET);
        assertThat(start(start().setAnchor(Anchor.ANCHOR_BEGINNING))).isEqualTo(new Start.Beginning());
        assertThat(start(start().setAnchor(Anchor.ANCHOR_NOW))).isEqualTo(new Start.Now());
        assertThat(start(start().setConsumer("x"))).isEqualTo(new Start.OfConsumer("x"));
    }

    @Test
    void startTime_isRoundedUpToMicroseconds() {
        assertThat(start(start().setTime(Timestamp.newBuilder().setSeconds(1).setNanos(1_000))))
                .isEqualTo(new Start.AtTime(1_000_001));
        assertThat(start(start().setTime(Timestamp.newBuilder().setSeconds(1).setNanos(1_001))))
                .isEqualTo(new Start.AtTime(1_000_002));
        assertThat(start(start().setTime(Timestamp.newBuilder().setSeconds(-1).setNanos(999_999_999))))
                .isEqualTo(new Start.AtTime(0));
    }

    @Test
    void start_isRefused_whenOutOfRange() {
        assertField("start.after_position", () -> start(start().setAfterPosition(-1)));
        assertField(
                "start.time", () -> start(start().setTime(Timestamp.newBuilder().setNanos(-1))));
        assertField("start.anchor", () -> start(start().setAnchorValue(77)));
    }

    private static io.eventsync.v1.Start.Builder start() {
        return io.eventsync.v1.Start.newBuilder();
    }

    private static Start start(io.eventsync.v1.Start.Builder start) {
        return FilterMapper.toStart(start.build(), UNSET);
    }

    @Test
    void policy_isMapped() {
        assertThat(FilterMapper.toPolicy(io.eventsync.v1.ExpiredPolicy.EXPIRED_POLICY_UNSPECIFIED))
                .isEqualTo(ExpiredPolicy.ERROR);
        assertThat(FilterMapper.toPolicy(io.eventsync.v1.ExpiredPolicy.EXPIRED_POLICY_ERROR))
                .isEqualTo(ExpiredPolicy.ERROR);
        assertThat(FilterMapper.toPolicy(io.eventsync.v1.ExpiredPolicy.EXPIRED_POLICY_SKIP_TO_EARLIEST))
                .isEqualTo(ExpiredPolicy.SKIP_TO_EARLIEST);
        assertField("on_expired", () -> FilterMapper.toPolicy(io.eventsync.v1.ExpiredPolicy.UNRECOGNIZED));
    }

    @Test
    void count_isDefaultedAndBounded() {
        assertThat(FilterMapper.toCount("n", 0, 50, 100)).isEqualTo(50);
        assertThat(FilterMapper.toCount("n", 1, 50, 100)).isEqualTo(1);
        assertThat(FilterMapper.toCount("n", 100, 50, 100)).isEqualTo(100);
        assertField("n", () -> FilterMapper.toCount("n", 101, 50, 100));
        assertField("n", () -> FilterMapper.toCount("n", -1, 50, 100));
    }

    @Test
    void duration_isBounded() {
        assertThat(duration(0, 0)).isEqualTo(Duration.ZERO);
        assertThat(duration(60, 0)).isEqualTo(Duration.ofMinutes(1));
        assertThat(FilterMapper.toProto(Duration.ofMillis(1_500)))
                .isEqualTo(proto(1, 500_000_000).build());
        assertField("wait", () -> duration(60, 1));
        assertField("wait", () -> duration(0, -1));
        assertField("wait", () -> duration(Long.MAX_VALUE, Integer.MAX_VALUE));
        assertField("wait", () -> duration(Long.MIN_VALUE, 0));
    }

    private static Duration duration(long seconds, int nanos) {
        return FilterMapper.toDuration("wait", proto(seconds, nanos).build(), Duration.ZERO, Duration.ofMinutes(1));
    }

    private static com.google.protobuf.Duration.Builder proto(long seconds, int nanos) {
        return com.google.protobuf.Duration.newBuilder().setSeconds(seconds).setNanos(nanos);
    }

    private static void assertField(String field, ThrowingCallable call) {
        Failure refused = catchThrowableOfType(Failure.class, call);

        assertThat(refused).as("refusal of %s", field).isNotNull();
        assertThat(refused.violations())
                .extracting(Failure.FieldViolation::field)
                .containsExactly(field);
    }
}
