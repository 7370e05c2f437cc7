package io.eventsync.server;

import static io.eventsync.server.BadInput.EVENTS;
import static io.eventsync.server.BadInput.invalid;
import static io.eventsync.server.BadInput.refused;
import static io.eventsync.server.BadInput.row;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.eventsync.server.BadInput.Accepted;
import io.eventsync.server.BadInput.Expected;
import io.eventsync.server.BadInput.Found;
import io.eventsync.server.event.LogPoint;
import io.eventsync.server.sync.Cursors;
import io.eventsync.v1.EstimateBacklogRequest;
import io.eventsync.v1.Filter;
import io.eventsync.v1.GetEventRequest;
import io.eventsync.v1.GetLogInfoRequest;
import io.eventsync.v1.ListEventsRequest;
import io.eventsync.v1.ListTagsRequest;
import io.eventsync.v1.Start;
import io.eventsync.v1.SubscribeRequest;
import io.eventsync.v1.SyncRequest;
import io.vertx.grpc.common.GrpcStatus;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** Cursors, filters and bounds of readers: rows 33 to 39, 42 and 43 of the catalogue. */
final class BadReads {
    private static final Expected GARBAGE = refused(GrpcStatus.INVALID_ARGUMENT, "CURSOR_MALFORMED");
    private static final Expected FOREIGN = refused(GrpcStatus.FAILED_PRECONDITION, "CURSOR_FOREIGN");
    private static final Expected AHEAD = refused(GrpcStatus.OUT_OF_RANGE, "CURSOR_AHEAD");
    private static final Expected NO_TOKEN = refused(GrpcStatus.INVALID_ARGUMENT, "PAGE_TOKEN_INVALID");
    private static final Expected NOT_FOUND = refused(GrpcStatus.NOT_FOUND, "RESOURCE_NOT_FOUND");

    private BadReads() {}

    static List<BadInput> rows(TestServer server) {
        var log = TestServer.await(server.admin().getLogInfo(GetLogInfoRequest.getDefaultInstance()));
        return Stream.of(
                        cursors(log.getHeadCursor(), new Cursors(UUID.fromString(log.getLogId()))),
                        starts(),
                        filters(),
                        bounds(),
                        lookups())
                .flatMap(List::stream)
                .toList();
    }

    private static List<BadInput> cursors(String head, Cursors own) {
        byte[] bytes = Base64.getUrlDecoder().decode(head);
        List<BadInput> rows = new ArrayList<>();
        rows.addAll(cursor("34 cursor of random text", "hello", GARBAGE));
        rows.addAll(cursor("34 cursor of random octets", encode(new byte[25]), GARBAGE));
        rows.addAll(cursor("34 cursor not base64", head.substring(1) + "!", GARBAGE));
        rows.addAll(cursor("34 cursor of plain base64", "+/+/" + head, GARBAGE));
        rows.addAll(cursor("34 cursor with a space", head + " ", GARBAGE));
        rows.addAll(cursor("34 cursor with padding", head + "==", GARBAGE));
        rows.addAll(cursor("34 cursor cut off", head.substring(0, head.length() - 1), GARBAGE));
        rows.addAll(cursor("34 cursor twice", head + head, GARBAGE));
        rows.addAll(cursor("34 cursor of 513 characters", "A".repeat(513), GARBAGE));
        rows.addAll(cursor("34 cursor with NUL", head + "\0", GARBAGE));
        rows.addAll(cursor("34 cursor of one octet", "AQ", GARBAGE));
        rows.addAll(cursor(
                "36 cursor of version 2", version(bytes, 2), refused(GrpcStatus.INVALID_ARGUMENT, "CURSOR_VERSION")));
        rows.addAll(cursor(
                "36 cursor of version 255",
                version(bytes, 255),
                refused(GrpcStatus.INVALID_ARGUMENT, "CURSOR_VERSION")));
        rows.addAll(
                cursor("37 cursor of another log", new Cursors(UUID.randomUUID()).encode(new LogPoint(1, 0)), FOREIGN));
        rows.addAll(cursor("37 cursor of another history", own.encode(new LogPoint(1, 12_345)), FOREIGN));
        rows.addAll(cursor("39 cursor ahead", own.encode(new LogPoint(1_000_000, 1)), AHEAD));
        rows.addAll(cursor("39 cursor of the greatest long", own.encode(new LogPoint(Long.MAX_VALUE, 1)), AHEAD));
        rows.addAll(cursor("39 cursor of a negative position", negative(bytes), GARBAGE));
        rows.add(row("35 cursor with any bit flipped", client -> flipBits(client, bytes), GARBAGE));
        rows.add(row("35 cursor with any bit of its text flipped", client -> flipTextBits(client, head), GARBAGE));
        return rows;
    }

