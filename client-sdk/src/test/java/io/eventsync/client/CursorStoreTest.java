package io.eventsync.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** What every store does. */
interface CursorStoreTest {
    CursorStore store();

    @Test
    default void load_answersNothing_underANewName() {
        assertThat(store().load("nobody")).isEmpty();
    }

    @Test
    default void load_answersWhatWasSavedLast() {
        CursorStore store = store();
        store.save("a", "AAAA");
        store.save("b", "BBBB~7");
        store.save("a", "CCCC~12");
        store.save("a", "CCCC~12");

        assertThat(store.load("a")).contains("CCCC~12");
        assertThat(store.load("b")).contains("BBBB~7");
    }

    /** In memory. */
    class MemoryTest implements CursorStoreTest {
        private final CursorStore store = CursorStore.memory();

        @Override
        public CursorStore store() {
            return store;
        }
    }

    /** What is not a cursor or a name is refused before it does harm. */
    static void refuses(Runnable call, String field) {
        assertThatThrownBy(call::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(field);
    }
}
