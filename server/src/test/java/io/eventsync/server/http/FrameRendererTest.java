package io.eventsync.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.eventsync.v1.Event;
import io.eventsync.v1.SubscribeResponse;
import io.eventsync.v1.SubscribeResponse.Progress;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

class FrameRendererTest {
    private static final SubscribeResponse BATCH = SubscribeResponse.newBuilder()
            .setCursor("c2")
            .setBatch(SubscribeResponse.EventBatch.newBuilder()
                    .addEvents(Event.newBuilder().setTag("A").setMessage("two\nlines"))
                    .addEvents(Event.newBuilder().setTag("B")))
            .build();

    private static FrameRenderer.Rendered render(StreamFormat format, SubscribeResponse frame) {
        return new FrameRenderer(SubscribeResponse.getDefaultInstance(), format)
                .render(Buffer.buffer(frame.toByteArray()));
    }

    @Test
    void onlyTheLastEventOfAFrame_hasTheId() {
        assertThat(render(StreamFormat.SSE, BATCH).text().toString())
                .isEqualTo("data: {\"tag\":\"A\",\"message\":\"two\\nlines\"}\n\nid: c2\ndata: {\"tag\":\"B\"}\n\n");
    }

    @Test
    void frame_isOneLine() {
        FrameRenderer.Rendered rendered = render(StreamFormat.NDJSON, BATCH);

        assertThat(rendered.text().toString())
                .isEqualTo("{\"cursor\":\"c2\",\"batch\":{\"events\":[{\"tag\":\"A\",\"message\":\"two\\nlines\"},"
                        + "{\"tag\":\"B\"}]}}\n");
        assertThat(rendered.items()).isEqualTo(2);
        assertThat(rendered.isLive()).isFalse();
    }

    @Test
    void progress_saysWhenTheReaderIsLevel() {
        SubscribeResponse live = SubscribeResponse.newBuilder()
                .setCursor("c3")
                .setProgress(Progress.newBuilder().setState(Progress.State.STATE_LIVE))
                .build();
        SubscribeResponse behind = live.toBuilder()
                .setProgress(Progress.newBuilder().setState(Progress.State.STATE_CATCHING_UP))
                .build();

        assertThat(render(StreamFormat.SSE, live).isLive()).isTrue();
        assertThat(render(StreamFormat.SSE, behind).isLive()).isFalse();
        assertThat(render(StreamFormat.SSE, live).text().toString())
                .isEqualTo("event: progress\nid: c3\ndata: {\"state\":\"STATE_LIVE\"}\n\n");
    }

    @Test
    void draining_saysWhenToComeBack() {
        SubscribeResponse frame = SubscribeResponse.newBuilder()
                .setCursor("c4")
                .setDraining(SubscribeResponse.Draining.newBuilder()
                        .setRetryAfter(Duration.newBuilder().setSeconds(1).setNanos(500_000_000)))
                .build();

        FrameRenderer.Rendered rendered = render(StreamFormat.SSE, frame);

        assertThat(rendered.isLast()).isTrue();
        assertThat(rendered.text().toString())
                .isEqualTo("event: draining\nid: c4\nretry: 1500\ndata: {\"retryAfter\":\"1.500s\"}\n\n");
    }

    @Test
    void sameFrame_isRenderedOnce() {
        FrameRenderer renderer = new FrameRenderer(SubscribeResponse.getDefaultInstance(), StreamFormat.SSE);
        Buffer frame = Buffer.buffer(BATCH.toByteArray());

        assertThat(renderer.render(frame)).isSameAs(renderer.render(frame));
        assertThat(renderer.render(frame.copy())).isNotSameAs(renderer.render(frame));
    }
}