    /** By every call that takes a cursor. */
    private static List<BadInput> cursor(String name, String cursor, Expected expected) {
        Start start = Start.newBuilder().setCursor(cursor).build();
        return List.of(
                sync(name, start, expected),
                BadInput.call(
                        name + ", Subscribe",
                        "Subscribe",
                        SubscribeRequest.newBuilder().setStart(start).build(),
                        expected),
                BadInput.call(
                        name + ", EstimateBacklog",
                        "EstimateBacklog",
                        EstimateBacklogRequest.newBuilder().setEndCursor(cursor).build(),
                        expected));
    }

    private static BadInput sync(String name, Start start, Expected expected) {
        return BadInput.call(
                name, "Sync", SyncRequest.newBuilder().setStart(start).build(), expected);
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String version(byte[] cursor, int version) {
        byte[] changed = cursor.clone();
        changed[0] = (byte) version;
        return sealed(changed);
    }

    private static String negative(byte[] cursor) {
        byte[] changed = cursor.clone();
        ByteBuffer.wrap(changed).putLong(9, -1);
        return sealed(changed);
    }

    /** With a checksum that fits. */
    private static String sealed(byte[] cursor) {
        CRC32C crc = new CRC32C();
        crc.update(cursor, 0, cursor.length - 4);
        ByteBuffer.wrap(cursor).putInt(cursor.length - 4, (int) crc.getValue());
        return encode(cursor);
    }

    private static WireAnswer flipBits(RawHttp2 client, byte[] cursor) {
        WireAnswer answer = null;
        for (int bit = 0; bit < cursor.length * 8; bit++) {
            byte[] flipped = cursor.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            answer = readFrom(client, encode(flipped));
            GARBAGE.check(client, answer);
        }
        return java.util.Objects.requireNonNull(answer);
    }

    private static WireAnswer flipTextBits(RawHttp2 client, String cursor) {
        WireAnswer answer = null;
        for (int bit = 0; bit < cursor.length() * 7; bit++) {
            char[] flipped = cursor.toCharArray();
            flipped[bit / 7] ^= (char) (1 << bit % 7);
            answer = readFrom(client, new String(flipped));
            GARBAGE.check(client, answer);
        }
        return java.util.Objects.requireNonNull(answer);
    }

    private static WireAnswer readFrom(RawHttp2 client, String cursor) {
        SyncRequest request = SyncRequest.newBuilder()
                .setStart(Start.newBuilder().setCursor(cursor))
                .build();
        return client.call(EVENTS + "Sync", request.toByteArray());
    }

    private static List<BadInput> starts() {
        return List.of(
                sync("33 cursor empty", Start.newBuilder().setCursor("").build(), new Accepted(0)),
                sync(
                        "39 position ahead",
                        Start.newBuilder().setAfterPosition(1_000_000).build(),
                        AHEAD),
                sync(
                        "39 position of the greatest long",
                        Start.newBuilder().setAfterPosition(Long.MAX_VALUE).build(),
                        AHEAD),
                sync(
                        "39 position negative",
                        Start.newBuilder().setAfterPosition(-1).build(),
                        invalid("start.after_position")),
                sync(
                        "39 position of the least long",
                        Start.newBuilder().setAfterPosition(Long.MIN_VALUE).build(),
                        invalid("start.after_position")),
                sync(
                        "52 time out of range",
                        Start.newBuilder()
                                .setTime(Timestamp.newBuilder().setSeconds(Long.MAX_VALUE))
                                .build(),
                        invalid("start.time")),
                sync(
                        "52 time of year 1",
                        Start.newBuilder()
                                .setTime(Timestamp.newBuilder().setSeconds(-62_135_596_800L))
                                .build(),
                        new Accepted(0)),
                sync(
                        "52 time of 9999",
                        Start.newBuilder()
                                .setTime(Timestamp.newBuilder().setSeconds(253_402_300_799L))
                                .build(),
                        new Accepted(0)),
                sync("anchor unknown", Start.newBuilder().setAnchorValue(77).build(), invalid("start.anchor")),
                sync(
                        "consumer unknown",
                        Start.newBuilder().setConsumer("nobody").build(),
                        NOT_FOUND),
                sync("consumer with NUL", Start.newBuilder().setConsumer("a\0").build(), NOT_FOUND),
                sync("consumer empty", Start.newBuilder().setConsumer("").build(), NOT_FOUND));
    }

    private static List<BadInput> filters() {
        List<BadInput> rows = new ArrayList<>();
        for (String prefix : List.of("", ".", "A.", "A..B", "*", "%", "A%", "A\0", "$", "$SYSTEMX", "\u0410")) {
            String name = "40 prefix '" + BadEvents.printable(prefix) + "'";
            rows.add(filter(
                    name,
                    Filter.newBuilder().addTagPrefixes("A").addTagPrefixes(prefix),
                    invalid("filter.tag_prefixes[1]")));
            rows.add(filter(
                    name + ", excluded",
                    Filter.newBuilder().addExcludeTagPrefixes(prefix),
                    invalid("filter.exclude_tag_prefixes[0]")));
        }
        rows.add(filter("40 prefix $SYSTEM", Filter.newBuilder().addTagPrefixes("$SYSTEM"), new Found(List.of())));
        rows.add(filter("40 prefix _", Filter.newBuilder().addTagPrefixes("DATABAS_"), new Found(List.of())));
        rows.add(filter("42 prefix DATA", Filter.newBuilder().addTagPrefixes("DATA"), new Found(List.of())));
        rows.add(filter(
                "42 prefix DATABASE", Filter.newBuilder().addTagPrefixes("DATABASE"), new Found(List.of("db-1"))));
        rows.add(filter(
                "42 prefix in lower case", Filter.newBuilder().addTagPrefixes("database"), new Found(List.of())));
        rows.add(filter(
                "43 prefixes that overlap",
                Filter.newBuilder()
                        .addTagPrefixes("DATABASE")
                        .addTagPrefixes("DATABASE.X")
                        .addTagPrefixes("DATABASE"),
                new Found(List.of("db-1"))));
        rows.add(filter("43 prefixes, none", Filter.newBuilder(), new Accepted(0)));
        rows.add(filter(
                "43 prefixes, 100",
                Filter.newBuilder().addAllTagPrefixes(Collections.nCopies(100, "NONE")),
                new Found(List.of())));
        rows.add(filter(
                "43 prefixes, 101",
                Filter.newBuilder().addAllTagPrefixes(Collections.nCopies(101, "A")),
                invalid("filter.tag_prefixes")));
        rows.add(filter(
                "43 prefixes, 1,001",
                Filter.newBuilder().addAllExcludeTagPrefixes(Collections.nCopies(1_001, "A")),
                invalid("filter.exclude_tag_prefixes")));
        rows.add(filter(
                "43 keys, 101", Filter.newBuilder().addAllKeys(Collections.nCopies(101, "A")), invalid("filter.keys")));
        rows.add(filter("key with NUL", Filter.newBuilder().addKeys("\0"), new Found(List.of())));
        rows.add(filter("attribute with NUL", Filter.newBuilder().putAttributes("\0", "\0"), new Found(List.of())));
        return rows;
    }

    private static BadInput filter(String name, Filter.Builder filter, Expected expected) {
        return BadInput.call(
                name, "Sync", SyncRequest.newBuilder().setFilter(filter).build(), expected);
    }

    private static List<BadInput> bounds() {
        return List.of(
                BadInput.call(
                        "32 max_events negative",
                        "Sync",
                        SyncRequest.newBuilder().setMaxEvents(-1).build(),
                        invalid("max_events")),
                BadInput.call(
                        "32 max_events 1,001",
                        "Sync",
                        SyncRequest.newBuilder().setMaxEvents(1_001).build(),
                        invalid("max_events")),
                BadInput.call(
                        "wait negative",
                        "Sync",
                        SyncRequest.newBuilder().setWait(duration(0, -1)).build(),
                        invalid("wait")),
                BadInput.call(
                        "wait over a minute",
                        "Sync",
                        SyncRequest.newBuilder().setWait(duration(60, 1)).build(),
                        invalid("wait")),
                BadInput.call(
                        "wait of the greatest long",
                        "Sync",
                        SyncRequest.newBuilder()
                                .setWait(duration(Long.MAX_VALUE, Integer.MAX_VALUE))
                                .build(),
                        invalid("wait")),
                BadInput.call(
                        "on_expired unknown",
                        "Sync",
                        SyncRequest.newBuilder().setOnExpiredValue(9).build(),
                        invalid("on_expired")),
                BadInput.call(
                        "max_batch 1,001",
                        "Subscribe",
                        SubscribeRequest.newBuilder().setMaxBatch(1_001).build(),
                        invalid("max_batch")),
                BadInput.call(
                        "max_linger over a second",
                        "Subscribe",
                        SubscribeRequest.newBuilder()
                                .setMaxLinger(duration(1, 1))
                                .build(),
                        invalid("max_linger")),
                BadInput.call(
                        "heartbeat of 0",
                        "Subscribe",
                        SubscribeRequest.newBuilder()
                                .setHeartbeatInterval(duration(0, 0))
                                .build(),
                        invalid("heartbeat_interval")),
                BadInput.call(
                        "heartbeat of 301 s",
                        "Subscribe",
                        SubscribeRequest.newBuilder()
                                .setHeartbeatInterval(duration(301, 0))
                                .build(),
                        invalid("heartbeat_interval")),
                BadInput.call(
                        "client_name of 129",
                        "Subscribe",
                        SubscribeRequest.newBuilder()
                                .setClientName("a".repeat(129))
                                .build(),
                        invalid("client_name")),
                BadInput.call(
                        "page_size negative",
                        "ListEvents",
                        ListEventsRequest.newBuilder().setPageSize(-1).build(),
                        invalid("page_size")),
                BadInput.call(
                        "page_token garbage",
                        "ListEvents",
                        ListEventsRequest.newBuilder().setPageToken("x").build(),
                        NO_TOKEN),
                BadInput.call(
                        "page_token long",
                        "ListEvents",
                        ListEventsRequest.newBuilder()
                                .setPageToken("A".repeat(10_000))
                                .build(),
                        NO_TOKEN),
                BadInput.call(
                        "depth 9",
                        "ListTags",
                        ListTagsRequest.newBuilder().setDepth(9).build(),
                        invalid("depth")),
                BadInput.call(
                        "parent bad",
                        "ListTags",
                        ListTagsRequest.newBuilder().setParent("A.").build(),
                        invalid("parent")));
    }

    private static Duration duration(long seconds, int nanos) {
        return Duration.newBuilder().setSeconds(seconds).setNanos(nanos).build();
    }

    private static List<BadInput> lookups() {
        return List.of(
                BadInput.call(
                        "53 id unknown",
                        "GetEvent",
                        GetEventRequest.newBuilder().setId("nobody").build(),
                        NOT_FOUND),
                BadInput.call(
                        "53 id with NUL",
                        "GetEvent",
                        GetEventRequest.newBuilder().setId("a\0").build(),
                        NOT_FOUND),
                BadInput.call(
                        "53 id of 1 MB",
                        "GetEvent",
                        GetEventRequest.newBuilder().setId("a".repeat(1 << 20)).build(),
                        NOT_FOUND),
                BadInput.call(
                        "53 id empty",
                        "GetEvent",
                        GetEventRequest.newBuilder().setId("").build(),
                        invalid("id")),
                BadInput.call(
                        "53 neither id nor position", "GetEvent", GetEventRequest.getDefaultInstance(), invalid("by")),
                BadInput.call(
                        "53 position 0",
                        "GetEvent",
                        GetEventRequest.newBuilder().setPosition(0).build(),
                        NOT_FOUND),
                BadInput.call(
                        "53 position negative",
                        "GetEvent",
                        GetEventRequest.newBuilder().setPosition(-1).build(),
                        NOT_FOUND),
                BadInput.call(
                        "53 position of the greatest long",
                        "GetEvent",
                        GetEventRequest.newBuilder().setPosition(Long.MAX_VALUE).build(),
                        NOT_FOUND));
    }
}
