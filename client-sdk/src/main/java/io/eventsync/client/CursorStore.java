package io.eventsync.client;

import java.nio.file.Path;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Where readers keep their cursors, by name. An SPI: implement it for a store of your own.
 *
 * <p>Both methods may block; subscriptions call them on worker threads, one call at a time for one name. What {@code save} was given when it
 * returned is what {@code load} answers after a crash. A cursor is at most 600 printable ASCII characters; it may have a part after a
 * {@code ~}, which says how many events of a frame were processed, and which only this client understands.
 *
 * <p>A {@code save} that throws is tried again with growing pauses, unless it throws an {@link EventSyncException} that is not retryable:
 * that one ends the subscription.
 */
public interface CursorStore {
    /** The cursor last saved under this name; nothing if there is none. */
    Optional<String> load(String name);

    /** Keeps a cursor under this name. */
    void save(String name, String cursor);

    /** Forgets with the process. For tests, and for one reader after another in the same process. */
    static CursorStore memory() {
        return new MemoryCursorStore();
    }

    /**
     * A file per name in this directory, which is made if need be. Each save is on disk before it returns, whole or not at all, and one store
     * at a time has the directory.
     *
     * @throws java.io.UncheckedIOException if the directory cannot be used, or another store has it
     */
    static FileCursorStore file(Path directory) {
        return FileCursorStore.open(directory);
    }

    /** A table of a database, {@link JdbcCursorStore#DDL}. */
    static JdbcCursorStore jdbc(DataSource database) {
        return new JdbcCursorStore(database);
    }

    /**
     * The server's named consumers; one that is missing is made by the first save. They hold cursors of whole frames: after a crash, what was
     * processed of the frame under way comes again.
     */
    static CursorStore consumers(EventSyncClient client) {
        return new ConsumerCursorStore(client);
    }
}
