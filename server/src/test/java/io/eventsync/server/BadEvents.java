package io.eventsync.server;

import static io.eventsync.server.BadInput.invalid;
import static io.eventsync.server.BadInput.refused;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.eventsync.server.BadInput.Accepted;
import io.eventsync.server.BadInput.Stored;
import io.eventsync.v1.Event;
import io.eventsync.v1.IngestBatchRequest;
import io.eventsync.v1.IngestRequest;
import io.vertx.grpc.common.GrpcStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Events that break the rules of event.proto, or only look so: rows 40 to 52 of the catalogue. */
final class BadEvents {
    private static final int PAYLOAD_MAX = 256 << 10;
    private static final int MESSAGE_MAX = 4 << 10;
    private static final long YEAR_1 = -62_135_596_800L;
    private static final long YEAR_9999 = 253_402_300_799L;
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private BadEvents() {}

    static List<BadInput> rows() {
        return Stream.of(tags(), texts(), payloads(), json(), times(), ids(), attributes(), batches())
                .flatMap(List::stream)
                .toList();
    }

    private static BadInput bad(String name, String field, UnaryOperator<Event.Builder> change) {
        Event event = change.apply(Event.newBuilder().setTag("A")).build();
        return BadInput.call(name, "Ingest", request(event), invalid("event." + field));
    }

    private static BadInput good(String name, UnaryOperator<Event.Builder> change) {
        Event event = change.apply(Event.newBuilder().setTag("A").setId("good: " + name))
                .build();
        return BadInput.call(name, "Ingest", request(event), new Stored(event));
    }

    private static IngestRequest request(Event event) {
        return IngestRequest.newBuilder().setEvent(event).build();
    }

    private static List<BadInput> tags() {
        List<BadInput> rows = new ArrayList<>();
        for (String tag : List.of(
                "",
                ".",
                "A.",
                ".A",
                "A..B",
                " ",
                "A B",
                "A.B ",
                "*",
                "%",
                "A.%",
                "A*",
                "A\0B",
                "\u202EA",
                "\u0410",
                "\uFF21",
                "\u00C4",
                "A\n",
                "A/B",
                "A:B",
                "$SYSTEM",
                "$SYSTEM.NODE",
                "$",
                "'; drop table event; --",
                "${jndi:ldap://x}",
                "{{7*7}}",
                "\uD83D\uDE00")) {
            rows.add(bad("40 tag '" + printable(tag) + "'", "tag", event -> event.setTag(tag)));
        }
        rows.add(bad("41 tag of 201 characters", "tag", event -> event.setTag("A".repeat(201))));
        rows.add(bad("41 tag of 256 characters", "tag", event -> event.setTag("A".repeat(256))));
        rows.add(bad("41 tag of 9 segments", "tag", event -> event.setTag("A.A.A.A.A.A.A.A.A")));
        rows.add(good("41 tag of 200 characters", event -> event.setTag("A".repeat(200))));
        rows.add(good("41 tag of 8 segments", event -> event.setTag("A.A.A.A.A.A.A.A")));
        rows.add(good("40 tag of lower case", event -> event.setTag("a.b")));
        rows.add(good("40 tag of '_' and '-'", event -> event.setTag("_.-")));
        rows.add(BadInput.call("40 no event", "Ingest", IngestRequest.getDefaultInstance(), invalid("event")));
        return rows;
    }

    private static List<BadInput> texts() {
        return List.of(
                bad("45 NUL in message", "message", event -> event.setMessage("a\0b")),
                bad("45 NUL in key", "key", event -> event.setKey("\0")),
                bad("45 NUL in content_type", "content_type", event -> event.setContentType("text\0")),
                bad("45 message over the limit", "message", event -> event.setMessage("a".repeat(MESSAGE_MAX + 1))),
                bad(
                        "45 message over the limit in bytes",
                        "message",
                        e -> e.setMessage("\u00E4".repeat(MESSAGE_MAX / 2 + 1))),
                bad("45 key over the limit", "key", event -> event.setKey("a".repeat(257))),
                bad("45 content_type over the limit", "content_type", e -> e.setContentType("a".repeat(129))),
                bad(
                        "traceparent in capitals",
                        "traceparent",
                        event -> event.setTraceparent(TRACE.toUpperCase(java.util.Locale.ROOT))),
                bad("traceparent too short", "traceparent", event -> event.setTraceparent(TRACE.substring(1))),
                good("traceparent", event -> event.setTraceparent(TRACE)),
                good("45 message at the limit", event -> event.setMessage("a".repeat(MESSAGE_MAX))),
                good("45 key at the limit", event -> event.setKey("\u00E4".repeat(128))),
                good("45 message of emoji", event -> event.setMessage("\uD83D\uDE00\uD83D\uDC69\u200D\uD83D\uDCBB")),
                good(
                        "45 message of ANSI escapes",
                        event -> event.setMessage("\u001B[31mred\u001B[0m\u001B]0;title\u0007")),
                good("45 message of CR LF", event -> event.setMessage("a\r\nb\rc\nd\te")),
                good("45 message of BOM and RTL", event -> event.setMessage("\uFEFFa\u202Eb\u2028\uFFFF")),
                good("45 message of SQL", event -> event.setMessage("'; drop table eventsync.event; -- %_\\")),
                good("45 message of look-ups", event -> event.setMessage("${jndi:ldap://x} {{7*7}} <script>")));
    }

