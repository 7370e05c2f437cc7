package io.eventsync.loadtest.generate;

import ch.qos.logback.core.ContextBase;
import ch.qos.logback.core.encoder.EncoderBase;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.Duration;
import ch.qos.logback.core.util.FileSize;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** A file that, once it has 1 MB, becomes {@code .1}, while {@code .1} becomes {@code .2} and so on to {@code .3}. */
final class FileSink implements Sink {

    private static final long BYTES_MAX = 1 << 20;
    private static final int BACKUPS = 3;

    private final ContextBase context = new ContextBase();
    private final RollingFileAppender<LogEntry> appender = new RollingFileAppender<>();
    private final Path file;

    private FileSink(Path file) {
        this.file = file;
    }

    /** Goes on at the end of a file that is there. Fails with a message for people if it cannot be written. */
    static FileSink open(Path file, LineFormat format) {
        FileSink sink = new FileSink(file);
        sink.start(format);
        return sink;
    }

    @Override
    public void write(LogEntry entry) {
        appender.doAppend(entry);
    }

    @Override
    public void flush() {
        // Every line is written at once.
    }

    @Override
    public void describe(Map<String, Object> result) {
        result.put("file", file.toString());
    }

    @Override
    public void close() {
        appender.stop();
        context.stop();
    }

    private void start(LineFormat format) {
        FixedWindowRollingPolicy backups = new FixedWindowRollingPolicy();
        backups.setContext(context);
        backups.setParent(appender);
        backups.setFileNamePattern(escaped(file) + ".%i");
        backups.setMinIndex(1);
        backups.setMaxIndex(BACKUPS);
        SizeBasedTriggeringPolicy<LogEntry> size = new SizeBasedTriggeringPolicy<>();
        size.setContext(context);
        size.setMaxFileSize(new FileSize(BYTES_MAX));
        // Looking less often would let a busy file grow past its size.
        size.setCheckIncrement(Duration.buildByMilliseconds(0));
        Lines lines = new Lines(file, format);
        lines.setContext(context);

        appender.setContext(context);
        appender.setFile(file.toString());
        appender.setEncoder(lines);
        appender.setRollingPolicy(backups);
        appender.setTriggeringPolicy(size);
        backups.start();
        size.start();
        lines.start();
        appender.start();
        if (!appender.isStarted()) {
            throw new IllegalArgumentException("cannot write " + file.toAbsolutePath());
        }
    }

    private static String escaped(Path file) {
        return file.toString().replace("\\", "\\\\").replace("%", "\\%");
    }

    private static final class Lines extends EncoderBase<LogEntry> {

        private static final byte[] NOTHING = {};
        private final Path file;
        private final LineFormat format;

        Lines(Path file, LineFormat format) {
            this.file = file;
            this.format = format;
        }

        /** A file that is gone on with has its header. */
        @Override
        public byte[] headerBytes() {
            return file.toFile().length() > 0 ? NOTHING : format.header().getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte[] encode(LogEntry entry) {
            return format.line(entry).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte[] footerBytes() {
            return NOTHING;
        }
    }
}
