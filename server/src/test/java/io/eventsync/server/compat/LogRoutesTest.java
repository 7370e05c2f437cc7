package io.eventsync.server.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.v1.SyncResponse;
import org.junit.jupiter.api.Test;

class LogRoutesTest {
    /** As for a caller with narrow rights, whose next log lies far behind others. */
    @Test
    void aPageWithoutLogs_saysWhereTheNextBegins_whenMoreFollow() {
        SyncResponse page = SyncResponse.newBuilder()
                .setCursor("c")
                .setHeadPosition(100)
                .setLagEvents(40)
                .build();

        assertThat(LogRoutes.headers(page, 10))
                .containsEntry("eventsync-has-more", "true")
                .containsEntry("link", "</api/logs?since=60&limit=10>; rel=\"next\"");
    }
}