    private static List<BadInput> payloads() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        return List.of(
                good("46 no payload", event -> event),
                good("46 empty data", event -> event.setData(ByteString.EMPTY)),
                good("46 data of all octets", event -> event.setData(ByteString.copyFrom(all))),
                good("46 data at the limit", event -> event.setData(ByteString.copyFrom(new byte[PAYLOAD_MAX]))),
                bad("46 data over the limit", "data", e -> e.setData(ByteString.copyFrom(new byte[PAYLOAD_MAX + 1]))),
                good("46 json at the limit", event -> event.setJson(text(PAYLOAD_MAX))),
                bad("46 json over the limit", "json", event -> event.setJson(text(PAYLOAD_MAX + 1))));
    }

    private static String text(int length) {
        return '"' + "a".repeat(length - 2) + '"';
    }

    private static List<BadInput> json() {
        List<BadInput> rows = new ArrayList<>();
        for (String json : List.of(
                "",
                " ",
                "{",
                "{\"a\":1",
                "[1,]",
                "{\"a\":1,}",
                "{a:1}",
                "{'a':1}",
                "nul",
                "NaN",
                "Infinity",
                "-",
                "01",
                "+1",
                ".5",
                "1.",
                "1e",
                "0x1",
                "1 2",
                "{}{}",
                "{} x",
                "\"a",
                "\"a\nb\"",
                "\"\\x\"",
                "\"\\u12\"",
                "// c\n1",
                "/* c */ 1",
                "\uFEFF1",
                "1\0",
                "\0",
                "[1",
                "tru",
                "\u00A01",
                "\"\t\"")) {
            rows.add(bad("47 json '" + printable(json) + "'", "json", event -> event.setJson(json)));
        }
        rows.add(bad("48 json 65 deep", "json", event -> event.setJson("[".repeat(65) + "]".repeat(65))));
        rows.add(bad("48 json 10,000 deep", "json", event -> event.setJson("[".repeat(10_000) + "]".repeat(10_000))));
        rows.add(good("48 json 64 deep", event -> event.setJson("[".repeat(64) + "]".repeat(64))));
        for (String json : List.of(
                "\"\\u0000\"",
                "1e999",
                "-1e-999",
                "{\"a\":1,\"a\":2}",
                " {\"b\" : 1 ,\n\"a\":2} ",
                "123456789012345678901234567890",
                "\"\\ud800\"",
                "null",
                "true",
                "\"\"",
                "[]",
                "0",
                "-0",
                "\"\u2028\"",
                "{\"\":{}}")) {
            rows.add(good("48 json '" + printable(json) + "'", event -> event.setJson(json)));
        }
        rows.add(good("48 number of 200,000 digits", event -> event.setJson("1".repeat(200_000))));
        rows.add(good("48 name of 60,000 characters", event -> event.setJson("{\"" + "a".repeat(60_000) + "\":1}")));
        return rows;
    }

    private static List<BadInput> times() {
        return List.of(
                bad("52 event_time before year 1", "event_time", event -> event.setEventTime(time(YEAR_1 - 1, 0))),
                bad("52 event_time after 9999", "event_time", event -> event.setEventTime(time(YEAR_9999 + 1, 0))),
                bad("52 event_time of the least long", "event_time", e -> e.setEventTime(time(Long.MIN_VALUE, 0))),
                bad("52 event_time of the greatest long", "event_time", e -> e.setEventTime(time(Long.MAX_VALUE, 0))),
                bad("52 event_time of negative nanos", "event_time", event -> event.setEventTime(time(0, -1))),
                bad("52 event_time of too many nanos", "event_time", e -> e.setEventTime(time(0, 1_000_000_000))),
                good("52 event_time of year 1", event -> event.setEventTime(time(YEAR_1, 0))),
                good("52 event_time of 9999", event -> event.setEventTime(time(YEAR_9999, 999_999_999))),
                good("52 event_time of 1970", event -> event.setEventTime(time(0, 0))),
                good("52 event_time of a leap second", event -> event.setEventTime(time(1_483_228_799L, 999_999_999))));
    }

    private static Timestamp time(long seconds, int nanos) {
        return Timestamp.newBuilder().setSeconds(seconds).setNanos(nanos).build();
    }

    private static List<BadInput> ids() {
        return List.of(
                bad("50 id of 129 characters", "id", event -> event.setId("a".repeat(129))),
                bad("50 id of 129 emoji", "id", event -> event.setId("\uD83D\uDE00".repeat(129))),
                bad("50 id with NUL", "id", event -> event.setId("a\0")),
                bad("50 id with a line feed", "id", event -> event.setId("a\nb")),
                bad("50 id with DEL", "id", event -> event.setId("\u007F")),
                bad("50 id with a C1 control", "id", event -> event.setId("\u0085")),
                good("50 id of 128 characters", event -> event.setId("a".repeat(128))),
                good("50 id of 128 emoji", event -> event.setId("\uD83D\uDE00".repeat(128))),
                good("50 id of a space", event -> event.setId(" ")),
                good("53 id that is no UUID", event -> event.setId("order/17?x=%41#'\"\\")),
                BadInput.call(
                        "50 no id",
                        "Ingest",
                        request(Event.newBuilder().setTag("A").build()),
                        new Accepted(1)),
                BadInput.call(
                        "51 id taken, other content",
                        "Ingest",
                        request(Event.newBuilder()
                                .setId("taken")
                                .setTag("A")
                                .setMessage("other")
                                .build()),
                        refused(GrpcStatus.ALREADY_EXISTS, "EVENT_ID_REUSED")),
                BadInput.call(
                        "51 id taken, other tag",
                        "Ingest",
                        request(Event.newBuilder()
                                .setId("taken")
                                .setTag("B")
                                .setMessage("first")
                                .build()),
                        refused(GrpcStatus.ALREADY_EXISTS, "EVENT_ID_REUSED")),
                BadInput.call(
                        "51 id taken, same content",
                        "Ingest",
                        request(Event.newBuilder()
                                .setId("taken")
                                .setTag("A")
                                .setMessage("first")
                                .build()),
                        new Accepted(0)),
                BadInput.call(
                        "fields of the server set",
                        "Ingest",
                        request(Event.newBuilder()
                                .setId("taken")
                                .setTag("A")
                                .setMessage("first")
                                .setPosition(-7)
                                .setProducer("somebody")
                                .setIngestTime(time(Long.MAX_VALUE, -1))
                                .build()),
                        new Accepted(0)));
    }

    private static List<BadInput> attributes() {
        return List.of(
                bad("attributes, one too many", "attributes", event -> attributes(event, 33)),
                good("attributes at the limit", event -> attributes(event, 32)),
                bad("attribute without key", "attributes", event -> event.putAttributes("", "a")),
                bad("attribute key with NUL", "attributes", event -> event.putAttributes("\0", "a")),
                bad("attribute value with NUL", "attributes", event -> event.putAttributes("a", "\0")),
                bad("attribute key over the limit", "attributes", event -> event.putAttributes("a".repeat(65), "")),
                bad("attribute value over the limit", "attributes", e -> e.putAttributes("a", "a".repeat(257))),
                good("attribute at the limit", event -> event.putAttributes("a".repeat(64), "\u00E4".repeat(128))));
    }

    private static Event.Builder attributes(Event.Builder event, int count) {
        for (int i = 0; i < count; i++) {
            event.putAttributes("k" + i, "v");
        }
        return event;
    }

    private static List<BadInput> batches() {
        Event good = Event.newBuilder().setTag("A").build();
        Event bad = Event.newBuilder().setTag("A..B").build();
        return List.of(
                batch("49 batch empty", List.of(), invalid("events")),
                batch("49 batch of 1,001", times(1_001, good), invalid("events")),
                batch("49 batch of 1,000", times(1_000, good), new Accepted(1_000)),
                batch("49 batch with one bad of 100", with(63, bad), invalid("events[63].tag")),
                batch(
                        "49 batch with an id taken",
                        with(99, Event.newBuilder().setTag("B").setId("taken").build()),
                        refused(GrpcStatus.ALREADY_EXISTS, "EVENT_ID_REUSED")),
                batch(
                        "49 batch with one id twice",
                        List.of(
                                Event.newBuilder().setTag("A").setId("twice").build(),
                                Event.newBuilder().setTag("B").setId("twice").build()),
                        refused(GrpcStatus.ALREADY_EXISTS, "EVENT_ID_REUSED")));
    }

    private static BadInput batch(String name, List<Event> events, BadInput.Expected expected) {
        return BadInput.call(
                name,
                "IngestBatch",
                IngestBatchRequest.newBuilder().addAllEvents(events).build(),
                expected);
    }

    private static List<Event> times(int count, Event event) {
        return Stream.generate(() -> event).limit(count).toList();
    }

    private static List<Event> with(int index, Event event) {
        List<Event> events =
                new ArrayList<>(times(100, Event.newBuilder().setTag("A").build()));
        events.set(index, event);
        return events;
    }

    static String printable(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints()
                .forEach(
                        c -> shown.append(c >= ' ' && c < 127 ? Character.toString(c) : "U+" + Integer.toHexString(c)));
        return shown.toString();
    }
}
