package io.eventsync.loadtest.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FlowTest {

    private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");

    @Test
    void entries_areTheSame_whenTheSeedIs() {
        assertThat(take(config(7, Burst.NONE), 500)).isEqualTo(take(config(7, Burst.NONE), 500));
        assertThat(take(config(7, Burst.NONE), 500)).isNotEqualTo(take(config(8, Burst.NONE), 500));
    }

    @Test
    void entries_comeInTheOrderOfTheirTime() {
        assertThat(take(config(1, Burst.NONE), 2_000))
                .extracting(LogEntry::time)
                .isSorted();
    }

    @Test
    void heartbeats_comeAtTheirFrequency() {
        List<Instant> beats = take(config(1, Burst.NONE), 2_000).stream()
                .filter(entry -> entry.tag().equals("SERVICE.HEARTBEAT"))
                .map(LogEntry::time)
                .toList();

        assertThat(beats).hasSizeGreaterThan(5);
        for (int i = 0; i < beats.size(); i++) {
            assertThat(beats.get(i)).isEqualTo(START.plusSeconds(5L * i));
        }
    }

    @Test
    void visitors_goAWayThatMakesSense() {
        Map<String, String> lastOfSession = new HashMap<>();
        for (LogEntry entry : take(config(3, Burst.NONE), 5_000)) {
            String before = lastOfSession.put(entry.session(), entry.tag());
            if (entry.tag().equals("PAYMENT.ACCEPTED")) {
                assertThat(before).isIn("ORDER.CREATED", "PAYMENT.DECLINED");
            }
            if (entry.tag().equals("ORDER.CREATED")) {
                assertThat(before).isEqualTo("CART.ADDED");
            }
            assertThat(before).isNotEqualTo("USER.LOGOUT");
        }
        assertThat(lastOfSession).hasSizeGreaterThan(100);
    }

    @Test
    void bursts_bringManyMoreVisitors() {
        Burst burst = new Burst(Duration.ofSeconds(20), Duration.ofSeconds(5), 10);
        long quiet = 0;
        long busy = 0;
        for (LogEntry entry : take(config(5, burst), 20_000)) {
            Duration at = Duration.between(START, entry.time());
            boolean isLogin = entry.tag().startsWith("USER.LOGIN");
            if (isLogin && at.toSeconds() >= 20 && at.toSeconds() < 25) {
                busy++;
            } else if (isLogin && at.toSeconds() >= 10 && at.toSeconds() < 15) {
                quiet++;
            }
        }

        // 10 times as many come; failed tries of the ones before blur it a little.
        assertThat((double) busy / quiet).isBetween(6.0, 14.0);
    }

    @Test
    void customFields_takeTheValuesGiven() {
        FlowConfig config =
                new FlowConfig(1, Duration.ofSeconds(5), 10, Burst.NONE, FieldText.parse(Map.of("region", "eu|us")));

        assertThat(take(config, 200))
                .extracting(entry -> entry.fields().get("region"))
                .containsOnly("eu", "us")
                .contains("eu", "us");
    }

    @Test
    void customFields_areRefused_whenTheNameIsTaken() {
        assertThatThrownBy(() -> FieldText.parse(Map.of("message", "x"))).hasMessageContaining("'message'");
        assertThatThrownBy(() -> FieldText.parse(Map.of("a b", "x"))).hasMessageContaining("'a b'");
    }

    @Test
    void burst_isRead_fromItsText() {
        Burst.Text text = new Burst.Text();

        assertThat(text.convert("30s:500ms:2.5"))
                .isEqualTo(new Burst(Duration.ofSeconds(30), Duration.ofMillis(500), 2.5));
        assertThatThrownBy(() -> text.convert("30s:40s:2")).hasMessageContaining("shorter");
        assertThatThrownBy(() -> text.convert("30s")).hasMessageContaining("EVERY:LENGTH:FACTOR");
        assertThatThrownBy(() -> text.convert("30s:1s:0")).hasMessageContaining("1 to 1000");
    }

    private static FlowConfig config(long seed, Burst burst) {
        return new FlowConfig(seed, Duration.ofSeconds(5), 20, burst, Map.of());
    }

    private static List<LogEntry> take(FlowConfig config, int count) {
        Flow flow = new Flow(config, START);
        List<LogEntry> entries = new ArrayList<>();
        while (entries.size() < count && flow.hasNext()) {
            entries.add(flow.next());
        }
        return entries;
    }
}
