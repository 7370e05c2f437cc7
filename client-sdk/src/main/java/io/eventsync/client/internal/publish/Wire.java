package io.eventsync.client.internal.publish;

import io.eventsync.client.EventSyncException;
import io.eventsync.v1.Event;
import io.eventsync.v1.IngestBatchResponse;
import io.eventsync.v1.IngestStreamRequest;
import io.eventsync.v1.IngestStreamResponse;
import io.vertx.core.Future;
import java.util.List;

/** The calls that publishing makes. Answers arrive on the context that calls. */
public interface Wire {
    /** Opens a producer session at the next server, with a token asked for anew. The server is silent before the first append. */
    Future<Stream> open(Listener listener);

    /** IngestBatch; fails with EventSyncException. */
    Future<IngestBatchResponse> ask(List<Event> events);

    /** An open session. */
    interface Stream {
        /** What fails here is told to the listener. */
        void send(IngestStreamRequest append);

        /** No more appends. */
        void end();

        /** Ends it at once. */
        void cancel();
    }

    /** What a session hears. */
    interface Listener {
        void message(IngestStreamResponse message);

        /** It is over; may be told more than once. */
        void ended(EventSyncException why);
    }
}
