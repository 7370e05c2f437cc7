package io.eventsync.server.postgres;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The Postgres settings, given on the command line so that they win over any file in the data folder. */
final class Settings {
    private final Map<String, String> values = new LinkedHashMap<>();

    Settings(EmbeddedPostgresConfig config, Path socketFolder, int port) {
        values.put("unix_socket_directories", socketFolder.toString());
        values.put("unix_socket_permissions", "0700");
        values.put("port", Integer.toString(port));
        values.put("listen_addresses", config.tcp() ? "127.0.0.1" : "");
        values.put("fsync", "on");
        values.put("synchronous_commit", "on");
        values.put("full_page_writes", "on");
        // A restart after a crash otherwise flushes the data folder file by file, which takes seconds.
        values.put("recovery_init_sync_method", "syncfs");
        values.put("wal_compression", "off");
        values.put("max_wal_size", config.maxWalMegabytes() + "MB");
        values.put("shared_buffers", config.sharedBuffersMegabytes() + "MB");
        values.put("max_connections", Integer.toString(config.connectionsMax()));
        // A look for an old id, or a dump, locks every partition.
        values.put("max_locks_per_transaction", "256");
        values.put("jit", "off");
        values.put("timezone", "UTC");
        values.put("log_timezone", "UTC");
        values.put("logging_collector", "off");
        values.put("log_checkpoints", "off");
    }

    Settings override(Map<String, String> others) {
        values.putAll(others);
        return this;
    }

    List<String> arguments() {
        return values.entrySet().stream()
                .flatMap(setting -> Stream.of("-c", setting.getKey() + "=" + setting.getValue()))
                .toList();
    }
}
