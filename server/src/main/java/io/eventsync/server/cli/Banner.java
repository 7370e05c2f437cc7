package io.eventsync.server.cli;

import io.eventsync.server.Server;
import io.eventsync.server.ServerConfig;
import io.eventsync.server.postgres.Database;
import java.io.PrintStream;

/** What a person sees when the server is up: where everything is, and what to type next. */
final class Banner {
    private Banner() {}

    static void print(PrintStream out, Server server, ServerConfig config, Database database) {
        String address = server.host() + ":" + server.port();
        String where = database.isEmbedded()
                ? "embedded Postgres in "
                        + config.postgres().dataDir().toAbsolutePath().normalize() + " (kept)"
                : "Postgres at database.url";
        out.printf(
                """

                EventSync %s is up.

                  gRPC, gRPC-Web   %s   (plaintext, reflection on)
                  Data             %s
                %s  Auth             %s
                  Webhooks         %s

                Send an event and watch the log:

                  grpcurl -plaintext -d '{"event":{"tag":"DATABASE.CONNECTION_LOST","message":"db-1"}}' %s eventsync.v1.EventService/Ingest
                  grpcurl -plaintext -d '{"filter":{"tag_prefixes":["DATABASE"]},"start":{"anchor":"ANCHOR_BEGINNING"}}' %s eventsync.v1.EventService/Subscribe

                Ctrl-C stops the server.
                """,
                Version.read(),
                address,
                where,
                database.psqlHint()
                        .map(hint -> "  SQL              " + hint + "\n")
                        .orElse(""),
                "OFF: whoever reaches this port may read and write",
                config.egress().allowLoopback()
                        ? "may go to this machine too (webhook.allow-loopback)"
                        : "to public https addresses only (see webhook.allow-*)",
                address,
                address);
        out.flush();
    }
}
