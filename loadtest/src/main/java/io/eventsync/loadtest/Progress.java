package io.eventsync.loadtest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar on standard error while a command works; nothing where standard error is no terminal. */
public final class Progress implements AutoCloseable {

    private static final int LOOK_MILLIS = 250;
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    private final Runnable stop;

    private Progress(Runnable stop) {
        this.stop = stop;
    }

    /** A bar that asks now and then how much of the work is done. */
    public static Progress of(String task, String unit, long max, LongSupplier done) {
        if (!isTerminal()) {
            return new Progress(() -> {});
        }
        ProgressBar bar = new ProgressBarBuilder()
                .setTaskName(task)
                .setUnit(" " + unit, 1)
                .setInitialMax(max)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(LOOK_MILLIS)
                .clearDisplayOnFinish()
                .build();
        ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(Progress::daemon);
        var looking = looks.scheduleAtFixedRate(
                () -> bar.stepTo(Math.min(max, done.getAsLong())), 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        return new Progress(() -> {
            looking.cancel(false);
            looks.shutdown();
            bar.close();
        });
    }

    /** A bar of the time that passes. */
    public static Progress ofTime(String task, Duration max) {
        long started = System.nanoTime();
        return of(task, "s", Math.max(1, max.toSeconds()), () -> (System.nanoTime() - started) / 1_000_000_000);
    }

    @Override
    public void close() {
        stop.run();
    }

    /** Java 17 has no question for it, and later ones have another answer; where there is no /proc there is no bar. */
    private static boolean isTerminal() {
        try {
            String device = Files.readSymbolicLink(STANDARD_ERROR).toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty") || device.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "progress");
        thread.setDaemon(true);
        return thread;
    }
}
