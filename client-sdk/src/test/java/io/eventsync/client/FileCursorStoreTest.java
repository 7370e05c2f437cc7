package io.eventsync.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class FileCursorStoreTest implements CursorStoreTest {
    @TempDir
    Path directory;

    private FileCursorStore store;

    @BeforeEach
    void open() {
        store = CursorStore.file(directory.resolve("cursors"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Override
    public CursorStore store() {
        return store;
    }

    @Test
    void oldCursorCounts_whenTheProcessDiesBetweenWriteAndRename() throws IOException {
        store.save("r", "OLD");
        Path next = store.write(store.file("r"), "NEW");
        store.close();

        store = CursorStore.file(directory.resolve("cursors"));

        assertThat(next).exists();
        assertThat(store.load("r")).contains("OLD");
        store.save("r", "NEWER");
        assertThat(store.load("r")).contains("NEWER");
        assertThat(next).doesNotExist();
    }

    @Test
    void oldCursorCounts_whenTheProcessDiesInTheMiddleOfTheWrite() throws IOException {
        store.save("r", "OLD");
        Files.writeString(store.file("r").resolveSibling("r.cursor.next"), "NE");

        assertThat(store.load("r")).contains("OLD");
    }

    @Test
    void directory_isOneStoresAtATime() {
        assertThatThrownBy(() -> CursorStore.file(directory.resolve("cursors")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("in use");
        store.close();
        store = CursorStore.file(directory.resolve("cursors"));
    }

    /** What another process sees of it: to close a second look at the file lets go of the lock. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void refusedStore_leavesTheFirstItsLock() throws IOException {
        String inode = ":" + Files.getAttribute(directory.resolve("cursors").resolve(".lock"), "unix:ino") + " ";
        assertThat(Files.readString(Path.of("/proc/locks"))).contains(inode);

        assertThatThrownBy(() -> CursorStore.file(directory.resolve("cursors"))).hasMessageContaining("in use");

        assertThat(Files.readString(Path.of("/proc/locks"))).contains(inode);
        store.close();
        assertThat(Files.readString(Path.of("/proc/locks"))).doesNotContain(inode);
    }

    @Test
    void closedStore_savesNothing() {
        store.close();

        assertThatThrownBy(() -> store.save("r", "C")).hasMessageContaining("closed");
    }

    @Test
    void names_stayInTheDirectory() {
        for (String name : new String[] {"", "../x", "a/b", ".lock", "a".repeat(65)}) {
            CursorStoreTest.refuses(() -> store.save(name, "C"), "name");
        }
        CursorStoreTest.refuses(() -> store.save("r", ""), "cursor");
        CursorStoreTest.refuses(() -> store.save("r", "a b"), "cursor");
    }

    @Test
    void fileOfSomethingElse_isNotTakenForACursor() throws IOException {
        Files.writeString(store.file("r"), "not a\ncursor");

        assertThatThrownBy(() -> store.load("r")).hasMessageContaining("does not hold one");
    }
}
