package io.eventsync.server.auth;

import io.eventsync.server.config.Setting;
import io.eventsync.server.config.Settings;
import java.util.List;

/** How callers prove who they are. */
public record AuthConfig(Mode mode, boolean insecureNoAuth) {

    public static final Setting<Mode> MODE =
            Setting.choice("auth.mode", Mode.NONE, "How callers are told apart; none trusts all of them");
    public static final Setting<Boolean> INSECURE_NO_AUTH = Setting.bool(
                    "auth.insecure-no-auth", false, "Accept auth.mode none on an address that other machines can reach")
            .alias("insecure-no-auth");

    public static final List<Setting<?>> SETTINGS = List.of(MODE, INSECURE_NO_AUTH);

    public static AuthConfig from(Settings settings) {
        return new AuthConfig(settings.get(MODE), settings.get(INSECURE_NO_AUTH));
    }

    /** What a caller must present. */
    public enum Mode {
        /** Nothing: every caller may do everything. */
        NONE
    }
}
