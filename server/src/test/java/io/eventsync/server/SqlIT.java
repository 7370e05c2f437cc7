package io.eventsync.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.eventsync.server.postgres.Migration;
import io.eventsync.server.postgres.Migrations;
import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.server.postgres.TestSql;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.PreparedStatement;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Every statement fits the migrated schema. A statement is a constant that is not private, of a store or of what owns a connection. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SqlIT {
    private static final Set<String> OWNERS = Set.of("AppendLane", "TailSignal", "Partitions");

    private final TestSql sql = new TestSql();
    private PgConnectOptions database = new PgConnectOptions();

    @BeforeAll
    void migrate() {
        database = TestPostgres.emptyDatabase();
        List<Migration> applied =
                sql.on(database, connection -> Migrations.load().up(connection));
        assertThat(applied).isNotEmpty();
    }

    @AfterAll
    void close() {
        sql.close();
    }

    @Test
    void everyStatement_prepares() {
        Map<String, String> failures = new LinkedHashMap<>();
        Map<String, String> statements = statements();

        PgConnection connection = sql.connect(database);
        statements.forEach((name, statement) -> {
            try {
                TestSql.done(prepare(connection, statement));
            } catch (RuntimeException e) {
                failures.put(name, String.valueOf(e.getMessage()));
            }
        });
        TestSql.done(connection.close());

        assertThat(statements).hasSizeGreaterThan(40);
        assertThat(failures).isEmpty();
    }

    private static Future<Void> prepare(PgConnection connection, String statement) {
        return connection.prepare(statement).compose(PreparedStatement::close);
    }

    private static Map<String, String> statements() {
        Map<String, String> statements = new LinkedHashMap<>();
        new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackagesOf(Server.class).stream()
                        .filter(c -> c.getSimpleName().endsWith("Store") || OWNERS.contains(c.getSimpleName()))
                        .map(JavaClass::reflect)
                        .flatMap(c -> Stream.of(c.getDeclaredFields()))
                        .filter(SqlIT::isStatement)
                        .forEach(field -> statements.put(
                                field.getDeclaringClass().getSimpleName() + "." + field.getName(), value(field)));
        return statements;
    }

    private static boolean isStatement(Field field) {
        return Modifier.isStatic(field.getModifiers())
                && !Modifier.isPrivate(field.getModifiers())
                && field.getType() == String.class;
    }

    private static String value(Field field) {
        try {
            field.setAccessible(true);
            return String.valueOf(field.get(null));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
