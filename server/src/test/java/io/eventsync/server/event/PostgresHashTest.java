package io.eventsync.server.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresHashTest {
    /** Said by Postgres 18: {@code select hashtextextended(..., 0)}. */
    @ParameterizedTest
    @CsvSource({
        "'', -6939563903564495251",
        "a, 3591986179850072241",
        "abcd, -1038429303365892052",
        "abcdefgh, -8882191227074733005",
        "abcdefghijk, 3112909444737856467",
        "abcdefghijkl, -7556637188122330412",
        "abcdefghijklm, 8871624171452417744",
        "0189f7e0-7e1a-7000-8000-000000000001, 7167193795001734531",
        "Zürich-€-😀, -7143266890609664561",
    })
    void hash_isThatOfPostgres(String text, long hash) {
        assertThat(PostgresHash.of(text)).isEqualTo(hash);
    }
}
