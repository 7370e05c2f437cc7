package io.eventsync.server.http;

import io.eventsync.server.config.Setting;
import io.eventsync.server.config.Settings;
import java.util.List;

/**
 * The port for operators' tools: liveness, readiness, metrics.
 *
 * @param port 0 takes the public port + 1000, or any free one if that is taken or was left open too
 */
public record AdminConfig(boolean isEnabled, String host, int port) {
    private static final int ABOVE_PUBLIC = 1_000;
    private static final int PORT_MAX = 65_535;

    public static final Setting<Boolean> ENABLED =
            Setting.bool("admin.enabled", true, "Serve /livez, /readyz and /metrics on a port of their own");
    public static final Setting<String> HOST = Setting.text("admin.host", "127.0.0.1", "Address of that port");
    public static final Setting<Integer> PORT =
            Setting.integer("admin.port", 0, 0, PORT_MAX, "That port; 0 is server.port + 1000 if that is free, or any");

    public static final List<Setting<?>> SETTINGS = List.of(ENABLED, HOST, PORT);

    public AdminConfig {
        HOST.require(host);
        PORT.require(port);
    }

    public static AdminConfig from(Settings settings) {
        return new AdminConfig(settings.get(ENABLED), settings.get(HOST), settings.get(PORT));
    }

    boolean isPortSet() {
        return port != 0;
    }

    /** The port to ask the system for; 0 is any. */
    int listenPort(int configuredPublicPort) {
        if (port != 0 || configuredPublicPort == 0) {
            return port;
        }
        int above = configuredPublicPort + ABOVE_PUBLIC;
        return above <= PORT_MAX ? above : configuredPublicPort - ABOVE_PUBLIC;
    }
}
