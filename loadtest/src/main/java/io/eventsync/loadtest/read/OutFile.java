package io.eventsync.loadtest.read;

import io.eventsync.v1.Event;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Events go to the out file, then the cursor and the file's length to the cursor file, which is replaced as a whole. Whatever
 * dies in between: the next start cuts the out file back to the recorded length and goes on from the recorded cursor, so that
 * no event is written twice or left out. This holds for processes that are killed; there is no fsync against a machine that is.
 *
 * <p>Writes block the event loop of the reader on purpose: the next frame must not be taken before this one is kept.
 */
final class OutFile implements FrameSink, AutoCloseable {

    private final @Nullable Path cursorFile;
    private final @Nullable FileChannel channel;
    private final OutputStream out;
    private String cursor;
    private long events;

    private OutFile(@Nullable Path cursorFile, @Nullable FileChannel channel, OutputStream out, String cursor) {
        this.cursorFile = cursorFile;
        this.channel = channel;
        this.out = out;
        this.cursor = cursor;
    }

    /** Without an out file events go to standard output, and a cursor file then records the cursor alone. */
    static OutFile open(@Nullable Path cursorFile, @Nullable Path outFile) throws IOException {
        List<String> kept = cursorFile != null && Files.exists(cursorFile)
                ? Files.readAllLines(cursorFile, StandardCharsets.UTF_8)
                : List.of();
        String cursor = kept.isEmpty() ? "" : kept.get(0);
        if (outFile == null) {
            return new OutFile(
                    cursorFile, null, new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)), cursor);
        }
        FileChannel channel = FileChannel.open(outFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (kept.size() > 1) {
            long length = Long.parseLong(kept.get(1));
            if (channel.size() < length) {
                channel.close();
                throw new IOException(outFile + " is shorter than " + cursorFile + " says (" + length
                        + " bytes): remove both to begin again");
            }
            channel.truncate(length);
        }
        channel.position(channel.size());
        OutFile file = new OutFile(
                cursorFile, channel, new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16), cursor);
        // From now on the cursor file knows how long the out file was before the first event.
        file.save(cursor);
        return file;
    }

    long eventCount() {
        return events;
    }

    @Override
    public String cursor() {
        return cursor;
    }

    @Override
    public void opened(long afterPosition) {
        // The file does not tell streams apart.
    }

    @Override
    public void events(List<Event> frame, String newCursor) {
        try {
            for (Event event : frame) {
                EventLine.write(event, out);
            }
            events += frame.size();
            save(newCursor);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void progress(long position, String newCursor) {
        try {
            save(newCursor);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        out.flush();
        if (channel != null) {
            channel.close();
        }
    }

    private void save(String newCursor) throws IOException {
        out.flush();
        cursor = newCursor;
        if (cursorFile == null) {
            return;
        }
        Path whole = cursorFile.resolveSibling(cursorFile.getFileName() + ".new");
        String length = channel == null ? "" : Long.toString(channel.position());
        Files.writeString(whole, newCursor + "\n" + length + "\n");
        Files.move(whole, cursorFile, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
