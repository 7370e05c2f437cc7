package io.eventsync.server.http;

import io.eventsync.server.upkeep.Upkeep;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes new certificates into use when their files change: new connections get them, open ones stay. */
final class CertificateWatch {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);
    private static final long LOOK_MILLIS = 5_000;

    private final Vertx vertx;
    private final TlsConfig config;
    private final HttpServer server;
    private final Upkeep look;
    private volatile List<String> seen;

    private CertificateWatch(Vertx vertx, TlsConfig config, HttpServer server, List<String> seen) {
        this.vertx = vertx;
        this.config = config;
        this.server = server;
        this.seen = seen;
        this.look = new Upkeep(vertx, "certificates", LOOK_MILLIS, () -> look().map(v -> false));
    }

    /** Compares with what the files are now. */
    static Future<CertificateWatch> start(Vertx vertx, TlsConfig config, HttpServer server) {
        return vertx.executeBlocking(() -> checked(vertx, config), false).map(now -> {
            CertificateWatch watch = new CertificateWatch(vertx, config, server, now);
            watch.look.start();
            return watch;
        });
    }

    void close() {
        look.close();
    }

    /** By force, for the names of the files are the same. A pair of files is written one after the other: what does not load yet is tried again. */
    private Future<Void> look() {
        return vertx.executeBlocking(
                        () -> {
                            List<String> now = times(config);
                            return now.equals(seen) ? now : checked(vertx, config);
                        },
                        false)
                .compose(now -> {
                    if (now.equals(seen)) {
                        return Future.succeededFuture();
                    }
                    return server.updateSSLOptions(config.options(), true).map(taken -> {
                        seen = now;
                        LOG.info("certificates taken into use files={}", config.files());
                        return null;
                    });
                });
    }

    /** When the files were written that were found to belong together. */
    private static List<String> checked(Vertx vertx, TlsConfig config) throws Exception {
        List<String> now = times(config);
        CertificatePair.check(vertx, config.pair());
        return now;
    }

    private static List<String> times(TlsConfig config) {
        List<String> times = new ArrayList<>();
        config.files().forEach(file -> {
            try {
                times.add(Files.getLastModifiedTime(file) + " " + Files.size(file));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return times;
    }
}
