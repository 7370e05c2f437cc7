package io.eventsync.server.event;

import io.eventsync.server.config.Setting;
import io.eventsync.server.config.Settings;
import java.util.List;

/**
 * What one event, and one batch of them, may hold. Clients see these as INVALID_ARGUMENT.
 */
public record EventLimits(
        int payloadBytesMax,
        int messageBytesMax,
        int attributesMax,
        int attributeValueBytesMax,
        int idLengthMax,
        int keyBytesMax,
        int batchEventsMax) {

    public static final Setting<Long> PAYLOAD_BYTES_MAX =
            Setting.bytes("limits.payload-bytes-max", 256L << 10, 1, 64L << 20, "Payload of one event");
    public static final Setting<Long> MESSAGE_BYTES_MAX =
            Setting.bytes("limits.message-bytes-max", 4L << 10, 1, 1L << 20, "Message of one event");
    public static final Setting<Integer> ATTRIBUTES_MAX =
            Setting.integer("limits.attributes-max", 32, 0, 1_000, "Attributes of one event");
    public static final Setting<Long> ATTRIBUTE_VALUE_BYTES_MAX =
            Setting.bytes("limits.attribute-value-bytes-max", 256, 1, 64L << 10, "Value of one attribute");
    public static final Setting<Integer> ID_LENGTH_MAX =
            Setting.integer("limits.id-length-max", 128, 36, 1_024, "Characters in the id of an event");
    public static final Setting<Long> KEY_BYTES_MAX =
            Setting.bytes("limits.key-bytes-max", 256, 1, 4L << 10, "Key of one event");
    public static final Setting<Integer> BATCH_EVENTS_MAX =
            Setting.integer("limits.batch-events-max", 1_000, 1, 100_000, "Events in one request");

    public static final List<Setting<?>> SETTINGS = List.of(
            PAYLOAD_BYTES_MAX,
            MESSAGE_BYTES_MAX,
            ATTRIBUTES_MAX,
            ATTRIBUTE_VALUE_BYTES_MAX,
            ID_LENGTH_MAX,
            KEY_BYTES_MAX,
            BATCH_EVENTS_MAX);

    public EventLimits {
        PAYLOAD_BYTES_MAX.require((long) payloadBytesMax);
        MESSAGE_BYTES_MAX.require((long) messageBytesMax);
        ATTRIBUTES_MAX.require(attributesMax);
        ATTRIBUTE_VALUE_BYTES_MAX.require((long) attributeValueBytesMax);
        ID_LENGTH_MAX.require(idLengthMax);
        KEY_BYTES_MAX.require((long) keyBytesMax);
        BATCH_EVENTS_MAX.require(batchEventsMax);
    }

    public static EventLimits from(Settings settings) {
        return new EventLimits(
                Math.toIntExact(settings.get(PAYLOAD_BYTES_MAX)),
                Math.toIntExact(settings.get(MESSAGE_BYTES_MAX)),
                settings.get(ATTRIBUTES_MAX),
                Math.toIntExact(settings.get(ATTRIBUTE_VALUE_BYTES_MAX)),
                settings.get(ID_LENGTH_MAX),
                Math.toIntExact(settings.get(KEY_BYTES_MAX)),
                settings.get(BATCH_EVENTS_MAX));
    }
}
