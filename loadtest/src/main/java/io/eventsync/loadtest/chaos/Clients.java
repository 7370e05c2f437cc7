package io.eventsync.loadtest.chaos;

import io.eventsync.client.ClientOptions;
import io.eventsync.client.CursorStore;
import io.eventsync.client.EventSyncClient;
import io.eventsync.client.FileCursorStore;
import io.eventsync.client.ReadOptions;
import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.history.HistoryRecorder;
import io.eventsync.loadtest.history.ReaderFilter;
import io.eventsync.loadtest.rpc.Target;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Writers and readers of every kind at once, out of the servers' processes. */
final class Clients implements AutoCloseable {

    private static final String PREFIX = "CHAOS";
    private static final int TAGS = 10;
    private static final int WRITERS = 3;
    private static final Duration START_MAX = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final HistoryRecorder recorder = new HistoryRecorder();
    private final Answers answers = new Answers();
    private final EventSyncClient writing;
    private final EventSyncClient reading;
    private final FileCursorStore cursors;
    private final List<EventWriter> writers = new ArrayList<>();
    private final BatchWriter batches;
    private final List<ChaosReader> readers = new ArrayList<>();

    Clients(Vertx vertx, List<Target> targets, double eventsPerSecond, String run, Path cursorFolder) {
        this.vertx = vertx;
        ClientOptions options = ClientOptions.to(
                        targets.stream().map(Target::toString).toArray(String[]::new))
                .vertx(vertx);
        this.writing = EventSyncClient.connect(options);
        this.reading = EventSyncClient.connect(options);
        this.cursors = CursorStore.file(cursorFolder);
        for (int i = 0; i < WRITERS; i++) {
            writers.add(new EventWriter(writing, recorder, answers, run + "-w" + i, eventsPerSecond / WRITERS));
        }
        this.batches = new BatchWriter(writing, recorder, answers, run + "-b");
    }

    static String tag(long number) {
        return PREFIX + ".T" + number % TAGS;
    }

    static String prefix() {
        return PREFIX;
    }

    HistoryRecorder recorder() {
        return recorder;
    }

    Answers answers() {
        return answers;
    }

    List<ChaosReader> readers() {
        return List.copyOf(readers);
    }

    void begin(ChaosStart start, List<Target> targets, Duration giveUpAfter) {
        ReadOptions all = ReadOptions.tags(PREFIX).fromCursor(start.cursor());
        readers.add(new StreamReader(reading, all, false, recorder("stream"), "stream", start.position()));
        readers.add(new StreamReader(
                reading, all.keepCursor(cursors, "kept").saveEach(), true, recorder("kept"), "kept", start.position()));
        readers.add(new PageReader(reading, all, recorder("pages"), "pages", start.cursor(), start.position()));
        for (int i = 0; i < targets.size(); i++) {
            for (boolean isStream : new boolean[] {true, false}) {
                String name = (isStream ? "plain-stream-" : "plain-sync-") + (i + 1);
                List<String> prefixes = List.of(tag(i), tag(i + 4), tag(i + 7));
                readers.add(new PlainReader(
                        vertx,
                        targets.get(i),
                        isStream,
                        prefixes,
                        recorder.reader(name, new ReaderFilter(prefixes, List.of())),
                        name,
                        start,
                        giveUpAfter));
            }
        }
        readers.forEach(ChaosReader::begin);
        writers.forEach(writer -> Edge.awaitDone(vertx.deployVerticle(writer), START_MAX));
        Edge.awaitDone(vertx.deployVerticle(batches), START_MAX);
    }

    private io.eventsync.loadtest.history.ReaderRecorder recorder(String name) {
        return recorder.reader(name, new ReaderFilter(List.of(PREFIX), List.of()));
    }

    /** Stops writing. False if some calls had no answer in this time. */
    boolean stopWriting(Duration max) {
        List<Future<Void>> ends = new ArrayList<>();
        writers.forEach(writer -> ends.add(writer.finish()));
        ends.add(batches.finish());
        Future<?> all = Future.join(ends);
        Edge.awaitOrElapse(all, max);
        writers.forEach(EventWriter::giveUp);
        batches.giveUp();
        return all.isComplete();
    }

    /** False if a reader that reads did not get so far in this time. */
    boolean awaitReaders(long position, Duration max) {
        return Waiting.until(
                () -> readers.stream().allMatch(reader -> reader.failure().isPresent() || reader.reached() >= position),
                max);
    }

    @Override
    public void close() {
        Future<Void> ignored = batches.finish();
        batches.giveUp();
        readers.forEach(ChaosReader::finish);
        Edge.awaitOrElapse(writing.close(), START_MAX);
        Edge.awaitOrElapse(reading.close(), START_MAX);
        cursors.close();
    }
}
