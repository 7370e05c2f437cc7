package io.eventsync.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.failure.Reason;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReasonTest {
    @Test
    void reasons_areThoseOfTheContract_inItsOrder() {
        List<String> contract = io.eventsync.v1.Reason.getDescriptor().getValues().stream()
                .map(value -> value.getName().substring("REASON_".length()))
                .filter(name -> !name.equals("UNSPECIFIED"))
                .toList();

        assertThat(Arrays.stream(Reason.values()).map(Reason::name)).containsExactlyElementsOf(contract);
    }
}
