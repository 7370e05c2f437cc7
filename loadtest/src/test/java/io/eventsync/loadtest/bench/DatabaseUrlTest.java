package io.eventsync.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseUrlTest {

    @ParameterizedTest
    @CsvSource({
        "postgresql://u@h:1/d, postgresql://u@h:1/d",
        "postgresql:///d?host=/run/pg, postgresql://%2Frun%2Fpg/d",
        "postgresql://u:p@/d?port=7&host=%2Frun, postgresql://u:p@%2Frun:7/d",
        "postgresql://h/d?sslmode=disable, postgresql://h/d?sslmode=disable"
    })
    void withHostInPlace_movesTheSocketFolder(String url, String expected) {
        assertThat(DatabaseUrl.withHostInPlace(url)).isEqualTo(expected);
    }
}
