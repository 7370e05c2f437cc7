package io.eventsync.server.compat;

import io.eventsync.server.config.Setting;
import io.eventsync.server.config.Settings;
import java.time.Duration;
import java.util.List;

/**
 * The older systems' routes.
 *
 * @param isEnabled whether they answer
 * @param processInterval how often file events are marked as processed
 */
public record CompatConfig(boolean isEnabled, Duration processInterval) {
    public static final Setting<Boolean> ENABLED =
            Setting.bool("compat.enabled", true, "Answer the HTTP routes of the older systems");
    public static final Setting<Duration> PROCESS_INTERVAL = Setting.duration(
            "compat.process-interval",
            Duration.ofSeconds(5),
            Duration.ofMillis(100),
            Duration.ofHours(1),
            "How often new events of /sync-events are marked as processed");

    public static final List<Setting<?>> SETTINGS = List.of(ENABLED, PROCESS_INTERVAL);

    public static CompatConfig from(Settings settings) {
        return new CompatConfig(settings.get(ENABLED), settings.get(PROCESS_INTERVAL));
    }
}
