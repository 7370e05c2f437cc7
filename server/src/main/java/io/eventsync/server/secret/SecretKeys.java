package io.eventsync.server.secret;

import io.eventsync.server.config.ConfigException;
import io.eventsync.server.config.ConfigException.Problem;
import io.eventsync.server.config.SecretFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the keys that seal come from: the settings, or a file beside the embedded database. */
public final class SecretKeys {
    static final String FILE = "secrets.key";

    private static final Logger LOG = LoggerFactory.getLogger(SecretKeys.class);

    private SecretKeys() {}

    /**
     * Blocks on files: call it before there is an event loop, and while this process has the folder to itself.
     *
     * @param embeddedDataDir where to keep a key if none is configured; empty with a database of the operator's own
     * @return empty if there is no key and no place for one: then no secret can be stored
     * @throws ConfigException if the file cannot be made, or is not what this once wrote
     */
    public static Optional<SecretBox> load(SecretConfig config, Optional<Path> embeddedDataDir) {
        if (config.key().isPresent()) {
            return config.key().flatMap(SecretConfig::parse).map(SecretBox::new);
        }
        return embeddedDataDir.map(folder -> new SecretBox(inFolder(folder)));
    }

    private static List<SealingKey> inFolder(Path folder) {
        Path file = folder.resolve(FILE);
        // A dangling link is there too: to write through it would put the key where nobody looks for it.
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            create(file);
        }
        return SecretConfig.parse(SecretFile.read(SecretConfig.KEY.key(), file))
                .orElseThrow(
                        () -> problem(
                                file,
                                "is damaged: expected base64 of 32 bytes. Put back its copy from a backup; without it, stored"
                                        + " secrets cannot be read, and the server makes a new key once the file is moved away"));
    }

    private static void create(Path file) {
        byte[] key = new byte[SealingKey.BYTES];
        new SecureRandom().nextBytes(key);
        try {
            PrivateFile.write(file, Base64.getEncoder().encodeToString(key) + "\n");
        } catch (IOException e) {
            throw problem(file, "cannot be written: " + e);
        }
        LOG.warn("key for stored secrets made file={} next=keep a copy of it with your backups", file);
    }

    private static ConfigException problem(Path file, String detail) {
        return new ConfigException(List.of(new Problem(SecretConfig.KEY.key(), file.toString(), detail)));
    }
}
