package io.eventsync.server.cli;

import io.eventsync.server.Server;
import io.eventsync.server.ServerConfig;
import io.eventsync.server.auth.AdminToken;
import io.eventsync.server.auth.AuthConfig;
import io.eventsync.server.postgres.Database;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a person sees when the server is up: where everything is, and what to type next. */
final class Banner {
    private Banner() {}

    static void print(PrintStream out, Server server, ServerConfig config, Database database) {
        String address = server.host() + ":" + server.port();
        String where = database.isEmbedded()
                ? "embedded Postgres in "
                        + config.postgres().dataDir().toAbsolutePath().normalize() + " (kept)"
                : "Postgres at database.url";
        boolean isTls = config.tls().isOn();
        String url = (isTls ? "https://" : "http://") + address;
        boolean isOpen = config.auth().mode() == AuthConfig.Mode.NONE;
        String curl = "curl -sSN " + (isOpen ? "" : "-H \"authorization: Bearer $TOKEN\" ");
        out.printf(
                """

                EventSync %s is up.

                  gRPC, gRPC-Web   %s   (%s, reflection on)
                  Console          %s/
                  HTTP             %s/docs/
                %s  Data             %s
                %s  Auth             %s
                  Webhooks         %s

                Send an event and watch the log:

                %s  %s--json '{"event":{"tag":"DATABASE.CONNECTION_LOST","message":"db-1"}}' %s/v1/events
                  %s'%s/v1/events:subscribe?filter.tag_prefixes=DATABASE&start.anchor=ANCHOR_BEGINNING'

                Ctrl-C stops the server.
                """,
                Version.read(),
                address,
                isTls ? "TLS" : "plaintext",
                url,
                url,
                server.adminPort() == 0
                        ? ""
                        : "  Health, metrics  http://" + config.admin().host() + ":" + server.adminPort()
                                + "/metrics\n",
                where,
                database.psqlHint()
                        .map(hint -> "  SQL              " + hint + "\n")
                        .orElse(""),
                isOpen ? "OFF: whoever reaches this port may read and write" : "required: tokens, JWTs, certificates",
                config.egress().allowLoopback()
                        ? "may go to this machine too (webhook.allow-loopback)"
                        : "to public https addresses only (see webhook.allow-*)",
                isOpen ? "" : token(config),
                curl,
                url,
                curl,
                url);
        out.flush();
    }
    /** How to get hold of the first token, without showing it. */
    private static String token(ServerConfig config) {
        Path file = config.postgres().dataDir().toAbsolutePath().normalize().resolve(AdminToken.FILE);
        return Files.exists(file)
                ? "  TOKEN=$(cat '" + file + "')\n"
                : "  TOKEN=...  # auth.admin-token, or one made with it\n";
    }
}
