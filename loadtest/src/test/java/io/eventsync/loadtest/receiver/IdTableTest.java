package io.eventsync.loadtest.receiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class IdTableTest {

    private static final int MANY = 200_000;

    @Test
    void row_staysTheSame_whenTheTableGrows() {
        IdTable table = new IdTable(IdTable.IDS_MAX);
        for (int i = 0; i < MANY; i++) {
            assertThat(table.row(id(i))).isEqualTo(i);
            table.keepDigest(i, new Digest(i, -i));
        }

        for (int i = 0; i < MANY; i++) {
            assertThat(table.row(id(i))).isEqualTo(i);
            assertThat(table.id(i)).isEqualTo(id(i));
            assertThat(table.hasDigest(i, new Digest(i, -i))).isTrue();
        }
        assertThat(table.size()).isEqualTo(MANY);
    }

    @Test
    void row_isNone_whenTheTableIsFull() {
        IdTable table = new IdTable(2);
        assertThat(table.row(id(0))).isZero();
        assertThat(table.row(id(1))).isEqualTo(1);

        assertThat(table.row(id(2))).isEqualTo(IdTable.NO_ROW);
        assertThat(table.row(id(1))).isEqualTo(1);
    }

    @Test
    void arena_refuses_whatIsTooLong() {
        ByteArena arena = new ByteArena();
        byte[] longest = new byte[ByteArena.BYTES_MAX];

        assertThat(arena.get(arena.add(longest))).isEqualTo(longest);
        assertThatThrownBy(() -> arena.add(new byte[ByteArena.BYTES_MAX + 1]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static byte[] id(int number) {
        return ("evt-" + number).getBytes(StandardCharsets.UTF_8);
    }
}
