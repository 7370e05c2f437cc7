package io.eventsync.server.auth;

import io.eventsync.server.config.ConfigException.Problem;
import io.eventsync.server.config.Setting;
import io.eventsync.server.config.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How callers prove who they are, and how much each may do.
 *
 * @param adminToken a token for all rights that is in no database, to make the first others with
 * @param certificates the grants of callers with a client certificate, by its common name
 * @param callsPerSecond of one principal on one node; 0 for any number
 * @param eventsPerSecond ingested by one principal on one node; 0 for any number
 * @param streamsMax open at once of one principal on one node; 0 for any number
 */
public record AuthConfig(
        Mode mode,
        boolean insecureNoAuth,
        Optional<String> adminToken,
        JwtConfig jwt,
        CertificateGrants certificates,
        int callsPerSecond,
        int eventsPerSecond,
        int streamsMax) {
    private static final int ADMIN_TOKEN_LENGTH_MIN = 32;
    private static final int ADMIN_TOKEN_LENGTH_MAX = 512;
    private static final int RATE_MAX = 10_000_000;

    public static final Setting<Mode> MODE = Setting.choice(
            "auth.mode",
            Mode.NONE,
            "Whether callers are told apart: none trusts all of them; required lets nobody in without a token or a certificate");
    public static final Setting<Boolean> INSECURE_NO_AUTH = Setting.bool(
                    "auth.insecure-no-auth", false, "Accept auth.mode none on an address that other machines can reach")
            .alias("insecure-no-auth");
    public static final Setting<Optional<String>> ADMIN_TOKEN = Setting.optionalText(
                    "auth.admin-token",
                    "A token with all rights, to make others with; without it the Postgres that is started gets one in"
                            + " data.dir/admin.token")
            .matching(
                    text -> text.map(t -> t.length() >= ADMIN_TOKEN_LENGTH_MIN
                                    && t.length() <= ADMIN_TOKEN_LENGTH_MAX
                                    && t.chars().allMatch(c -> c > ' ' && c <= '~'))
                            .orElse(true),
                    "with 32 to 512 printable characters and no blank")
            .secret();
    public static final Setting<Optional<String>> CERTIFICATE_GRANTS = Setting.optionalText(
                    "auth.certificate-grants",
                    "Rights of callers with a client certificate by its common name, such as ops=admin:*+read:ORDER")
            .matching(
                    text -> text.map(t -> CertificateGrants.parse(t).isPresent())
                            .orElse(true),
                    "such as billing=ingest:ORDER+read:ORDER,ops=admin:*");
    public static final Setting<Integer> CALLS_PER_SECOND = Setting.integer(
            "auth.calls-per-second", 0, 0, RATE_MAX, "Calls of one principal on one node; 0 for any number");
    public static final Setting<Integer> EVENTS_PER_SECOND = Setting.integer(
            "auth.events-per-second", 0, 0, RATE_MAX, "Events ingested by one principal on one node; 0 for any number");
    public static final Setting<Integer> STREAMS_MAX = Setting.integer(
            "auth.streams-max", 0, 0, RATE_MAX, "Streams of one principal open at once on one node; 0 for any number");

    public static final List<Setting<?>> SETTINGS = Stream.of(
                    List.<Setting<?>>of(
                            MODE,
                            INSECURE_NO_AUTH,
                            ADMIN_TOKEN,
                            CERTIFICATE_GRANTS,
                            CALLS_PER_SECOND,
                            EVENTS_PER_SECOND,
                            STREAMS_MAX),
                    JwtConfig.SETTINGS)
            .<Setting<?>>flatMap(List::stream)
            .toList();

    public static AuthConfig from(Settings settings) {
        return new AuthConfig(
                settings.get(MODE),
                settings.get(INSECURE_NO_AUTH),
                settings.get(ADMIN_TOKEN),
                JwtConfig.from(settings),
                settings.get(CERTIFICATE_GRANTS)
                        .flatMap(CertificateGrants::parse)
                        .orElse(CertificateGrants.NONE),
                settings.get(CALLS_PER_SECOND),
                settings.get(EVENTS_PER_SECOND),
                settings.get(STREAMS_MAX));
    }

    /** What a caller must present. */
    public enum Mode {
        /** Nothing: every caller may do everything. */
        NONE,
        /** An API token, a JWT or a client certificate, whichever this server is set up for. */
        REQUIRED
    }

    /** What does not go together. */
    public List<Problem> problems(Settings settings) {
        List<Problem> problems = new ArrayList<>();
        if (mode == Mode.NONE && (adminToken.isPresent() || jwt.isOn())) {
            problems.add(
                    settings.problem(
                            MODE,
                            "expected required, as auth.admin-token or auth.jwt-jwks-url is set: nobody would be asked for them"));
        }
        if (jwt.isOn() && jwt.issuer().isEmpty()) {
            problems.add(
                    settings.problem(JwtConfig.ISSUER, "expected with auth.jwt-jwks-url, or anyone's JWT would count"));
        }
        if (jwt.isOn() && jwt.audience().isEmpty()) {
            problems.add(settings.problem(
                    JwtConfig.AUDIENCE, "expected with auth.jwt-jwks-url, or JWTs for other services would count"));
        }
        return problems;
    }

    /** With an admin token, where none was set. */
    public AuthConfig withAdminToken(String token) {
        return new AuthConfig(
                mode,
                insecureNoAuth,
                adminToken.or(() -> Optional.of(token)),
                jwt,
                certificates,
                callsPerSecond,
                eventsPerSecond,
                streamsMax);
    }

    @Override
    public String toString() {
        return "AuthConfig[mode=" + mode + ", jwt=" + jwt + "]";
    }
}
