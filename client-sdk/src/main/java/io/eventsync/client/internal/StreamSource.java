package io.eventsync.client.internal;

import io.eventsync.client.EventSyncException;
import io.eventsync.v1.SubscribeRequest;
import io.eventsync.v1.SubscribeResponse;
import org.jspecify.annotations.Nullable;

/** Where streams come from. */
public interface StreamSource {
    /** Opens a stream, which says nothing before it was asked to. */
    Stream open(SubscribeRequest request, Listener listener);

    /** One stream, open or about to be. */
    interface Stream {
        /** So many more frames are wanted; what is not asked for stays with the server. */
        void fetch(long frames);

        /** Nothing more is wanted. */
        void cancel();

        /** It was silent for too long: cancel it, and see whether what carries it is dead too. */
        void suspect();
    }

    /** Hears of one stream, in order. */
    interface Listener {
        void frame(SubscribeResponse frame);

        /** The last call. No failure if the server ended the stream as it may at any time. */
        void ended(@Nullable EventSyncException failure);
    }
}
