package io.eventsync.server.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.f4b6a3.uuid.UuidCreator;
import com.github.f4b6a3.uuid.util.UuidUtil;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdTimeTest {
    @Test
    void time_isThatOfTheUuid() {
        UUID id = UuidCreator.getTimeOrderedEpoch();
        long millis = UuidUtil.getInstant(id).toEpochMilli();

        assertThat(IdTime.isAfter(id.toString(), millis - 1)).isTrue();
        assertThat(IdTime.isAfter(id.toString(), millis)).isFalse();
    }

    @Test
    void time_isReadToItsEdges() {
        assertThat(IdTime.isAfter("ffffffff-ffff-7000-8000-000000000000", (1L << 48) - 2))
                .isTrue();
        assertThat(IdTime.isAfter("ffffffff-ffff-7000-8000-000000000000", (1L << 48) - 1))
                .isFalse();
        assertThat(IdTime.isAfter("00000000-0001-7fff-bfff-ffffffffffff", 0)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "order-1",
                "ffffffff-ffff-4000-8000-000000000000",
                "FFFFFFFF-FFFF-7000-8000-000000000000",
                "ffffffffffff-7000-8000-000000000000-",
                "ffffffff-ffff-7000-8000-00000000000",
                "ffffffff-ffff-7000-8000-0000000000000",
                "fffffffg-ffff-7000-8000-000000000000",
                "ffffffff-ffff-7000-8000_000000000000",
            })
    void id_isLookedUp_whenNotAUuid7InItsUsualForm(String id) {
        assertThat(IdTime.isAfter(id, -1)).isFalse();
    }
}
