package io.eventsync.server.event;

import static io.eventsync.server.postgres.TestSql.await;
import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.eventsync.server.FaultProxy;
import io.eventsync.server.postgres.TestPostgres;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** What the log of a node says of its ear for the others. */
@Timeout(60)
class TailSignalIT {
    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final Logger logger = (Logger) LoggerFactory.getLogger(TailSignal.class);
    private final List<Level> levels = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent said) {
            levels.add(said.getLevel());
        }
    };

    @BeforeEach
    void listen() {
        appender.start();
        logger.setLevel(Level.DEBUG);
        logger.addAppender(appender);
    }

    @AfterEach
    void close() {
        logger.detachAppender(appender);
        logger.setLevel(null);
        done(vertx.close());
    }

    @Test
    void outage_isWarnedOfOnce_thoughTriedTwiceASecond() {
        PgConnectOptions direct = TestPostgres.freshTcpDatabase();
        try (FaultProxy network = FaultProxy.to(direct.getPort())) {
            PgConnectOptions options =
                    new PgConnectOptions(direct).setHost("127.0.0.1").setPort(network.port());
            TailSignal signal = new TailSignal(vertx, options, 1, () -> {});
            network.refuse();
            done(signal.open());
            await().until(() -> levels.size() == 3);

            network.heal();

            await().until(() -> levels.contains(Level.INFO));
            assertThat(levels)
                    .startsWith(Level.WARN, Level.DEBUG, Level.DEBUG)
                    .containsOnlyOnce(Level.WARN, Level.INFO);
            done(signal.close());
        }
    }

    /** Else a node that asks seldom would be late with what a new one writes. */
    @Test
    void node_isAlone_untilAnotherComes_whichIsHeardFromTheFirst() {
        PgConnectOptions database = TestPostgres.freshDatabase();
        AtomicInteger hints = new AtomicInteger();
        TailSignal first = new TailSignal(vertx, database, 1, hints::incrementAndGet);
        TailSignal second = new TailSignal(vertx, database, 1, () -> {});
        Object unused = on(first::open);
        await().until(() -> on(() -> Future.succeededFuture(first.isAlone())));

        boolean isSecondAlone = on(() -> second.open().map(v -> {
            second.advanced();
            return second.isAlone();
        }));

        assertThat(isSecondAlone).isFalse();
        await().until(() -> hints.get() > 0);
        await().until(() -> !on(() -> Future.succeededFuture(first.isAlone())));
        done(Future.join(first.close(), second.close()));
    }

    /** On the one context of all. */
    private <T> T on(Supplier<Future<T>> work) {
        Promise<T> done = Promise.promise();
        context.runOnContext(v -> work.get().onComplete(done));
        return await(done.future());
    }
}
