package io.eventsync.loadtest.receiver;

import io.vertx.core.buffer.Buffer;
import java.util.BitSet;
import java.util.Map;

/** What a request is told. */
sealed interface Answer {

    Answer OK = whole(200);

    /** The status code that leaves, or 0 if none does. */
    int status();

    /** Whether the event with this index is taken once the answer is out. */
    boolean accepts(int event);

    /** How long to wait before answering. */
    default long delayMillis() {
        return 0;
    }

    static Whole whole(int status) {
        return new Whole(status, Map.of(), Buffer.buffer(), new BitSet(), 0);
    }

    /** A complete HTTP answer. Events in {@code refused} are not taken even with a status of 200 to 299. */
    record Whole(int status, Map<String, String> headers, Buffer body, BitSet refused, long delayMillis)
            implements Answer {

        Whole withHeader(String name, String value) {
            return new Whole(status, Map.of(name, value), body, refused, delayMillis);
        }

        Whole withBody(Buffer bytes) {
            return new Whole(status, headers, bytes, refused, delayMillis);
        }

        Whole refusing(BitSet events) {
            return new Whole(status, headers, body, events, delayMillis);
        }

        Whole after(long millis) {
            return new Whole(status, headers, body, refused, millis);
        }

        @Override
        public boolean accepts(int event) {
            return status >= 200 && status < 300 && !refused.get(event);
        }
    }

    /** Anything else; never takes an event. */
    record Broken(Breakage breakage) implements Answer {

        @Override
        public int status() {
            return breakage.status();
        }

        @Override
        public boolean accepts(int event) {
            return false;
        }
    }
}
