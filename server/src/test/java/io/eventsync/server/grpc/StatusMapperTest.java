package io.eventsync.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.ResourceInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.vertx.core.VertxException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StatusMapperTest {
    @ParameterizedTest
    @EnumSource(Reason.class)
    void everyReason_hasItsCodeAndErrorInfo(Reason reason) throws Exception {
        Status status = overTheWire(Failure.of(reason, "why").with("a", 1));

        assertThat(status.getCode()).isEqualTo(reason.code().number());
        assertThat(status.getMessage()).isEqualTo("why");
        assertThat(detail(status, ErrorInfo.class)).hasValueSatisfying(info -> {
            assertThat(info.getReason()).isEqualTo(reason.name());
            assertThat(info.getDomain()).isEqualTo("eventsync");
            assertThat(info.getMetadataMap()).containsEntry("a", "1");
        });
        assertThat(detail(status, RetryInfo.class)).isEmpty();
    }

    @Test
    void retryInfo_isThere_exactlyWhenWaitingHelps() throws Exception {
        Status waiting = overTheWire(Failure.of(Reason.OVERLOADED, "full").retryAfter(Duration.ofMillis(1_250)));

        assertThat(detail(waiting, RetryInfo.class)).hasValueSatisfying(info -> {
            assertThat(info.getRetryDelay().getSeconds()).isEqualTo(1);
            assertThat(info.getRetryDelay().getNanos()).isEqualTo(250_000_000);
        });
        assertThat(detail(overTheWire(Failure.storeUnavailable(null)), RetryInfo.class))
                .isPresent();
        assertThat(detail(overTheWire(Failure.notFound("t", "n")), RetryInfo.class))
                .isEmpty();
    }

    @Test
    void badFields_areNamedEach() throws Exception {
        Status status = overTheWire(Failure.fields(
                List.of(new Failure.FieldViolation("a", "is bad"), new Failure.FieldViolation("b", "is worse"))));

        assertThat(detail(status, BadRequest.class))
                .hasValueSatisfying(bad -> assertThat(bad.getFieldViolationsList())
                        .extracting(BadRequest.FieldViolation::getField, BadRequest.FieldViolation::getDescription)
                        .containsExactly(
                                org.assertj.core.groups.Tuple.tuple("a", "is bad"),
                                org.assertj.core.groups.Tuple.tuple("b", "is worse")));
    }

    @Test
    void resource_isNamed() throws Exception {
        assertThat(detail(overTheWire(Failure.notFound("eventsync.v1/Consumer", "billing")), ResourceInfo.class))
                .hasValueSatisfying(resource -> {
                    assertThat(resource.getResourceType()).isEqualTo("eventsync.v1/Consumer");
                    assertThat(resource.getResourceName()).isEqualTo("billing");
                });
    }

    @Test
    void message_survives_whenNotAscii() throws Exception {
        assertThat(overTheWire(Failure.of(Reason.FIELD_INVALID, "zażółć")).getMessage())
                .isEqualTo("zażółć");
    }

    @Test
    void defect_tellsNothingOfItself() {
        Failure told = StatusMapper.failure(new IllegalStateException("password=secret"));

        assertThat(told.reason()).isEqualTo(Reason.INTERNAL);
        assertThat(told).hasMessageNotContaining("secret");
    }

    @Test
    void lostConnection_isTheStoresUnavailability() {
        Failure told = StatusMapper.failure(new VertxException("Connection was closed"));

        assertThat(told.reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
        assertThat(told.retryAfter()).isPresent();
    }

    private static Status overTheWire(Failure failure) throws InvalidProtocolBufferException {
        String trailer = StatusMapper.encode(StatusMapper.status(failure));

        assertThat(trailer).doesNotContain("=");
        return Status.parseFrom(Base64.getDecoder().decode(trailer));
    }

    private static <M extends Message> Optional<M> detail(Status status, Class<M> type)
            throws InvalidProtocolBufferException {
        for (Any detail : status.getDetailsList()) {
            if (detail.is(type)) {
                return Optional.of(detail.unpack(type));
            }
        }
        return Optional.empty();
    }
}
