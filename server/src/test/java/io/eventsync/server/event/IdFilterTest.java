package io.eventsync.server.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class IdFilterTest {
    private final IdFilter filter = new IdFilter();

    @Test
    void given_isNeverDenied_andFewOthersAreTakenForKnown_onceItIsFull() {
        hashes(0, IdFilter.IDS).forEach(filter::add);

        assertThat(hashes(0, IdFilter.IDS).allMatch(filter::mayHave)).isTrue();
        assertThat(hashes(IdFilter.IDS, IdFilter.IDS + 1_000_000)
                        .filter(filter::mayHave)
                        .count())
                .isBetween(1L, 2_000L);
    }

    @Test
    void empty_deniesAll() {
        assertThat(hashes(0, 100_000).noneMatch(filter::mayHave)).isTrue();
    }

    private static LongStream hashes(long from, long to) {
        return LongStream.range(from, to).map(i -> PostgresHash.of("id-" + i));
    }
}
