package io.eventsync.server.auth;

import io.eventsync.server.config.ConfigException;
import io.eventsync.server.config.ConfigException.Problem;
import io.eventsync.server.config.SecretFile;
import io.eventsync.server.secret.PrivateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The first token of a server with its own Postgres: somebody has to be let in to make the others. */
public final class AdminToken {
    public static final String FILE = "admin.token";

    private static final Logger LOG = LoggerFactory.getLogger(AdminToken.class);

    private AdminToken() {}

    /**
     * The configuration with the token of {@code data.dir/admin.token}, which is made if it is not there; unchanged where nobody is told apart
     * or a token is set. Blocks on files: call it before there is an event loop.
     *
     * @throws ConfigException if the file cannot be made or read
     */
    public static AuthConfig load(AuthConfig config, Path dataDir) {
        if (config.mode() == AuthConfig.Mode.NONE || config.adminToken().isPresent()) {
            return config;
        }
        Path file = dataDir.resolve(FILE);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            create(file);
        }
        return config.withAdminToken(SecretFile.read(AuthConfig.ADMIN_TOKEN.key(), file));
    }

    private static void create(Path file) {
        try {
            PrivateFile.write(file, TokenSecret.random().text() + "\n");
        } catch (IOException e) {
            throw new ConfigException(
                    List.of(new Problem(AuthConfig.ADMIN_TOKEN.key(), file.toString(), "cannot be written: " + e)));
        }
        LOG.warn("token with all rights made, keep it secret file={}", file);
    }
}
