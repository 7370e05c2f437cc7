package io.eventsync.loadtest.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Where Postgres keeps its data: a folder, or a file system of its own that can be broken. */
sealed interface Disk extends AutoCloseable permits Disk.Folder, Disk.Memory, Disk.Loop {

    Path folder();

    @Override
    void close();

    /** Takes all room but so many bytes; {@link #free} gives it back. */
    default void fill(long bytesLeft) {
        byte[] block = new byte[64 << 10];
        try (OutputStream ballast = Files.newOutputStream(ballast())) {
            while (Files.getFileStore(folder()).getUsableSpace() > bytesLeft) {
                ballast.write(block);
            }
        } catch (IOException full) {
            // That was the aim.
        }
    }

    default void free() {
        try {
            Files.deleteIfExists(ballast());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path ballast() {
        return folder().resolve("ballast");
    }

    /** A folder like any other. */
    record Folder(Path folder) implements Disk {
        @Override
        public void close() {}
    }

    /** Memory that looks like a disk, and a small one. */
    record Memory(Path folder) implements Disk {
        static Memory mount(Path folder, int megabytes) {
            String ignored = Tool.run(
                    "mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m,mode=755", "tmpfs", folder.toString());
            return new Memory(folder);
        }

        @Override
        public void close() {
            String ignored = Tool.run("umount", "-l", folder.toString());
        }
    }

    /** An ext4 of its own in a file. Cutting its power keeps what was flushed and loses the rest, as a disk with a volatile cache would. */
    record Loop(Path folder, Path image) implements Disk {

        /** EXT4_IOC_SHUTDOWN with NOLOGFLUSH: Java has no ioctl, every Debian has perl. */
        private static final String SHUTDOWN =
                "open(my $d, '<', $ARGV[0]) or die $!; my $how = pack('I', 2); ioctl($d, 0x8004587d, $how) or die $!";

        private static final Duration UNMOUNT_MAX = Duration.ofSeconds(20);

        static Loop mount(Path folder, Path image, int megabytes) {
            List<List<String>> commands = List.of(
                    List.of("truncate", "-s", megabytes + "M", image.toString()),
                    List.of("mkfs.ext4", "-q", "-F", image.toString()),
                    List.of("mount", "-o", "loop", image.toString(), folder.toString()));
            for (List<String> command : commands) {
                String ignored = Tool.run(command);
            }
            return new Loop(folder, image);
        }

        /** Nothing that was written and not flushed will have been written. */
        void cut() {
            String ignored = Tool.run("perl", "-e", SHUTDOWN, folder.toString());
        }

        /** The disk as it is found after the cut. Nobody may have a file of it open. */
        void comeBack() {
            if (!Waiting.until(this::isUnmounted, UNMOUNT_MAX)) {
                throw new IllegalStateException("somebody still uses " + folder);
            }
            String ignored = Tool.run("mount", "-o", "loop", image.toString(), folder.toString());
        }

        private boolean isUnmounted() {
            try {
                String ignored = Tool.run("umount", folder.toString());
                return true;
            } catch (IllegalStateException inUse) {
                return false;
            }
        }

        @Override
        public void close() {
            String ignored = Tool.run("umount", "-l", folder.toString());
        }
    }
}
