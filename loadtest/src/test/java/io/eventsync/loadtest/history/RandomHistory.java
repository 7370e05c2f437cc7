package io.eventsync.loadtest.history;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** A history that is right, of writers that overlap and readers that come and go, and the ways to spoil it in one place. */
final class RandomHistory {

    private static final int EVENTS = 60;
    private static final List<ReaderFilter> FILTERS = List.of(
            ReaderFilter.all(), ReaderFilter.prefixes("T.A"), ReaderFilter.prefixes("T.B", "T.C"), ReaderFilter.all());
    private static final List<String> TAGS = List.of("T.A", "T.B", "T.C", "T.D");

    private final List<Ack> acks = new ArrayList<>();
    private final List<Stored> log = new ArrayList<>();
    private final List<Reader> readers = new ArrayList<>();

    private record Ack(Stored stored, long invoked, long returned) {}

    private record Stored(long position, String id, String tag) {}

    /** A row of a reader; only an EVENT has an event. */
    private record Row(byte kind, long position, Stored event) {
        boolean isEvent() {
            return kind == ReaderRecorder.EVENT;
        }

        boolean isCursor() {
            return kind == ReaderRecorder.CURSOR;
        }
    }

    private record Reader(ReaderFilter filter, List<Row> rows) {}

    RandomHistory(Random random) {
        for (int n = 1; n <= EVENTS; n++) {
            Stored stored = new Stored(n, "id-" + n, TAGS.get(random.nextInt(TAGS.size())));
            log.add(stored);
            // Each is sent before the one before is answered, now and then.
            acks.add(new Ack(stored, n * 10L, n * 10L + 1 + random.nextInt(15)));
        }
        FILTERS.forEach(filter -> readers.add(new Reader(filter, read(filter, random))));
        Collections.shuffle(acks, random);
    }

    /** Frames of some events and a cursor; streams that break between the two and go on from the last cursor. */
    private List<Row> read(ReaderFilter filter, Random random) {
        List<Row> rows = new ArrayList<>();
        rows.add(new Row(ReaderRecorder.OPENED, 0, log.get(0)));
        int cursor = 0;
        int at = 0;
        while (cursor < EVENTS) {
            for (int i = 1 + random.nextInt(8); i > 0 && at < EVENTS; i--) {
                Stored event = log.get(at++);
                if (filter.matches(event.tag())) {
                    rows.add(new Row(ReaderRecorder.EVENT, event.position(), event));
                }
            }
            if (random.nextInt(6) == 0) {
                rows.add(new Row(ReaderRecorder.RESUMED, cursor, log.get(0)));
                at = cursor;
            } else {
                cursor = at;
                rows.add(new Row(ReaderRecorder.CURSOR, cursor, log.get(0)));
            }
        }
        return rows;
    }

    History recorded() {
        HistoryRecorder recorder = new HistoryRecorder();
        acks.forEach(ack -> recorder.acked(
                ack.stored().id(), ack.stored().tag(), ack.stored().position(), ack.invoked(), ack.returned()));
        log.forEach(event -> recorder.logged(event.position(), event.id(), event.tag()));
        for (Reader reader : readers) {
            ReaderRecorder into = recorder.reader("r" + readers.indexOf(reader), reader.filter());
            for (Row row : reader.rows()) {
                switch (row.kind()) {
                    case ReaderRecorder.OPENED -> into.opened(row.position());
                    case ReaderRecorder.RESUMED -> into.resumed(row.position());
                    case ReaderRecorder.CURSOR -> into.cursor(row.position());
                    default ->
                        into.event(
                                row.event().position(),
                                row.event().id(),
                                row.event().tag());
                }
            }
        }
        return recorder.history();
    }

    // ---- faults of streams ----

    /** One event less, of a stream that came to a later place. */
    void lose(Random random) {
        Place place = anyEventBeforeItsCursor(random);
        place.rows().remove(place.index());
    }

    /** All events of a frame less. */
    void skip(Random random) {
        Place place = anyEventBeforeItsCursor(random);
        while (place.rows().get(place.index()).isEvent()) {
            place.rows().remove(place.index());
        }
    }

    void repeat(Random random) {
        Place place = anyEventBeforeItsCursor(random);
        int later = place.index() + 1;
        while (random.nextBoolean() && place.rows().get(later).isEvent()) {
            later++;
        }
        place.rows().add(later, place.row());
    }

    void swap(Random random) {
        List<Place> places = new ArrayList<>();
        for (Place place : places()) {
            if (place.row().isEvent() && place.rows().get(place.index() + 1).isEvent()) {
                places.add(place);
            }
        }
        Place place = any(places, random);
        Collections.swap(place.rows(), place.index(), place.index() + 1);
    }

