package io.eventsync.loadtest.bench;

import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;

/** The reading methods without decoding: a client that builds every event measures itself. */
final class RawMethods {

    static final ServiceMethod<Buffer, Buffer> SUBSCRIBE = raw("Subscribe");
    static final ServiceMethod<Buffer, Buffer> SYNC = raw("Sync");

    private RawMethods() {}

    private static ServiceMethod<Buffer, Buffer> raw(String method) {
        return ServiceMethod.client(
                ServiceName.create("eventsync.v1", "EventService"),
                method,
                GrpcMessageEncoder.IDENTITY,
                GrpcMessageDecoder.IDENTITY);
    }
}
