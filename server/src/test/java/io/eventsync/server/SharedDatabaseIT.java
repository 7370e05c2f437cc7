package io.eventsync.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.eventsync.v1.Event;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.SyncRequest;
import org.junit.jupiter.api.Test;

class SharedDatabaseIT {
    @Test
    void event_isReadOnTheOtherNode_whenTwoShareADatabase() {
        try (TestServer one = TestServer.start();
                TestServer other = one.another()) {
            var acknowledged = TestServer.await(one.events()
                            .ingest(IngestRequest.newBuilder()
                                    .setEvent(Event.newBuilder().setTag("A.B").setMessage("hello"))
                                    .build()))
                    .getResult();
            var read = TestServer.await(other.events()
                    .sync(SyncRequest.newBuilder()
                            .setWait(Duration.newBuilder().setSeconds(5))
                            .build()));

            assertThat(read.getEventsList()).singleElement().satisfies(event -> {
                assertThat(event.getId()).isEqualTo(acknowledged.getId());
                assertThat(event.getPosition()).isEqualTo(acknowledged.getPosition());
                assertThat(event.getMessage()).isEqualTo("hello");
            });
            assertThat(one.storedEvents()).isOne();
        }
    }
}
