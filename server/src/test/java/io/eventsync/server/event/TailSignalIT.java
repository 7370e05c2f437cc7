package io.eventsync.server.event;

import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.eventsync.server.FaultProxy;
import io.eventsync.server.postgres.TestPostgres;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** What the log of a node says of its ear for the others. */
@Timeout(60)
class TailSignalIT {
    private final Vertx vertx = Vertx.vertx();
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
}
