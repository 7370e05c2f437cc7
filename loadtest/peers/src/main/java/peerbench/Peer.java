package peerbench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** One system under test. Add EventSync by writing one more subclass and naming it in Main.peer(). */
public abstract class Peer implements AutoCloseable {
    protected Map<String, String> opt;
    protected int conns = 1;

    /** Called for every event a subscriber is handed, after any client-side filter. */
    public interface Sink {
        void onEvent(byte[] payload);
    }

    /** Connects producers. {@code conns} = client connections for writing. */
    public abstract void open(Map<String, String> opt, int conns) throws Exception;

    /** Durable single-event write; completes on the server's ack. */
    public abstract CompletableFuture<?> put(int conn, String tag, byte[] payload);

    /** One call carrying many events; default = many puts awaited together (label says so). */
    public CompletableFuture<?> putBatch(int conn, List<String> tags, List<byte[]> payloads) {
        List<CompletableFuture<?>> l = new ArrayList<>(tags.size());
        for (int i = 0; i < tags.size(); i++) l.add(put(conn, tags.get(i), payloads.get(i)));
        return CompletableFuture.allOf(l.toArray(new CompletableFuture[0]));
    }

    public String batchKind() {
        return "pipelined singles";
    }

    /** Where the tag filter runs: server, client, or key-per-tag. */
    public abstract String filter();

    /** Live subscription from now on; prefix "" = all, "CAT3." = category, "CAT3.CODE4" = one tag. */
    public abstract AutoCloseable subscribe(int idx, String prefix, Sink sink) throws Exception;

    /** Reads everything stored from the start by cursor; returns the count once {@code expect} have arrived. */
    public long readAll(long expect) throws Exception {
        throw new UnsupportedOperationException();
    }

    public String name() {
        return opt.getOrDefault("label", getClass().getSimpleName());
    }

    static boolean match(String tag, String prefix) {
        return prefix.isEmpty() || tag.startsWith(prefix);
    }

    @Override
    public abstract void close() throws Exception;
}
