package io.eventsync.loadtest;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Lets Ctrl-C end a command early instead of killing it: the command stops, prints what it has, and then the process ends. */
public final class Interruption implements AutoCloseable {

    private static final long PRINTING_SECONDS_MAX = 8;

    private final CountDownLatch printed = new CountDownLatch(1);
    private final Thread hook;

    private Interruption(Runnable stop) {
        this.hook = new Thread(() -> stopAndWait(stop), "interruption");
    }

    public static Interruption stopping(Runnable stop) {
        Interruption interruption = new Interruption(stop);
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
    }

    /** The command has printed; the process may end. */
    @Override
    public void close() {
        printed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending because of Ctrl-C and the hook is the one that waited for this.
        }
    }

    private void stopAndWait(Runnable stop) {
        stop.run();
        try {
            if (!printed.await(PRINTING_SECONDS_MAX, TimeUnit.SECONDS)) {
                System.err.println("stopped before everything was printed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
