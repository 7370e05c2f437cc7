package io.eventsync.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Settings of the edges that are wrong: the start ends with the code for it and names the key, wherever it was set. */
class BadConfigIT {
    private static final String SECRET_VALUE = "short-secret";

    @TempDir
    Path folder;

    private final StringWriter err = new StringWriter();

    private enum Source {
        FLAG,
        ENVIRONMENT,
        YAML,
        PROPERTIES
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = ';',
            value = {
                "auth.mode ; tokens ; one of none, required",
                "auth.mode ; REQUIRED ; one of none, required",
                "auth.insecure-no-auth ; 1 ; true or false|not a boolean",
                "auth.admin-token ; short-secret ; 32 to 512",
                "auth.admin-token ; 0123456789 0123456789 0123456789 0123 ; no blank",
                "auth.certificate-grants ; ops=write:* ; ops=admin",
                "auth.certificate-grants ; ops=read:A..B ; ops=admin",
                "auth.calls-per-second ; -1 ; 0 to 10000000",
                "auth.events-per-second ; 10000001 ; 0 to 10000000",
                "auth.streams-max ; many ; 0 to 10000000",
                "auth.jwt-jwks-url ; http://issuer.example/keys ; https",
                "auth.jwt-jwks-url ; https://me:secret@issuer.example/keys ; https",
                "auth.jwt-jwks-url ; file:///etc/passwd ; https",
                "auth.jwt-refresh ; 9s ; 10s",
                "auth.jwt-refresh ; 300 ; 10s",
                "tls.cert-file ; /none/cert.pem ; can be read",
                "tls.key-file ; /none/key.pem ; can be read",
                "tls.client-ca-file ; /none/ca.pem ; can be read",
                "tls.cert-file ; FOLDER ; can be read",
                "tls.key-file ; FOLDER ; can be read",
                "compat.enabled ; yes ; true or false|not a boolean",
                "compat.process-interval ; 99ms ; 100ms",
                "compat.process-interval ; 61m ; 1h",
                "compat.process-interval ; 5 ; 100ms",
                "server.port ; 65536 ; 0 to 65535",
                "server.port ; 0x50 ; 0 to 65535",
                "server.request-bytes-max ; 63KiB ; 64KiB",
                "server.request-bytes-max ; 4MB ; 64KiB",
                "server.drain-timeout ; -1s ; 0s",
                "http.header-timeout ; 999ms ; 1s",
                "http.idle-timeout ; 2h ; 1h",
                "http.cors-origins ; app.example.org ; origins such as",
                "http.cors-origins ; https://app.example.org/ ; origins such as",
                "http.cors-origins ; https://app.example.org, ; origins such as",
                "http.cors-origins ; null ; origins such as",
                "http.hosts ; events.example.org:7300 ; without port",
                "http.hosts ; https://events.example.org ; without port",
            })
    void value_isRefusedByItsKey_whereverItIsSet(String key, String value, String expected) throws IOException {
        for (Source source : Source.values()) {
            assertThat(runWith(Map.of(key, value.replace("FOLDER", folder.toString())), source))
                    .as("%s by %s: %s", key, source, err)
                    .isEqualTo(ExitCode.USAGE);
            assertThat(err.toString())
                    .as(source.name())
                    .containsPattern(Pattern.quote(key) + "|--" + key.replace('.', '-'))
                    .containsPattern(expected)
                    .doesNotContain("\tat ", SECRET_VALUE, "me:secret");
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "auth.mod,auth.mode",
        "auth.jwt-issuers,auth.jwt-issuer",
        "tls.certfile,tls.cert-file",
        "compat.process-intervall,compat.process-interval",
        "http.cors-origin,http.cors-origins",
        "server.prot,server.port",
    })
    void unknownKey_isRefused_withTheNearest(String key, String nearest) throws IOException {
        for (Source source : Source.values()) {
            assertThat(runWith(Map.of(key, "x"), source))
                    .as("%s by %s: %s", key, source, err)
                    .isEqualTo(ExitCode.USAGE);
            assertThat(err.toString()).as(source.name()).contains(name(key, source), name(nearest, source));
        }
    }

    /** As it was given. */
    private static String name(String key, Source source) {
        return switch (source) {
            case FLAG -> "--" + key.replace('.', '-');
            case ENVIRONMENT -> env(key);
            case YAML, PROPERTIES -> key;
        };
    }

    private static String env(String key) {
        return "EVENTSYNC_" + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "tls.cert-file=FILE | tls.key-file",
                "tls.key-file=FILE | tls.cert-file",
                "tls.client-ca-file=FILE | tls.client-ca-file",
                "auth.jwt-jwks-url=https://issuer.example/ auth.jwt-audience=a | auth.jwt-issuer",
                "auth.jwt-jwks-url=https://issuer.example/ auth.jwt-issuer=a | auth.jwt-audience",
                "server.host=0.0.0.0 | server.host",
                "server.host=0.0.0.0 auth.admin-token=0123456789012345678901234567890123456789 | server.host",
                "auth.admin-token=0123456789012345678901234567890123456789 | auth.mode",
                "auth.jwt-jwks-url=https://issuer.example/ auth.jwt-issuer=a auth.jwt-audience=b | auth.mode",
                "auth.mode=required database.url=postgres://db.example/x | auth.admin-token",
                "server.request-bytes-max=64KiB | server.request-bytes-max",
            })
    void valuesThatContradict_areRefusedByKey(String values, String key) throws IOException {
        Path file = Files.createFile(folder.resolve("some.pem"));
        Map<String, String> settings = new HashMap<>();
        for (String value : values.replace("FILE", file.toString()).split(" ", -1)) {
            settings.put(value.substring(0, value.indexOf('=')), value.substring(value.indexOf('=') + 1));
        }

        assertThat(runWith(settings, Source.FLAG)).as("%s", err).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains(key).doesNotContain("\tat ", "01234567890123456789");
    }

    @ParameterizedTest
    @EnumSource(
            value = Source.class,
            names = {"YAML", "PROPERTIES"})
    void file_isNamed_withTheLine(Source source) throws IOException {
        assertThat(runWith(Map.of("compat.enabled", "maybe"), source)).isEqualTo(ExitCode.USAGE);

        assertThat(err.toString()).containsPattern("settings\\.(yaml|properties):1");
    }

    private int runWith(Map<String, String> settings, Source source) throws IOException {
        err.getBuffer().setLength(0);
        List<String> args = new ArrayList<>();
        Map<String, String> env = new HashMap<>();
        StringBuilder lines = new StringBuilder();
        settings.forEach((key, value) -> {
            switch (source) {
                case FLAG -> args.add("--" + key.replace('.', '-') + "=" + value);
                case ENVIRONMENT -> env.put(env(key), value);
                case YAML -> lines.append(key).append(": \"").append(value).append("\"\n");
                case PROPERTIES -> lines.append(key).append('=').append(value).append('\n');
            }
        });
        if (!lines.isEmpty()) {
            Path file = folder.resolve(source == Source.YAML ? "settings.yaml" : "settings.properties");
            args.add("--config=" + Files.writeString(file, lines));
        }
        PrintWriter writer = new PrintWriter(err, true);
        return new Cli(env, writer, writer, () -> {
                    throw new AssertionError("it went on in spite of " + settings);
                })
                .run(args.toArray(String[]::new));
    }
}
