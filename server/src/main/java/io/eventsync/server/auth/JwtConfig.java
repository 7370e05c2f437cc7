package io.eventsync.server.auth;

import io.eventsync.server.config.Setting;
import io.eventsync.server.config.Settings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whose JSON Web Tokens count (RFC 7519).
 *
 * @param jwksUrl where the issuer publishes its keys (RFC 7517)
 * @param issuer what the claim {@code iss} has to be
 * @param audience what the claim {@code aud} has to contain
 * @param grantsClaim which claim holds the grants, as a list or as words of one text
 * @param lifetimeMax how far in the future one may expire
 */
public record JwtConfig(
        Optional<String> jwksUrl,
        Optional<String> issuer,
        Optional<String> audience,
        String grantsClaim,
        Duration refresh,
        Duration lifetimeMax) {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    public static final Setting<Optional<String>> JWKS_URL = Setting.optionalText(
                    "auth.jwt-jwks-url", "URL at which the issuer of JWTs publishes its keys, as a JSON Web Key Set")
            .matching(url -> url.map(JwtConfig::isUrl).orElse(true), "which is an https URL; http for loopback only");
    public static final Setting<Optional<String>> ISSUER =
            Setting.optionalText("auth.jwt-issuer", "What the claim iss of a JWT has to be, to the letter");
    public static final Setting<Optional<String>> AUDIENCE =
            Setting.optionalText("auth.jwt-audience", "What the claim aud of a JWT has to contain");
    public static final Setting<String> GRANTS_CLAIM = Setting.text(
            "auth.jwt-grants-claim",
            "permissions",
            "Claim of a JWT that holds its grants, such as read:ORDER; what is not a grant in it is left alone");
    public static final Setting<Duration> REFRESH = Setting.duration(
            "auth.jwt-refresh",
            Duration.ofMinutes(5),
            Duration.ofSeconds(10),
            Duration.ofHours(24),
            "How often the issuer's keys are read again; a key that is gone counts no more");

    public static final Setting<Duration> LIFETIME_MAX = Setting.duration(
            "auth.jwt-lifetime-max",
            Duration.ofHours(24),
            Duration.ofMinutes(1),
            Duration.ofDays(3_650),
            "How far in the future a JWT may expire: nobody can take it back before, but by withdrawing its key");

    public static final List<Setting<?>> SETTINGS =
            List.of(JWKS_URL, ISSUER, AUDIENCE, GRANTS_CLAIM, REFRESH, LIFETIME_MAX);

    static JwtConfig from(Settings settings) {
        return new JwtConfig(
                settings.get(JWKS_URL),
                settings.get(ISSUER),
                settings.get(AUDIENCE),
                settings.get(GRANTS_CLAIM),
                settings.get(REFRESH),
                settings.get(LIFETIME_MAX));
    }

    public boolean isOn() {
        return jwksUrl.isPresent();
    }

    private static boolean isUrl(String text) {
        try {
            URI uri = URI.create(text);
            return uri.getHost() != null
                    && uri.getUserInfo() == null
                    && ("https".equals(uri.getScheme())
                            || ("http".equals(uri.getScheme()) && LOOPBACK.contains(uri.getHost())));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
