package io.eventsync.server.delivery;

import io.eventsync.server.config.Setting;
import io.eventsync.server.config.Settings;
import java.time.Duration;
import java.util.List;

/**
 * How events are delivered to endpoints.
 *
 * @param isEnabled whether this node delivers; calls about endpoints it answers anyway
 * @param inFlightMax requests of this node under way at once
 * @param inFlightBytesMax events of this node under way at once, about; bounds memory and what one record holds
 * @param endpointInFlightMax requests to one endpoint under way at once
 * @param waitingMax deliveries of one endpoint that may wait for a retry
 * @param lease how long a node that says nothing keeps its endpoints
 * @param attemptRetention zero keeps attempts for ever
 */
public record DeliveryConfig(
        boolean isEnabled,
        int inFlightMax,
        long inFlightBytesMax,
        int endpointInFlightMax,
        int waitingMax,
        int endpointsMax,
        Duration lease,
        Duration attemptRetention,
        Duration deadLetterRetention) {

    public static final Setting<Boolean> ENABLED = Setting.bool(
            "delivery.enabled", true, "Deliver to endpoints from this node; one node of a database at least should");
    public static final Setting<Integer> IN_FLIGHT_MAX = Setting.integer(
            "delivery.in-flight-max", 256, 1, 10_000, "Requests to endpoints under way at once, of this node");
    public static final Setting<Long> IN_FLIGHT_BYTES_MAX = Setting.bytes(
            "delivery.in-flight-bytes-max",
            32L << 20,
            1L << 10,
            64L << 20,
            "Bytes of the events in these requests, about: one more may start below it");
    public static final Setting<Integer> ENDPOINT_IN_FLIGHT_MAX = Setting.integer(
            "delivery.endpoint-in-flight-max", 8, 1, 1_000, "Requests to one endpoint under way at once");
    public static final Setting<Integer> WAITING_MAX = Setting.integer(
            "delivery.waiting-max",
            10_000,
            1,
            1_000_000,
            "Deliveries of one endpoint that wait for a retry before its cursor waits too");
    public static final Setting<Integer> ENDPOINTS_MAX =
            Setting.integer("delivery.endpoints-max", 10_000, 1, 1_000_000, "Endpoints there may be");
    public static final Setting<Duration> LEASE = Setting.duration(
            "delivery.lease",
            Duration.ofSeconds(6),
            Duration.ofSeconds(1),
            Duration.ofMinutes(5),
            "How long a node that says nothing keeps its endpoints");
    public static final Setting<Duration> ATTEMPT_RETENTION = Setting.days(
            "delivery.attempt-retention",
            30,
            0,
            3_650,
            "How long attempts are kept on record, in whole days; 0s for ever");
    public static final Setting<Duration> DEAD_LETTER_RETENTION = Setting.duration(
            "delivery.dead-letter-retention",
            Duration.ofDays(90),
            Duration.ofMinutes(1),
            Duration.ofDays(3_650),
            "How long dead letters and finished replays are kept");

    public static final List<Setting<?>> SETTINGS = List.of(
            ENABLED,
            IN_FLIGHT_MAX,
            IN_FLIGHT_BYTES_MAX,
            ENDPOINT_IN_FLIGHT_MAX,
            WAITING_MAX,
            ENDPOINTS_MAX,
            LEASE,
            ATTEMPT_RETENTION,
            DEAD_LETTER_RETENTION);

    public DeliveryConfig {
        IN_FLIGHT_MAX.require(inFlightMax);
        IN_FLIGHT_BYTES_MAX.require(inFlightBytesMax);
        ENDPOINT_IN_FLIGHT_MAX.require(endpointInFlightMax);
        WAITING_MAX.require(waitingMax);
        ENDPOINTS_MAX.require(endpointsMax);
        LEASE.require(lease);
        ATTEMPT_RETENTION.require(attemptRetention);
        DEAD_LETTER_RETENTION.require(deadLetterRetention);
    }

    public static DeliveryConfig from(Settings settings) {
        return new DeliveryConfig(
                settings.get(ENABLED),
                settings.get(IN_FLIGHT_MAX),
                settings.get(IN_FLIGHT_BYTES_MAX),
                settings.get(ENDPOINT_IN_FLIGHT_MAX),
                settings.get(WAITING_MAX),
                settings.get(ENDPOINTS_MAX),
                settings.get(LEASE),
                settings.get(ATTEMPT_RETENTION),
                settings.get(DEAD_LETTER_RETENTION));
    }
}
