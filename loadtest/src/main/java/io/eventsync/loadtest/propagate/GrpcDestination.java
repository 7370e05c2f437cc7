package io.eventsync.loadtest.propagate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.google.protobuf.ByteString;
import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.IngestRequest;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.regex.Pattern;

/** Ingests each event under an id of its own. */
final class GrpcDestination implements Destination {

    private static final long CALL_MILLIS_MAX = 10_000;
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+){0,7}");
    private static final Pattern NOT_IN_SEGMENT = Pattern.compile("[^A-Za-z0-9_-]");
    private static final int TAG_LENGTH_MAX = 200;
    private static final JsonFactory JSON = new JsonFactory();

    private final Connection connection;
    private final String run;

    /** @param run tells the ids of this run from those of others */
    GrpcDestination(Connection connection, String run) {
        this.connection = connection;
        this.run = run;
    }

    @Override
    public Future<Void> send(PropagatedEvent event, long number) {
        return connection
                .unary(
                        EventServiceGrpcClient.Ingest,
                        IngestRequest.newBuilder()
                                .setEvent(event(event, number))
                                .build(),
                        CALL_MILLIS_MAX)
                .mapEmpty();
    }

    private Event event(PropagatedEvent event, long number) {
        Event.Builder built =
                Event.newBuilder().setId("propagate-" + run + "-" + number).setTag(tag(event.type()));
        if (isJson(event.payload())) {
            return built.setJson(event.payload()).build();
        }
        return built.setContentType("text/plain")
                .setData(ByteString.copyFromUtf8(event.payload()))
                .build();
    }

    /** The type as a tag: as it is if it is one, else as one segment without what a tag cannot hold. */
    static String tag(String type) {
        String tag = TAG.matcher(type).matches()
                ? type
                : NOT_IN_SEGMENT.matcher(type).replaceAll("_");
        return tag.length() > TAG_LENGTH_MAX ? tag.substring(0, TAG_LENGTH_MAX) : tag;
    }

    private static boolean isJson(String text) {
        try (JsonParser in = JSON.createParser(text)) {
            boolean hasValue = in.nextToken() != null;
            in.skipChildren();
            return hasValue && in.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }
}
