package io.eventsync.server.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PostingsTest {
    private static final long ALL = Long.MAX_VALUE;

    @Test
    void blocksOfSeveralTags_areOneList_inTheOrderOfTheLog() {
        Postings postings = Postings.of(List.of(block(0, 1, 5, 9), block(0, 1, 7), block(1, 1, 2)), 0, ALL, 10);

        assertThat(postings.positions()).containsExactly(5L, 7L, 9L, 65_538L);
        assertThat(postings.places()).isEqualTo("{\"(70000,5)\",\"(70000,7)\",\"(70000,9)\",\"(70000,2)\"}");
    }

    @Test
    void postings_areThoseAfterTheStart_throughTheEnd_asManyAsAskedFor() {
        List<Postings.Block> blocks = List.of(block(0, 1, 5, 7, 9, 11));

        assertThat(Postings.of(blocks, 5, 9, 10).positions()).containsExactly(7L, 9L);
        assertThat(Postings.of(blocks, 0, ALL, 3).positions()).containsExactly(5L, 7L, 9L);
        assertThat(Postings.of(blocks, 11, ALL, 3)).isEqualTo(Postings.NONE);
    }

    @Test
    void firstAndLastOffsetOfABlock_areItsEnds() {
        Postings.Block block = new Postings.Block(1, List.of(Short.MIN_VALUE, Short.MAX_VALUE), null, 1);

        assertThat(Postings.of(List.of(block), 0, ALL, 10).positions()).containsExactly(65_537L, 131_072L);
    }

    @Test
    void places_areKnown_ifThoseOfAllAre_andInOnePartition() {
        assertThat(Postings.of(List.of(block(0, 1, 5), block(1, 1, 5)), 0, ALL, 10)
                        .hasPlaces())
                .isTrue();
        assertThat(Postings.of(List.of(block(0, 1, 5), block(1, 2, 5)), 0, ALL, 10)
                        .hasPlaces())
                .isFalse();
        assertThat(Postings.of(List.of(block(0, 1, 5), block(1, 2, 5)), 0, ALL, 1)
                        .hasPlaces())
                .isTrue();
        Postings.Block without = new Postings.Block(1, List.of((short) 0), null, 1);
        assertThat(Postings.of(List.of(block(0, 1, 5), without), 0, ALL, 10).hasPlaces())
                .isFalse();
        assertThat(Postings.of(List.of(block(0, 1, 5), without), 0, ALL, 1).hasPlaces())
                .isTrue();
    }

    @Test
    void postings_beginWithTheFirstEventsMeant_andNoOthers() {
        Postings postings = Postings.of(List.of(block(0, 1, 10, 20, 30)), 0, ALL, 10);

        assertThat(postings.beginWith(events(10, 20, 30))).isTrue();
        assertThat(postings.beginWith(events(10))).isTrue();
        assertThat(postings.beginWith(List.of())).isFalse();
        assertThat(postings.beginWith(events(20))).isFalse();
        assertThat(postings.beginWith(events(10, 30))).isFalse();
        assertThat(postings.beginWith(events(10, 15, 20))).isFalse();
        assertThat(postings.beginWith(events(10, 20, 30, 40))).isFalse();
    }

    /** At positions that are small enough to be told from each other as numbers on page 70,000. */
    private static Postings.Block block(int number, long partition, int... positions) {
        List<Short> offsets = IntStream.of(positions)
                .mapToObj(position -> (short) (position - 1 - 32_768))
                .toList();
        Buffer places = Buffer.buffer(new byte[20]);
        IntStream.of(positions)
                .forEach(position -> places.appendInt(6).appendInt(70_000).appendShort((short) position));
        return new Postings.Block(number, offsets, places, partition);
    }

    private static List<LogEvent> events(long... positions) {
        return LongStream.of(positions)
                .mapToObj(position -> TestEvents.event(position, "T"))
                .toList();
    }
}
