package io.eventsync.server.tracing;

import io.eventsync.server.config.Setting;
import io.eventsync.server.config.Settings;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where spans go.
 *
 * @param endpoint of OTLP over HTTP, with its path; empty: no spans
 * @param authorization of requests to it
 * @param samplePerMille of the calls whose caller has not decided
 */
public record TracingConfig(Optional<String> endpoint, Optional<String> authorization, int samplePerMille) {
    public static final Setting<Optional<String>> ENDPOINT = Setting.optionalText(
                    "tracing.otlp-endpoint",
                    "Where spans go by OTLP over HTTP, such as http://localhost:4318/v1/traces; empty: no spans")
            .matching(url -> url.map(TracingConfig::isUrl).orElse(true), "an http or https URL");
    public static final Setting<Optional<String>> AUTHORIZATION = Setting.optionalText(
                    "tracing.otlp-authorization", "Value of the header authorization of requests with spans")
            .secret();
    public static final Setting<Integer> SAMPLE_PER_MILLE = Setting.integer(
            "tracing.sample-per-mille",
            1_000,
            0,
            1_000,
            "How many of a thousand calls get spans if their caller did not decide by its traceparent");

    public static final List<Setting<?>> SETTINGS = List.of(ENDPOINT, AUTHORIZATION, SAMPLE_PER_MILLE);

    public static TracingConfig from(Settings settings) {
        return new TracingConfig(settings.get(ENDPOINT), settings.get(AUTHORIZATION), settings.get(SAMPLE_PER_MILLE));
    }

    private static boolean isUrl(String text) {
        try {
            URI url = URI.create(text);
            String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
            return url.getHost() != null && (scheme.equals("http") || scheme.equals("https"));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "TracingConfig[endpoint=" + endpoint + ", samplePerMille=" + samplePerMille + "]";
    }
}
