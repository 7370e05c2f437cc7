package io.eventsync.server;

import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsync.v1.Event;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.SyncRequest;
import io.vertx.grpc.client.InvalidStatusException;
import io.vertx.grpc.common.GrpcStatus;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Postgres says in its own words is not a defect of the server. */
@Timeout(60)
class StoreAwayIT {
    @Test
    void L3_syncAnswersUnavailable_whenPostgresRefusesThePage() {
        try (TestServer writer = TestServer.start()) {
            done(writer.events()
                    .ingest(IngestRequest.newBuilder()
                            .setEvent(Event.newBuilder().setTag("T"))
                            .build()));
            // A node that started later has nothing in memory.
            try (TestServer reader = TestServer.start(writer.database(), Map.of())) {
                writer.execute("alter table eventsync.event rename to event_away");

                assertThatThrownBy(() -> done(reader.events().sync(SyncRequest.getDefaultInstance())))
                        .isInstanceOfSatisfying(
                                InvalidStatusException.class,
                                refused -> assertThat(refused.actualStatus()).isEqualTo(GrpcStatus.UNAVAILABLE));
                writer.execute("alter table eventsync.event_away rename to event");
            }
        }
    }
}
