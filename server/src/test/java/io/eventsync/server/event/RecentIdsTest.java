package io.eventsync.server.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecentIdsTest {
    private final RecentIds ids = new RecentIds();

    @Test
    void id_isFound_untilTheIndexHasIt() {
        ids.add("last-of-0", Blocks.SIZE);
        ids.add("first-of-1", Blocks.SIZE + 1L);
        ids.add("first-of-2", 2L * Blocks.SIZE + 1);

        ids.forgetThrough(Blocks.SIZE);

        assertThat(ids.find("last-of-0")).isNull();
        assertThat(ids.find("first-of-1")).isEqualTo(Blocks.SIZE + 1L);
        assertThat(ids.find("first-of-2")).isEqualTo(2L * Blocks.SIZE + 1);
    }

    @Test
    void block_isKept_whenOnlyPartOfItIsIndexed() {
        ids.add("a", 1);

        ids.forgetThrough(0);
        ids.forgetThrough(Blocks.SIZE - 1L);

        assertThat(ids.find("a")).isEqualTo(1);
    }

    @Test
    void id_isUnknown_afterClear() {
        ids.add("a", 1);

        ids.clear();

        assertThat(ids.find("a")).isNull();
    }
}
