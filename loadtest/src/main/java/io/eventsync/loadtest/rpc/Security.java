package io.eventsync.loadtest.rpc;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How calls are kept from others, and let in.
 *
 * @param trusted a PEM file of certificates to trust instead of the system's
 * @param token bearer token of each call
 */
public record Security(boolean isTls, Optional<Path> trusted, Optional<String> token) {
    public static final Security NONE = new Security(false, Optional.empty(), Optional.empty());

    public HttpClientOptions secured(HttpClientOptions http) {
        if (isTls) {
            http.setSsl(true).setUseAlpn(true).setVerifyHost(true);
            trusted.ifPresent(file -> http.setTrustOptions(new PemTrustOptions().addCertPath(file.toString())));
        }
        return http;
    }

    public void authorise(MultiMap headers) {
        token.ifPresent(value -> headers.set(HttpHeaders.AUTHORIZATION, "Bearer " + value));
    }

    /** Leaves the token out. */
    @Override
    public String toString() {
        return "Security[tls=" + isTls + "]";
    }
}
