package io.eventsync.server.postgres;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What the embedded Postgres may use.
 *
 * @param home the folder that holds everything: binaries, data, socket, log, lock
 * @param tcp whether Postgres listens on 127.0.0.1 besides its unix socket, on a free port and with a password kept in
 *     the home
 * @param startTimeout how long crash recovery may take before a start counts as failed
 */
public record EmbeddedPostgresConfig(
        Path home,
        int sharedBuffersMegabytes,
        int maxWalMegabytes,
        int connectionsMax,
        boolean tcp,
        Duration startTimeout) {

    public EmbeddedPostgresConfig {
        home = home.toAbsolutePath().normalize();
        requireRange("sharedBuffersMegabytes", sharedBuffersMegabytes, 1, 1 << 20);
        requireRange("maxWalMegabytes", maxWalMegabytes, 64, 1 << 20);
        requireRange("connectionsMax", connectionsMax, 10, 10_000);
        if (startTimeout.isNegative() || startTimeout.isZero()) {
            throw new IllegalArgumentException("startTimeout must be positive, is " + startTimeout);
        }
    }

    /** The defaults, on this folder. */
    public static EmbeddedPostgresConfig at(Path home) {
        return new EmbeddedPostgresConfig(home, 256, 4096, 100, false, Duration.ofMinutes(10));
    }

    public EmbeddedPostgresConfig withSharedBuffersMegabytes(int megabytes) {
        return new EmbeddedPostgresConfig(home, megabytes, maxWalMegabytes, connectionsMax, tcp, startTimeout);
    }

    public EmbeddedPostgresConfig withTcp(boolean listens) {
        return new EmbeddedPostgresConfig(
                home, sharedBuffersMegabytes, maxWalMegabytes, connectionsMax, listens, startTimeout);
    }

    private static void requireRange(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be " + min + " to " + max + ", is " + value);
        }
    }
}
