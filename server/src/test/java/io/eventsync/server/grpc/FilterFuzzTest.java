package io.eventsync.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import io.eventsync.server.event.EventFilter;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.v1.SyncRequest;

class FilterFuzzTest {
    /** Bytes from the wire: no request, or one that is refused by its field, or a filter in its shortest form. */
    @FuzzTest(maxDuration = "2m")
    void filter_isReduced_orRefused(byte[] input) {
        SyncRequest request;
        try {
            request = SyncRequest.parseFrom(input);
        } catch (InvalidProtocolBufferException malformed) {
            return;
        }
        try {
            EventFilter filter = FilterMapper.toFilter(request.getFilter(), "filter");
            assertThat(FilterMapper.toFilter(FilterMapper.toProto(filter), "filter"))
                    .isEqualTo(filter);
        } catch (Failure refused) {
            assertThat(refused.reason()).isEqualTo(Reason.FIELD_INVALID);
        }
    }
}
