package io.eventsync.server.egress;

import io.vertx.core.buffer.Buffer;

/** With what this server proves itself to a receiver: a certificate chain and its key, as PEM. */
public record ClientTls(Buffer certificate, Buffer key) {
    @Override
    public String toString() {
        return "ClientTls[***]";
    }
}
