package io.eventsync.server.tag;

import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Who wants an event with this tag? Asked once for each event and event loop, and by webhooks for each event. It has to cost the same
 * with ten thousand readers as with a hundred; {@code oneByOne} is what it would cost without the index.
 */
@State(Scope.Benchmark)
public class TagIndexBenchmark {
    private static final int TAGS = 1_024;

    @Param({"100", "10000"})
    int prefixes;

    private final TagIndex<TagPrefix> index = new TagIndex<>();
    private final List<TagPrefix> all = new ArrayList<>();
    private final String[] tags = new String[TAGS];
    private int next;

    @Setup
    public void fill() {
        for (int i = 0; i < prefixes; i++) {
            TagPrefix prefix = new TagPrefix("SHOP" + i % 100 + ".ORDERS" + i / 100);
            all.add(prefix);
            index.add(List.of(prefix), prefix);
        }
        for (int i = 0; i < TAGS; i++) {
            tags[i] = all.get(i * 31 % prefixes).text() + ".PAID.V" + i;
        }
    }

    @Benchmark
    public List<TagPrefix> match() {
        return index.match(nextTag());
    }

    @Benchmark
    public int oneByOne() {
        String tag = nextTag();
        int found = 0;
        for (TagPrefix prefix : all) {
            found += prefix.matches(tag) ? 1 : 0;
        }
        return found;
    }

    private String nextTag() {
        next = (next + 1) % TAGS;
        return tags[next];
    }
}
