package io.eventsync.server.cli;

import io.eventsync.server.ServerConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version the build wrote down. A resource, since a manifest does not survive when jars are merged. */
final class Version {
    private static final String RESOURCE = "version.properties";

    private Version() {}

    static String read() {
        Properties properties = new Properties();
        try (InputStream in = ServerConfig.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + RESOURCE);
            }
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version", "unknown");
    }
}
