package io.eventsync.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.client.internal.TestLoop;
import io.eventsync.v1.Event;
import io.eventsync.v1.Gap;
import io.eventsync.v1.SyncRequest;
import io.eventsync.v1.SyncResponse;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SyncLoopTest {
    private static final SyncResponse PAGE = SyncResponse.newBuilder()
            .setCursor("after")
            .setGap(Gap.newBuilder().setMissedEvents(1))
            .addEvents(Event.newBuilder().setPosition(2))
            .build();

    private final TestLoop loop = new TestLoop();
    private final List<SyncRequest> requests = new ArrayList<>();

    @Test
    void pageAfterAGapWhoseHandlerThrew_fails_andComesAgain() {
        SyncLoop pages = new SyncLoop(
                loop,
                request -> {
                    requests.add(request);
                    return Future.succeededFuture(PAGE);
                },
                ReadOptions.all().skipToEarliest(),
                new Random(1));
        pages.onGap(gap -> {
            throw new IllegalStateException("a defect");
        });
        assertThat(next(pages).cause()).hasMessage("a defect");
        pages.onGap(gap -> {});

        assertThat(next(pages).result())
                .hasValueSatisfying(page -> assertThat(page.events()).hasSize(1));
        assertThat(requests.get(1).getStart()).isEqualTo(requests.get(0).getStart());
    }

    private Future<Optional<Page>> next(SyncLoop pages) {
        Future<Optional<Page>> page = pages.nextPage();
        loop.settle();
        return page;
    }
}
