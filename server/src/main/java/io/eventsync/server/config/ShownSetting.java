package io.eventsync.server.config;

/** A setting for people: what is secret in its value is hidden. */
public record ShownSetting(String key, String value, String origin, String description) {

    static ShownSetting of(Setting<?> setting, Settings settings) {
        return new ShownSetting(
                setting.key(),
                settings.show(setting),
                Printable.escape(settings.origin(setting)),
                setting.description());
    }
}
