package io.eventsync.server.http;

import java.util.Arrays;
import java.util.List;

/** How the frames of a stream are written. */
enum StreamFormat {
    /** A line of JSON for each frame. First, so that a client with no wish gets it: curl shows lines as they come. */
    NDJSON("application/x-ndjson"),
    /** What EventSource in browsers reads. */
    SSE("text/event-stream"),
    /** The frames up to the head as one array, for clients that read whole documents. */
    ARRAY("application/json");

    static final List<String> TYPES =
            Arrays.stream(values()).map(StreamFormat::contentType).toList();

    private final String contentType;

    StreamFormat(String contentType) {
        this.contentType = contentType;
    }

    String contentType() {
        return contentType;
    }

    static StreamFormat of(String contentType) {
        return values()[TYPES.indexOf(contentType)];
    }
}
