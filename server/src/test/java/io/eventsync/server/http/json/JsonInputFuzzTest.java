package io.eventsync.server.http.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.Message;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.v1.CreateEndpointRequest;
import io.eventsync.v1.IngestBatchRequest;
import io.eventsync.v1.SyncRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;

class JsonInputFuzzTest {
    private static final List<Message> REQUESTS = List.of(
            IngestBatchRequest.getDefaultInstance(),
            SyncRequest.getDefaultInstance(),
            CreateEndpointRequest.getDefaultInstance());

    /** What is accepted is a message that says the same when it is written and read again. */
    @FuzzTest(maxDuration = "2m")
    void request_isRead_orRefused(byte[] input) {
        for (Message type : REQUESTS) {
            Message.Builder request = type.newBuilderForType();
            try {
                JsonInput.merge(input, request, "");
            } catch (Failure refused) {
                assertThat(refused.reason()).isIn(Reason.MESSAGE_MALFORMED, Reason.FIELD_INVALID);
                continue;
            }
            Message read = request.build();
            Message.Builder again = type.newBuilderForType();
            JsonInput.merge(JsonOutput.plain().print(read).getBytes(StandardCharsets.UTF_8), again, "");
            assertThat(again.build()).isEqualTo(read);
        }
    }
}
