package io.eventsync.client;

import com.google.protobuf.Duration;
import io.eventsync.v1.ExpiredPolicy;
import io.eventsync.v1.SubscribeRequest;
import io.eventsync.v1.SyncRequest;

/** What options ask of the server. */
final class Requests {
    private Requests() {}

    static SubscribeRequest subscribe(ReadOptions options) {
        return SubscribeRequest.newBuilder()
                .setFilter(options.filter())
                .setMaxBatch(options.batchMax())
                .setMaxLinger(duration(options.linger()))
                .setHeartbeatInterval(duration(options.heartbeat()))
                .setOnExpired(expired(options))
                .setClientName(options.clientName())
                .build();
    }

    static SyncRequest sync(ReadOptions options) {
        return SyncRequest.newBuilder()
                .setFilter(options.filter())
                .setMaxEvents(options.batchMax())
                .setWait(duration(options.longPoll()))
                .setOnExpired(expired(options))
                .build();
    }

    private static ExpiredPolicy expired(ReadOptions options) {
        return options.isSkipping()
                ? ExpiredPolicy.EXPIRED_POLICY_SKIP_TO_EARLIEST
                : ExpiredPolicy.EXPIRED_POLICY_ERROR;
    }

    private static Duration duration(java.time.Duration time) {
        return Duration.newBuilder()
                .setSeconds(time.getSeconds())
                .setNanos(time.getNano())
                .build();
    }
}
