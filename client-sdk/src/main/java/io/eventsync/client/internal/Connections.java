package io.eventsync.client.internal;

import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.AddressResolver;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.endpoint.LoadBalancer;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import java.util.Optional;

/** HTTP/2 connections, one to each server and event loop that calls. */
public final class Connections {
    /** A page of 4 MiB and what goes around it. */
    private static final long MESSAGE_BYTES_MAX = 16L << 20;

    private static final int CONNECT_MILLIS_MAX = 5_000;
    /** What a stream whose reader stands still holds at most. */
    private static final int STREAM_WINDOW_BYTES = 512 << 10;
    /** So many streams may stand still before the others on the connection do. */
    private static final int CONNECTION_WINDOW_BYTES = 128 * STREAM_WINDOW_BYTES;

    private Connections() {}

    public static GrpcClient open(Vertx vertx, boolean isTls, Optional<PemTrustOptions> trust) {
        HttpClientOptions http = new HttpClientOptions()
                .setHttp2ClearTextUpgrade(false)
                .setHttp2MultiplexingLimit(-1)
                .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES)
                .setInitialSettings(new Http2Settings().setInitialWindowSize(STREAM_WINDOW_BYTES))
                .setConnectTimeout(CONNECT_MILLIS_MAX)
                .setTcpNoDelay(true)
                .setTcpKeepAlive(true);
        if (isTls) {
            http.setSsl(true).setUseAlpn(true).setVerifyHost(true);
            trust.ifPresent(http::setTrustOptions);
        }
        GrpcClientOptions grpc =
                new GrpcClientOptions().setMaxMessageSize(MESSAGE_BYTES_MAX).setScheduleDeadlineAutomatically(true);
        return GrpcClient.builder(vertx)
                .with(grpc)
                .with(http)
                .withAddressResolver(AddressResolver.mappingResolver(Servers::all))
                .withLoadBalancer(LoadBalancer.ROUND_ROBIN)
                .build();
    }
}