    /** The frame's cursor comes before its last event. */
    void cursorTooFar(Random random) {
        Place place = any(
                places().stream()
                        .filter(at -> at.row().isEvent()
                                && at.rows().get(at.index() + 1).isCursor())
                        .collect(Collectors.toList()),
                random);
        Collections.swap(place.rows(), place.index(), place.index() + 1);
    }

    void cursorBack(Random random) {
        Place place = any(places().stream().filter(at -> at.row().isCursor()).collect(Collectors.toList()), random);
        place.rows()
                .add(
                        place.index() + 1,
                        new Row(ReaderRecorder.CURSOR, place.row().position() - 1, log.get(0)));
    }

    /** An event that a reader did not ask for, in its place. */
    void leak(Random random) {
        Reader reader = readers.get(1);
        List<Place> places = new ArrayList<>();
        for (int i = 0; i + 1 < reader.rows().size(); i++) {
            Row row = reader.rows().get(i);
            if (row.isEvent()
                    && row.position() < EVENTS
                    && reader.rows().get(i + 1).isCursor()) {
                long next = row.position() + 1;
                if (next <= reader.rows().get(i + 1).position()) {
                    places.add(new Place(reader.rows(), i));
                }
            }
        }
        Place place = any(places, random);
        Stored next = log.get((int) place.row().position());
        place.rows().add(place.index() + 1, new Row(ReaderRecorder.EVENT, next.position(), next));
    }

    // ---- faults of the log ----

    /** Acknowledged, not there in the end, and never shown to a reader. */
    void loseFromTheLog(Random random) {
        Stored lost = log.remove(random.nextInt(log.size()));
        readers.forEach(reader ->
                reader.rows().removeIf(row -> row.isEvent() && row.event().equals(lost)));
    }

    void acknowledgeAtAnothersPosition(Random random) {
        int n = random.nextInt(acks.size() - 1);
        Ack ack = acks.get(n);
        Stored lie = new Stored(
                acks.get(n + 1).stored().position(),
                ack.stored().id(),
                ack.stored().tag());
        acks.set(n, new Ack(lie, ack.invoked(), ack.returned()));
    }

    /** As after a failover that lost the end of the log: readers saw one event, the log has another there. */
    void putAnotherInItsPlace(Random random) {
        int n = random.nextInt(log.size());
        Stored before = log.get(n);
        log.set(n, new Stored(before.position(), "another", before.tag()));
    }

    void storeTwice(Random random) {
        Stored again = log.get(random.nextInt(log.size()));
        log.add(new Stored(EVENTS + 1L, again.id(), again.tag()));
    }

    /** Two whose calls did not overlap change places, everywhere. */
    void invert(Random random) {
        int n = random.nextInt(log.size() - 5);
        Stored earlier = log.get(n);
        Stored later = log.get(n + 4);
        Stored first = new Stored(earlier.position(), later.id(), earlier.tag());
        Stored second = new Stored(later.position(), earlier.id(), later.tag());
        acks.replaceAll(ack -> ack.stored().equals(earlier)
                ? new Ack(second, ack.invoked(), ack.returned())
                : ack.stored().equals(later) ? new Ack(first, ack.invoked(), ack.returned()) : ack);
        log.set(n, first);
        log.set(n + 4, second);
        readers.forEach(reader -> reader.rows()
                .replaceAll(row -> row.event().equals(earlier) && row.isEvent()
                        ? new Row(row.kind(), row.position(), first)
                        : row.event().equals(later) && row.isEvent()
                                ? new Row(row.kind(), row.position(), second)
                                : row));
    }

    private record Place(List<Row> rows, int index) {
        Row row() {
            return rows.get(index);
        }
    }

    /** All places but the last row of each reader, which is a cursor. */
    private List<Place> places() {
        List<Place> places = new ArrayList<>();
        for (Reader reader : readers) {
            for (int i = 0; i + 1 < reader.rows().size(); i++) {
                places.add(new Place(reader.rows(), i));
            }
        }
        return places;
    }

    /** An event whose frame ended with a cursor: of a frame that was cut, the last ones may be missing. */
    private Place anyEventBeforeItsCursor(Random random) {
        List<Place> places = new ArrayList<>();
        for (Place place : places()) {
            int end = place.index();
            while (place.rows().get(end).isEvent()) {
                end++;
            }
            if (end > place.index() && place.rows().get(end).isCursor()) {
                places.add(place);
            }
        }
        return any(places, random);
    }

    private static Place any(List<Place> places, Random random) {
        return places.get(random.nextInt(places.size()));
    }
}
