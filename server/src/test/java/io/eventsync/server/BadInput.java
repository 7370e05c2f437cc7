package io.eventsync.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.eventsync.v1.Event;
import io.eventsync.v1.GetEventRequest;
import io.eventsync.v1.GetEventResponse;
import io.eventsync.v1.SyncResponse;
import io.vertx.grpc.common.GrpcStatus;
import java.util.List;
import java.util.function.Function;

/** One input that no client should send, or that looks so, and the answer that is promised for it. */
record BadInput(String name, Function<RawHttp2, WireAnswer> input, Expected expected) {
    static final String EVENTS = "/eventsync.v1.EventService/";
    static final String INGEST = EVENTS + "Ingest";

    static BadInput row(String name, Function<RawHttp2, WireAnswer> input, Expected expected) {
        return new BadInput(name, input, expected);
    }

    /** A call of an EventService method. */
    static BadInput call(String name, String method, MessageLite request, Expected expected) {
        return row(name, client -> client.call(EVENTS + method, request.toByteArray()), expected);
    }

    @Override
    public String toString() {
        return name;
    }

    /** What the answer must be. */
    interface Expected {
        void check(RawHttp2 client, WireAnswer answer);

        /** Whether the connection must serve another call afterwards. */
        default boolean connectionLives() {
            return true;
        }

        /** How many events the log must have gained. */
        default int events() {
            return 0;
        }
    }

    /** A status with this code and reason, naming these fields. */
    record Refused(GrpcStatus code, String reason, List<String> fields) implements Expected {
        @Override
        public void check(RawHttp2 client, WireAnswer answer) {
            assertThat(answer.grpcStatus()).as("%s", answer).isEqualTo(code.code);
            assertThat(answer.status().getCode()).isEqualTo(code.code);
            assertThat(answer.reason()).isEqualTo(reason);
            assertThat(answer.fields()).isEqualTo(fields);
        }
    }

    static Expected refused(GrpcStatus code, String reason) {
        return new Refused(code, reason, List.of());
    }

    static Expected malformed() {
        return refused(GrpcStatus.INVALID_ARGUMENT, "MESSAGE_MALFORMED");
    }

    static Expected invalid(String field) {
        return new Refused(GrpcStatus.INVALID_ARGUMENT, "FIELD_INVALID", List.of(field));
    }

    /** Taken, as if nothing were odd about it. */
    record Accepted(int events) implements Expected {
        @Override
        public void check(RawHttp2 client, WireAnswer answer) {
            assertThat(answer.grpcStatus()).as("%s", answer).isZero();
        }
    }

    /** Taken, and every field comes back as it was given. */
    record Stored(Event event) implements Expected {
        @Override
        public void check(RawHttp2 client, WireAnswer answer) {
            assertThat(answer.grpcStatus()).as("%s", answer).isZero();
            byte[] wanted =
                    GetEventRequest.newBuilder().setId(event.getId()).build().toByteArray();
            WireAnswer read = client.call(EVENTS + "GetEvent", wanted);
            assertThat(read.grpcStatus()).as("%s", read).isZero();
            Event got = parsed(GetEventResponse.parser(), read).getEvent();
            assertThat(got.toBuilder().clearPosition().clearIngestTime().build())
                    .isEqualTo(event);
        }

        @Override
        public int events() {
            return 1;
        }
    }

    /** A page with these events, each once. */
    record Found(List<String> ids) implements Expected {
        @Override
        public void check(RawHttp2 client, WireAnswer answer) {
            assertThat(answer.grpcStatus()).as("%s", answer).isZero();
            assertThat(parsed(SyncResponse.parser(), answer).getEventsList())
                    .extracting(Event::getId)
                    .isEqualTo(ids);
        }
    }

    private static <T> T parsed(com.google.protobuf.Parser<T> parser, WireAnswer answer) {
        try {
            return parser.parseFrom(answer.messages().get(0));
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /** An HTTP status, as what came was not gRPC. */
    record Http(int status) implements Expected {
        @Override
        public void check(RawHttp2 client, WireAnswer answer) {
            assertThat(answer.httpStatus()).as("%s", answer).isEqualTo(status);
        }
    }

    /** The end of the stream with this code; the connection goes on. */
    record StreamReset(int code) implements Expected {
        @Override
        public void check(RawHttp2 client, WireAnswer answer) {
            assertThat(answer.resetCode()).as("%s", answer).hasValue(code);
        }
    }

    /** The end of the connection with one of these codes. */
    record ConnectionEnds(List<Integer> codes) implements Expected {
        @Override
        public void check(RawHttp2 client, WireAnswer answer) {
            assertThat(client.awaitGoAway()).isIn(codes);
        }

        @Override
        public boolean connectionLives() {
            return false;
        }
    }
}
