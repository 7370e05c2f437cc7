package io.eventsync.server.secret;

import io.eventsync.server.config.Setting;
import io.eventsync.server.config.Settings;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What secrets in the database are sealed with.
 *
 * @param key base64 of 32 bytes, or several joined by commas: the first seals, any opens
 */
public record SecretConfig(Optional<String> key) {
    private static final Pattern COMMA = Pattern.compile(",");

    public static final Setting<Optional<String>> KEY = Setting.optionalText(
                    "secrets.key",
                    "Key that seals secrets in the database, base64 of 32 bytes; older keys may follow it after commas;"
                            + " without it the Postgres that is started gets one in data.dir, another one stores no secrets")
            .matching(
                    keys -> keys.map(text -> parse(text).isPresent()).orElse(true),
                    "which is base64 of 32 bytes, or several such joined by commas")
            .secret();

    public static final List<Setting<?>> SETTINGS = List.of(KEY);

    public SecretConfig {
        KEY.require(key);
    }

    public static SecretConfig from(Settings settings) {
        return new SecretConfig(settings.get(KEY));
    }

    /** Empty if any part is not a key. */
    static Optional<List<SealingKey>> parse(String keys) {
        List<Optional<SealingKey>> parts =
                COMMA.splitAsStream(keys).map(SealingKey::parse).toList();
        boolean areKeys =
                !parts.isEmpty() && !keys.endsWith(",") && parts.stream().allMatch(Optional::isPresent);
        return areKeys ? Optional.of(parts.stream().flatMap(Optional::stream).toList()) : Optional.empty();
    }

    @Override
    public String toString() {
        return "SecretConfig[key=" + KEY.show(key) + "]";
    }
}
