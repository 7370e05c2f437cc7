package io.eventsync.client;

import com.google.protobuf.Timestamp;
import io.eventsync.client.internal.Place;
import io.eventsync.v1.Anchor;
import io.eventsync.v1.Filter;
import io.eventsync.v1.Start;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What to read, from where, and who keeps the cursor. The same for {@link EventSyncClient#subscribe} and {@link EventSyncClient#sync}, so that
 * a reader can change from one to the other and keep its place. A value: each method answers a changed copy.
 *
 * <pre>{@code
 * ReadOptions.tags("ORDER", "PAYMENT").fromBeginning().keepCursor(CursorStore.file(Path.of("cursors")), "billing")
 * }</pre>
 */
public final class ReadOptions {
    private static final int BATCH_MAX = 1_000;
    private static final Duration HEARTBEAT_MAX = Duration.ofMinutes(5);
    private static final Duration WAIT_MAX = Duration.ofSeconds(60);

    private Filter filter = Filter.getDefaultInstance();
    private @Nullable Start start;
    private @Nullable CursorStore store;
    private String name = "";
    private boolean isSaving;
    private int saveEvents = 1_000;
    private Duration saveInterval = Duration.ofSeconds(1);
    private boolean isAckedOnDelivery;
    private boolean isSkipping;
    private int batchMax = 100;
    private Duration linger = Duration.ZERO;
    private Duration heartbeat = Duration.ofSeconds(15);
    private Duration backoffFirst = Duration.ofMillis(100);
    private Duration backoffMax = Duration.ofSeconds(10);
    private String clientName = "";
    private Duration longPoll = Duration.ofSeconds(20);
    private boolean isEndingWhenLevel;

    private ReadOptions() {}

    /** Every event. */
    public static ReadOptions all() {
        return new ReadOptions();
    }

    /** Events whose tag is one of these or continues one: {@code ORDER} also reads {@code ORDER.PAID}. */
    public static ReadOptions tags(String... prefixes) {
        return all().filter(Filter.newBuilder()
                .addAllTagPrefixes(Arrays.asList(prefixes))
                .build());
    }

    /** Events that match. */
    public ReadOptions filter(Filter wanted) {
        return with(copy -> copy.filter = wanted);
    }

    /** Begins before the earliest event that is kept. The default of sync, and of a subscription that keeps a cursor. */
    public ReadOptions fromBeginning() {
        return from(Start.newBuilder().setAnchor(Anchor.ANCHOR_BEGINNING).build());
    }

    /** Begins with what is appended after the stream is open. The default of a subscription that keeps no cursor. */
    public ReadOptions fromNow() {
        return from(Start.newBuilder().setAnchor(Anchor.ANCHOR_NOW).build());
    }

    /** Begins after this cursor of any answer, page, webhook or subscription. */
    public ReadOptions fromCursor(String cursor) {
        return from(Start.newBuilder().setCursor(cursor).build());
    }

    /** Begins after all events that the server had before this time. */
    public ReadOptions fromTime(Instant time) {
        return from(Start.newBuilder()
                .setTime(
                        Timestamp.newBuilder().setSeconds(time.getEpochSecond()).setNanos(time.getNano()))
                .build());
    }

    /** Begins after this position; 0 is before the first event. */
    public ReadOptions fromPosition(long after) {
        return from(Start.newBuilder().setAfterPosition(after).build());
    }

    /** Begins at the committed cursor of this consumer, and does not move it; for that see {@link CursorStore#consumers}. */
    public ReadOptions fromConsumer(String consumer) {
        return from(Start.newBuilder().setConsumer(consumer).build());
    }

    /** Begins at this point. A kept cursor, where there is one, goes before it. */
    public ReadOptions from(Start point) {
        return with(copy -> copy.start = point);
    }

    /** Goes on from the cursor that is kept under this name, and saves it there as events are processed. */
    public ReadOptions keepCursor(CursorStore where, String under) {
        return with(copy -> {
            copy.store = where;
            copy.name = under;
            copy.isSaving = true;
        });
    }

    /** Goes on from the cursor that is kept under this name; saving it, with what the events did, is yours. */
    public ReadOptions loadCursor(CursorStore where, String under) {
        return keepCursor(where, under).with(copy -> copy.isSaving = false);
    }

    /** How often a kept cursor is saved: after so many processed events, or so long after the first unsaved one. 1,000 and 1 s by default. */
    public ReadOptions saveEvery(int events, Duration atMost) {
        require(events >= 1, "events: at least 1");
        require(atMost.toMillis() >= 1, "atMost: at least 1 ms");
        return with(copy -> {
            copy.saveEvents = events;
            copy.saveInterval = atMost;
        });
    }

    /** Saves after each event and waits for it before the next: at most one event comes again after a crash. */
    public ReadOptions saveEach() {
        return saveEvery(1, saveInterval);
    }

    /** For Flow and ReadStream: an event counts as processed once the handler returned, without {@link Subscription#ack}. */
    public ReadOptions ackOnDelivery() {
        return with(copy -> copy.isAckedOnDelivery = true);
    }

    /** Where retention has removed the next events: report a gap and go on, instead of failing with a {@link CursorException}. */
    public ReadOptions skipToEarliest() {
        return with(copy -> copy.isSkipping = true);
    }

    /** Most events in one frame or page, 1 to 1,000. 100 by default. */
    public ReadOptions batchMax(int events) {
        require(events >= 1 && events <= BATCH_MAX, "batchMax: 1 to 1000");
        return with(copy -> copy.batchMax = events);
    }

    /** How long a live event may wait for company, 0 to 1 s. 0 by default. */
    public ReadOptions linger(Duration atMost) {
        require(!atMost.isNegative() && atMost.toMillis() <= 1_000, "linger: 0 to 1 s");
        return with(copy -> copy.linger = atMost);
    }

    /** Longest silence of a live stream, 1 s to 300 s, 15 s by default. A stream silent for three of these is given up and opened anew. */
    public ReadOptions heartbeat(Duration interval) {
        require(interval.toMillis() >= 1_000 && interval.compareTo(HEARTBEAT_MAX) <= 0, "heartbeat: 1 s to 300 s");
        return with(copy -> copy.heartbeat = interval);
    }

    /** Pauses between tries: at random between 0 and a bound, which doubles from the first to the longest. 100 ms and 10 s by default. */
    public ReadOptions backoff(Duration first, Duration longest) {
        require(
                first.toMillis() >= 1 && longest.compareTo(first) >= 0,
                "backoff: at least 1 ms, and longest not below first");
        return with(copy -> {
            copy.backoffFirst = first;
            copy.backoffMax = longest;
        });
    }

    /** A name for the operator's list of live subscriptions, at most 128 characters. */
    public ReadOptions clientName(String shown) {
        return with(copy -> copy.clientName = shown);
    }

    /** For sync: how long the server may hold a call while there is nothing to answer, 0 to 60 s. 20 s by default. */
    public ReadOptions longPoll(Duration atMost) {
        require(!atMost.isNegative() && atMost.compareTo(WAIT_MAX) <= 0, "longPoll: 0 to 60 s");
        return with(copy -> copy.longPoll = atMost);
    }

    /** For sync: ends once level with the log, for jobs that run now and then. No call waits at the server then. */
    public ReadOptions untilLevel() {
        return with(copy -> copy.isEndingWhenLevel = true);
    }

    Filter filter() {
        return filter;
    }

    Start start(Anchor otherwise) {
        return start != null ? start : Start.newBuilder().setAnchor(otherwise).build();
    }

    /** The text of a cursor to begin at, if that is the start: it may say more than the server understands. */
    Optional<Place> place() {
        return start == null || start.getCursor().isEmpty()
                ? Optional.empty()
                : Optional.of(Place.parse(start.getCursor()));
    }

    Optional<CursorStore> store() {
        return Optional.ofNullable(store);
    }

    String name() {
        return name;
    }

    boolean isSaving() {
        return isSaving;
    }

    int saveEvents() {
        return saveEvents;
    }

    Duration saveInterval() {
        return saveInterval;
    }

    boolean isSavingEach() {
        return isSaving && saveEvents == 1;
    }

    boolean isAckedOnDelivery() {
        return isAckedOnDelivery;
    }

    boolean isSkipping() {
        return isSkipping;
    }

    int batchMax() {
        return batchMax;
    }

    Duration linger() {
        return linger;
    }

    Duration heartbeat() {
        return heartbeat;
    }

    Duration backoffFirst() {
        return backoffFirst;
    }

    Duration backoffMax() {
        return backoffMax;
    }

    String clientName() {
        return clientName;
    }

    /** A reader that ends when level has nothing to wait for. */
    Duration longPoll() {
        return isEndingWhenLevel ? Duration.ZERO : longPoll;
    }

    boolean isEndingWhenLevel() {
        return isEndingWhenLevel;
    }

    private static void require(boolean isRight, String rule) {
        if (!isRight) {
            throw new IllegalArgumentException(rule);
        }
    }

    private ReadOptions with(Consumer<ReadOptions> change) {
        ReadOptions copy = new ReadOptions();
        copy.filter = filter;
        copy.start = start;
        copy.store = store;
        copy.name = name;
        copy.isSaving = isSaving;
        copy.saveEvents = saveEvents;
        copy.saveInterval = saveInterval;
        copy.isAckedOnDelivery = isAckedOnDelivery;
        copy.isSkipping = isSkipping;
        copy.batchMax = batchMax;
        copy.linger = linger;
        copy.heartbeat = heartbeat;
        copy.backoffFirst = backoffFirst;
        copy.backoffMax = backoffMax;
        copy.clientName = clientName;
        copy.longPoll = longPoll;
        copy.isEndingWhenLevel = isEndingWhenLevel;
        change.accept(copy);
        return copy;
    }
}
