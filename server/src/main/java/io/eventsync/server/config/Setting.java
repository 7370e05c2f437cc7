package io.eventsync.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One thing an operator can set. The key ({@code log.batch-events-max}) is the name in a file; the environment variable
 * ({@code EVENTSYNC_LOG_BATCH_EVENTS_MAX}) and the flag ({@code --log-batch-events-max}) are derived from it.
 */
public final class Setting<T> {
    static final String ENV_PREFIX = "EVENTSYNC_";

    private final String key;
    private final Optional<String> alias;
    private final String description;
    private final T defaultValue;
    private final ValueType<T> type;
    private final @Nullable UnaryOperator<String> mask;

    private Setting(
            String key,
            Optional<String> alias,
            String description,
            T defaultValue,
            ValueType<T> type,
            @Nullable UnaryOperator<String> mask) {
        this.key = key;
        this.alias = alias;
        this.description = description;
        this.defaultValue = defaultValue;
        this.type = type;
        this.mask = mask;
        require(defaultValue);
    }

    private static <T> Setting<T> of(String key, T defaultValue, ValueType<T> type, String description) {
        return new Setting<>(key, Optional.empty(), description, defaultValue, type, null);
    }

    public static Setting<String> text(String key, String defaultValue, String description) {
        return of(key, defaultValue, ValueType.text(), description);
    }

    public static Setting<Optional<String>> optionalText(String key, String description) {
        return of(key, Optional.empty(), ValueType.optionalText(), description);
    }

    public static Setting<Path> path(String key, String defaultValue, String description) {
        return of(key, Path.of(defaultValue), ValueType.path(), description);
    }

    public static Setting<Integer> integer(String key, int defaultValue, int min, int max, String description) {
        return of(key, defaultValue, ValueType.integer(min, max), description);
    }

    public static Setting<Long> longInteger(String key, long defaultValue, long min, long max, String description) {
        return of(key, defaultValue, ValueType.longInteger(min, max), description);
    }

    public static Setting<Boolean> bool(String key, boolean defaultValue, String description) {
        return of(key, defaultValue, ValueType.bool(), description);
    }

    public static Setting<Duration> duration(
            String key, Duration defaultValue, Duration min, Duration max, String description) {
        return of(key, defaultValue, ValueType.duration(min, max), description);
    }

    /** Whole days. */
    public static Setting<Duration> days(String key, int defaultValue, int min, int max, String description) {
        return of(key, Duration.ofDays(defaultValue), ValueType.days(min, max), description);
    }

    /** A size in bytes. */
    public static Setting<Long> bytes(String key, long defaultValue, long min, long max, String description) {
        return of(key, defaultValue, ValueType.bytes(min, max), description);
    }

    public static <E extends Enum<E>> Setting<E> choice(String key, E defaultValue, String description) {
        return of(key, defaultValue, ValueType.choice(defaultValue.getDeclaringClass()), description);
    }

    /** Never shown, and readable from a file: the key, the variable and the flag each gain a twin ending in "file". */
    public Setting<T> secret() {
        return secret(value -> value.isEmpty() ? "" : "***");
    }

    /** As {@link #secret()}, for a value of which only a part must be hidden. */
    public Setting<T> secret(UnaryOperator<String> mask) {
        return new Setting<>(key, alias, description, defaultValue, type, mask);
    }

    /** A second key, with its own variable and flag, for a setting that people know by a shorter name. */
    public Setting<T> alias(String key) {
        return new Setting<>(this.key, Optional.of(key), description, defaultValue, type, mask);
    }

    /** Accepts only what the rule accepts too. The wording ends the sentence "expected ..., ". */
    public Setting<T> matching(Predicate<T> rule, String wording) {
        return new Setting<>(key, alias, description, defaultValue, type.restrictedTo(rule, wording), mask);
    }

    public String key() {
        return key;
    }

    public String env() {
        return envName(key);
    }

    /** Without the leading dashes. */
    public String flag() {
        return flagName(key);
    }

    /** Flags with the same meaning, the derived one first. */
    public List<String> flags() {
        return keys().map(Setting::flagName).toList();
    }

    public String description() {
        return description;
    }

    public String label() {
        return type.label();
    }

    public String expected() {
        return type.expected();
    }

    public T defaultValue() {
        return defaultValue;
    }

    public boolean isSecret() {
        return mask != null;
    }

    /** The flag that names a file holding the value; only secrets have one. */
    public Optional<String> fileFlag() {
        return isSecret() ? Optional.of(flagName(fileKey(key))) : Optional.empty();
    }

    /** The value as text, with what is secret in it hidden. */
    public String show(T value) {
        String text = type.print().apply(value);
        return mask == null ? text : mask.apply(text);
    }

    /** Holds the constructors of config records to the same rule as the loader. */
    public void require(T value) {
        if (!type.accepts().test(value)) {
            throw new IllegalArgumentException(key + " = " + show(value) + ": expected " + type.expected());
        }
    }

    /** Empty when the text is not an accepted value. */
    Optional<T> parse(String text) {
        return type.parse().apply(text).filter(type.accepts());
    }

    Stream<String> keys() {
        return Stream.concat(Stream.of(key), alias.stream());
    }

    static String envName(String key) {
        return ENV_PREFIX + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    static String flagName(String key) {
        return key.replace('.', '-');
    }

    static String fileKey(String key) {
        return key + "-file";
    }

    @Override
    public String toString() {
        return key;
    }
}
