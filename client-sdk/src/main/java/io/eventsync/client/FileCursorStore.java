package io.eventsync.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** See {@link CursorStore#file}. Close it to let another store have the directory; a process that dies lets go of it too. */
public final class FileCursorStore implements CursorStore, AutoCloseable {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}");
    private static final Pattern CURSOR = Pattern.compile("[!-~]{1,600}");

    /** Of this process: to open the file of a lock that it holds, and to close it again, would let go of the lock (POSIX, fcntl). */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    /** For the same reason: of a lock that another class loader's store holds. */
    private static final Set<FileChannel> LEFT_OPEN = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final Path held;
    private final FileChannel lock;

    private FileCursorStore(Path directory, Path held, FileChannel lock) {
        this.directory = directory;
        this.held = held;
        this.lock = lock;
    }

    static FileCursorStore open(Path directory) {
        try {
            Files.createDirectories(directory);
            Path held = directory.toRealPath();
            if (!HELD.add(held)) {
                throw inUse(directory);
            }
            try {
                return new FileCursorStore(directory, held, lock(directory));
            } catch (IOException | RuntimeException e) {
                HELD.remove(held);
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FileChannel lock(Path directory) throws IOException {
        FileChannel channel =
                FileChannel.open(directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException anotherClassLoader) {
            LEFT_OPEN.add(channel);
            throw inUse(directory);
        }
        channel.close();
        throw inUse(directory);
    }

    private static IOException inUse(Path directory) {
        return new IOException("directory: " + directory + " is in use by another cursor store");
    }

    @Override
    public Optional<String> load(String name) {
        Path file = file(name);
        try {
            String cursor = Files.readString(file, StandardCharsets.US_ASCII);
            if (!CURSOR.matcher(cursor).matches()) {
                throw new IOException("cursor: " + file + " does not hold one; something else wrote to it");
            }
            return Optional.of(cursor);
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void save(String name, String cursor) {
        if (!CURSOR.matcher(cursor).matches()) {
            throw new IllegalArgumentException("cursor: 1 to 600 printable ASCII characters");
        }
        Path file = file(name);
        try {
            place(write(file, cursor), file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A process that dies here leaves the new file beside the old one, which still counts. */
    Path write(Path file, String cursor) throws IOException {
        if (!lock.isOpen()) {
            throw new IOException("the cursor store is closed");
        }
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try (FileChannel channel = FileChannel.open(
                next, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = StandardCharsets.US_ASCII.encode(cursor);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        return next;
    }

    private void place(Path next, Path file) throws IOException {
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel folder = FileChannel.open(directory)) {
            folder.force(true);
        } catch (IOException notHere) {
            // Windows opens no directories; the move is in its journal.
        }
    }

    Path file(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("name: 1 to 64 characters of [A-Za-z0-9_.-], not a dot first");
        }
        return directory.resolve(name + ".cursor");
    }

    @Override
    public synchronized void close() {
        if (!lock.isOpen()) {
            return;
        }
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            HELD.remove(held);
        }
    }
}
