package io.eventsync.server.tag;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TagIndexTest {
    private static final long SEED = 20_260_101;
    private static final List<String> SEGMENTS = List.of("A", "AB", "B", "a", "A-B");

    private final Random random = new Random(SEED);

    private record Entry(List<TagPrefix> prefixes, Object value) {
        boolean matches(String tag) {
            return prefixes.isEmpty() || prefixes.stream().anyMatch(p -> p.matches(tag));
        }
    }

    @Test
    void index_agreesWithLookingAtEach_throughoutAdditionsAndRemovals() {
        TagIndex<Object> index = new TagIndex<>();
        List<Entry> entries = new ArrayList<>();

        for (int step = 0; step < 5_000; step++) {
            if (!entries.isEmpty() && random.nextInt(100) < 45) {
                Entry gone = entries.remove(random.nextInt(entries.size()));
                index.remove(gone.prefixes(), gone.value());
            } else {
                Entry added = new Entry(prefixes(), new Object());
                entries.add(added);
                index.add(added.prefixes(), added.value());
            }
            String tag = tag();
            assertThat(index.match(tag))
                    .as("seed %d step %d tag %s", SEED, step, tag)
                    .doesNotHaveDuplicates()
                    .containsExactlyInAnyOrderElementsOf(entries.stream()
                            .filter(e -> e.matches(tag))
                            .map(Entry::value)
                            .toList());
        }
    }

    @Test
    void values_areToldApartByIdentity_whenEqual() {
        TagIndex<String> index = new TagIndex<>();
        index.add(List.of(), new String("same".toCharArray()));
        index.add(List.of(new TagPrefix("A")), new String("same".toCharArray()));

        assertThat(index.match("A.B")).hasSize(2);
    }

    @Test
    void removal_changesNothing_whenTheValueIsNotThere() {
        TagIndex<String> index = new TagIndex<>();
        index.add(List.of(new TagPrefix("A")), "a");

        index.remove(List.of(new TagPrefix("A")), "b");
        index.remove(List.of(new TagPrefix("B")), "a");

        assertThat(index.match("A")).containsExactly("a");
    }

    private List<TagPrefix> prefixes() {
        List<TagPrefix> prefixes = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            prefixes.add(new TagPrefix(tag()));
        }
        return prefixes;
    }

    private String tag() {
        List<String> segments = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            segments.add(SEGMENTS.get(random.nextInt(SEGMENTS.size())));
        }
        return String.join(".", segments);
    }
}
