package io.eventsync.server.endpoint;

import io.eventsync.server.backoff.Backoff;
import io.eventsync.server.endpoint.EndpointSettings.ExhaustedPolicy;
import io.eventsync.server.endpoint.EndpointSettings.Ordering;
import io.eventsync.server.endpoint.EndpointSettings.RateLimit;
import io.eventsync.server.event.EventFilter;
import io.eventsync.server.sync.ExpiredPolicy;
import io.eventsync.server.tag.TagPrefix;
import io.eventsync.server.webhook.SigningKey;
import io.eventsync.server.webhook.WebhookFormat;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Settings as the database keeps them: readable in psql. What has its default is left out, so that equal settings are equal texts. */
public final class SettingsJson {
    private SettingsJson() {}

    static JsonObject encode(EndpointSettings settings) {
        JsonObject json = new JsonObject();
        putIf(!settings.description().isEmpty(), json, "description", settings.description());
        if (settings.destination() instanceof WebhookDestination webhook) {
            json.put("webhook", webhook(webhook));
        } else if (settings.destination() instanceof EmailDestination email) {
            json.put("email", email(email));
        }
        json.put("filter", filter(settings.filter()));
        json.put("ordering", settings.ordering().name());
        json.put("on_exhausted", settings.onExhausted().name());
        json.put("retry", settings.retryPolicy().backoff().toString());
        json.put("no_retry", array(new TreeSet<>(settings.retryPolicy().noRetryStatuses())));
        settings.rateLimit()
                .ifPresent(r -> json.put("per_second", r.perSecond()).put("burst", r.burst()));
        putIf(settings.maxInFlight() > 0, json, "max_in_flight", settings.maxInFlight());
        json.put("on_expired", settings.onExpired().name());
        return json;
    }

    public static EndpointSettings decode(JsonObject json) {
        JsonObject webhook = json.getJsonObject("webhook");
        return new EndpointSettings(
                json.getString("description", ""),
                webhook != null ? webhook(webhook) : email(json.getJsonObject("email")),
                filter(json.getJsonObject("filter")),
                Ordering.valueOf(json.getString("ordering")),
                ExhaustedPolicy.valueOf(json.getString("on_exhausted")),
                new RetryPolicy(
                        Backoff.parse(json.getString("retry")).orElseThrow(),
                        json.getJsonArray("no_retry").stream()
                                .map(Integer.class::cast)
                                .collect(Collectors.toSet())),
                json.containsKey("per_second")
                        ? Optional.of(new RateLimit(json.getDouble("per_second"), json.getInteger("burst")))
                        : Optional.empty(),
                json.getInteger("max_in_flight", 0),
                ExpiredPolicy.valueOf(json.getString("on_expired")));
    }

    private static JsonObject webhook(WebhookDestination webhook) {
        JsonObject json = new JsonObject()
                .put("url", webhook.url())
                .put("format", webhook.format().name())
                .put("headers", object(webhook.headers()))
                .put("timeout_millis", webhook.timeout().toMillis())
                .put(
                        "signatures",
                        array(webhook.signatureSchemes().stream()
                                .map(Enum::name)
                                .toList()));
        webhook.auth()
                .ifPresent(a -> json.put(
                        "auth",
                        a.username()
                                .map(user -> new JsonObject().put("basic", user))
                                .orElseGet(() -> new JsonObject().put("bearer", true))));
        webhook.certificate()
                .ifPresent(c -> json.put(
                        "certificate",
                        new JsonObject()
                                .put("subject", c.subject())
                                .put("fingerprint_sha256", c.fingerprintSha256())
                                .put("expire_micros", c.expireMicros())));
        webhook.batch()
                .ifPresent(b -> json.put(
                        "batch",
                        new JsonObject()
                                .put("events_max", b.eventsMax())
                                .put("bytes_max", b.bytesMax())
                                .put("wait_millis", b.waitMax().toMillis())));
        return json;
    }

    private static WebhookDestination webhook(JsonObject json) {
        JsonObject auth = json.getJsonObject("auth");
        JsonObject certificate = json.getJsonObject("certificate");
        JsonObject batch = json.getJsonObject("batch");
        return new WebhookDestination(
                json.getString("url"),
                WebhookFormat.valueOf(json.getString("format")),
                texts(json.getJsonObject("headers")),
                auth == null
                        ? Optional.empty()
                        : Optional.of(new WebhookDestination.Auth(Optional.ofNullable(auth.getString("basic")))),
                certificate == null
                        ? Optional.empty()
                        : Optional.of(new WebhookDestination.CertificateInfo(
                                certificate.getString("subject"),
                                certificate.getString("fingerprint_sha256"),
                                certificate.getLong("expire_micros"))),
                Duration.ofMillis(json.getLong("timeout_millis")),
                batch == null
                        ? Optional.empty()
                        : Optional.of(new WebhookDestination.Batch(
                                batch.getInteger("events_max"),
                                batch.getInteger("bytes_max"),
                                Duration.ofMillis(batch.getLong("wait_millis")))),
                texts(json.getJsonArray("signatures")).stream()
                        .map(SigningKey.Scheme::valueOf)
                        .toList());
    }

    private static JsonObject email(EmailDestination email) {
        JsonObject json = new JsonObject().put("to", array(email.to()));
        putIf(!email.subjectTemplate().isEmpty(), json, "subject", email.subjectTemplate());
        putIf(!email.bodyTemplate().isEmpty(), json, "body", email.bodyTemplate());
        return json;
    }

    private static EmailDestination email(JsonObject json) {
        return new EmailDestination(
                texts(json.getJsonArray("to")), json.getString("subject", ""), json.getString("body", ""));
    }

    private static JsonObject filter(EventFilter filter) {
        JsonObject json = new JsonObject();
        putIf(!filter.include().isEmpty(), json, "include", prefixes(filter.include()));
        putIf(!filter.exclude().isEmpty(), json, "exclude", prefixes(filter.exclude()));
        putIf(!filter.keys().isEmpty(), json, "keys", array(new TreeSet<>(filter.keys())));
        putIf(!filter.attributes().isEmpty(), json, "attributes", object(filter.attributes()));
        return json;
    }

    private static EventFilter filter(JsonObject json) {
        return new EventFilter(
                prefixes(json.getJsonArray("include")),
                prefixes(json.getJsonArray("exclude")),
                new LinkedHashSet<>(texts(json.getJsonArray("keys"))),
                texts(json.getJsonObject("attributes")));
    }

    private static JsonArray prefixes(List<TagPrefix> prefixes) {
        return array(prefixes.stream().map(TagPrefix::text).toList());
    }

    private static List<TagPrefix> prefixes(@Nullable JsonArray json) {
        return texts(json).stream().map(TagPrefix::new).toList();
    }

    private static JsonArray array(Collection<?> values) {
        return new JsonArray(List.copyOf(values));
    }

    private static List<String> texts(@Nullable JsonArray json) {
        return json == null ? List.of() : json.stream().map(String.class::cast).toList();
    }

    private static JsonObject object(Map<String, String> texts) {
        return new JsonObject(new TreeMap<>(texts));
    }

    private static Map<String, String> texts(@Nullable JsonObject json) {
        Map<String, String> texts = new TreeMap<>();
        if (json != null) {
            json.forEach(entry -> texts.put(entry.getKey(), String.valueOf(entry.getValue())));
        }
        return texts;
    }

    private static void putIf(boolean isWanted, JsonObject json, String key, Object value) {
        if (isWanted) {
            json.put(key, value);
        }
    }
}
