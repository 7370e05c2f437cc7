package io.eventsync.loadtest.generate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import java.util.Collection;
import java.util.Set;

/** RFC 4180, with a line of names first. */
final class CsvLines implements LineFormat {

    private static final ObjectWriter WRITER = CsvMapper.builder()
            .enable(CsvGenerator.Feature.STRICT_CHECK_FOR_QUOTING)
            .build()
            .writerFor(Collection.class);

    private final String header;

    CsvLines(Set<String> fields) {
        this.header = row(Columns.with(fields));
    }

    @Override
    public String header() {
        return header;
    }

    @Override
    public String line(LogEntry entry) {
        return row(Columns.of(entry).values());
    }

    private static String row(Collection<String> values) {
        try {
            return WRITER.writeValueAsString(values);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a row of strings has a CSV form", e);
        }
    }
}
