package io.eventsync.server.http;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.Durations;
import io.eventsync.server.http.json.JsonOutput;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Frames of one kind of stream as text. Frames have a {@code cursor} and one of several parts; the part {@code batch} has a list. The
 * streams of an event loop are handed the same frame one after the other, so the last one is kept. One per event loop.
 */
final class FrameRenderer {
    private static final JsonOutput JSON = JsonOutput.plain();

    private final Message prototype;
    private final StreamFormat format;
    private final FieldDescriptor cursor;
    private @Nullable Buffer last;
    private @Nullable Rendered rendered;

    /**
     * @param items how many entries the frame's batch has
     * @param isLive whether it says that the reader is level with the head
     * @param isLast whether the server ends the stream after it
     */
    record Rendered(Buffer text, int items, boolean isLive, boolean isLast) {}

    FrameRenderer(Message prototype, StreamFormat format) {
        this.prototype = prototype;
        this.format = format;
        this.cursor = require(prototype.getDescriptorForType(), "cursor");
    }

    Rendered render(Buffer frame) {
        Rendered made = rendered;
        if (made == null || frame != last) {
            made = make(parsed(frame));
            last = frame;
            rendered = made;
        }
        return made;
    }

    private Message parsed(Buffer frame) {
        try {
            return prototype.getParserForType().parseFrom(frame.getBytes());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("a frame of ours is no message", e);
        }
    }

    private Rendered make(Message frame) {
        FieldDescriptor kind = Objects.requireNonNull(frame.getOneofFieldDescriptor(
                frame.getDescriptorForType().getOneofs().get(0)));
        Message part = (Message) frame.getField(kind);
        List<?> items = kind.getName().equals("batch") ? items(part) : List.of();
        String text = switch (format) {
            case NDJSON -> JSON.print(frame) + "\n";
            case ARRAY -> JSON.print(frame);
            case SSE -> messages((String) frame.getField(cursor), kind.getName(), part, items);
        };
        return new Rendered(
                Buffer.buffer(text),
                items.size(),
                isLive(kind, part),
                kind.getName().equals("draining"));
    }

    private static List<?> items(Message batch) {
        return (List<?>) batch.getField(batch.getDescriptorForType().getFields().get(0));
    }

    private static boolean isLive(FieldDescriptor kind, Message part) {
        return kind.getName().equals("progress")
                && ((EnumValueDescriptor) part.getField(require(part.getDescriptorForType(), "state")))
                        .getName()
                        .equals("STATE_LIVE");
    }

    /** Only the last entry of a batch has the id: whoever comes back with it has had them all. */
    private static String messages(String cursor, String kind, Message part, List<?> items) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < items.size(); i++) {
            if (i == items.size() - 1) {
                text.append("id: ").append(cursor).append('\n');
            }
            text.append("data: ").append(JSON.print((Message) items.get(i))).append("\n\n");
        }
        if (items.isEmpty()) {
            text.append("event: ").append(kind).append("\nid: ").append(cursor).append('\n');
            if (kind.equals("draining")) {
                Duration retry = (Duration) part.getField(require(part.getDescriptorForType(), "retry_after"));
                text.append("retry: ").append(Durations.toMillis(retry)).append('\n');
            }
            text.append("data: ").append(JSON.print(part)).append("\n\n");
        }
        return text.toString();
    }

    private static FieldDescriptor require(Descriptor type, String name) {
        return Objects.requireNonNull(type.findFieldByName(name), name);
    }
}
