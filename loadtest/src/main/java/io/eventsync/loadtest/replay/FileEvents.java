package io.eventsync.loadtest.replay;

import io.eventsync.v1.Event;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The events of some files, line by line. Lines that are no events are counted and passed over. */
public final class FileEvents implements Iterator<Event>, AutoCloseable {

    private final Iterator<Path> files;
    private final ReplayTally tally;
    private @Nullable Path file;
    private @Nullable BufferedReader lines;
    private int lineNumber;
    private @Nullable Event next;

    FileEvents(List<Path> files, ReplayTally tally) {
        this.files = List.copyOf(files).iterator();
        this.tally = tally;
    }

    /** All of them at once; fails with the first line that is no event. */
    public static List<Event> readAll(List<Path> files) {
        ReplayTally tally = new ReplayTally();
        List<Event> events = new ArrayList<>();
        try (FileEvents lines = new FileEvents(files, tally)) {
            lines.forEachRemaining(events::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!tally.isAllAcknowledged()) {
            throw new IllegalArgumentException(String.valueOf(tally.describe(0).get("examples")));
        }
        return events;
    }

    @Override
    public boolean hasNext() {
        try {
            while (next == null) {
                String line = nextLine();
                if (line == null) {
                    return false;
                }
                lineNumber++;
                next = line.isBlank() ? null : parse(line);
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": " + e.getMessage(), e);
        }
    }

    @Override
    public Event next() {
        Event event = hasNext() ? next : null;
        if (event == null) {
            throw new NoSuchElementException();
        }
        next = null;
        return event;
    }

    @Override
    public void close() throws IOException {
        if (lines != null) {
            lines.close();
        }
    }

    private @Nullable String nextLine() throws IOException {
        while (true) {
            String line = lines == null ? null : lines.readLine();
            if (line != null || !files.hasNext()) {
                return line;
            }
            close();
            file = files.next();
            lines = Files.newBufferedReader(file, StandardCharsets.UTF_8);
            lineNumber = 0;
        }
    }

    private @Nullable Event parse(String line) {
        try {
            Event event = JsonLine.parse(line.getBytes(StandardCharsets.UTF_8));
            // With an id a retry cannot store the event twice.
            return event.getId().isEmpty()
                    ? event.toBuilder().setId(UUID.randomUUID().toString()).build()
                    : event;
        } catch (IOException | IllegalArgumentException e) {
            tally.rejected("LINE_UNREADABLE", file + ":" + lineNumber, String.valueOf(e.getMessage()));
            return null;
        }
    }
}
