package io.eventsync.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import com.google.protobuf.util.Durations;
import io.eventsync.server.backoff.Backoff;
import io.eventsync.server.endpoint.EndpointSettings;
import io.eventsync.server.endpoint.EndpointSettings.Ordering;
import io.eventsync.server.endpoint.EndpointSettings.RateLimit;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.sync.Cursors;
import io.eventsync.v1.ClientCertificate;
import io.eventsync.v1.Email;
import io.eventsync.v1.Endpoint;
import io.eventsync.v1.ExponentialBackoff;
import io.eventsync.v1.Filter;
import io.eventsync.v1.RetryPolicy;
import io.eventsync.v1.RetrySchedule;
import io.eventsync.v1.Webhook;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointMapperTest {
    private static final EndpointMapper MAPPER = new EndpointMapper(8, new Cursors(new UUID(1, 2)));
    private static final Endpoint LEAST = Endpoint.newBuilder()
            .setWebhook(Webhook.newBuilder().setUrl("https://a.example/"))
            .build();

    private static EndpointSettings settings(UnaryOperator<Endpoint.Builder> more) {
        return MAPPER.toSettings(more.apply(LEAST.toBuilder()).build());
    }

    private static void assertRefused(String field, UnaryOperator<Endpoint.Builder> more) {
        Failure refused = catchThrowableOfType(Failure.class, () -> settings(more));

        assertThat(refused).as("a refusal of " + field).isNotNull();
        assertThat(refused.violations().get(0).field()).isEqualTo(field);
    }

    private static UnaryOperator<Endpoint.Builder> exponential(UnaryOperator<ExponentialBackoff.Builder> more) {
        return e ->
                e.setRetryPolicy(RetryPolicy.newBuilder().setExponential(more.apply(ExponentialBackoff.newBuilder())));
    }

    private static UnaryOperator<Endpoint.Builder> email(UnaryOperator<Email.Builder> more) {
        return e -> e.setEmail(more.apply(Email.newBuilder().addTo("a@b.example")));
    }

    private static UnaryOperator<Endpoint.Builder> rate(double perSecond, int burst) {
        return e -> e.setRateLimit(
                io.eventsync.v1.RateLimit.newBuilder().setPerSecond(perSecond).setBurst(burst));
    }

    @Test
    void defaults_areThoseOfTheContract() {
        EndpointSettings settings = settings(e -> e);

        assertThat(settings.ordering()).isEqualTo(Ordering.PARALLEL);
        assertThat(settings.retryPolicy().backoff()).isEqualTo(Backoff.Delays.STANDARD);
        assertThat(settings.maxInFlight()).isZero();
        assertThat(settings.rateLimit()).isEmpty();
        assertThat(MAPPER.settingsToProto(settings).getMaxInFlight()).isEqualTo(8);
    }

    @Test
    void description_isAtMost1024Characters() {
        assertThat(settings(e -> e.setDescription("x".repeat(1_024))).description())
                .hasSize(1_024);
        assertRefused("endpoint.description", e -> e.setDescription("x".repeat(1_025)));
        assertRefused("endpoint.description", e -> e.setDescription("\0"));
    }

    @Test
    void destination_isRequired() {
        assertRefused("endpoint.destination", e -> e.clearWebhook());
        assertRefused("endpoint.webhook.url", e -> e.setWebhook(Webhook.getDefaultInstance()));
    }

    @Test
    void filter_isChecked() {
        assertRefused(
                "endpoint.filter.tag_prefixes[0]",
                e -> e.setFilter(Filter.newBuilder().addTagPrefixes("a b")));
    }

    @Test
    void unknownWords_areRefused() {
        assertRefused("endpoint.ordering", e -> e.setOrderingValue(99));
        assertRefused("endpoint.on_exhausted", e -> e.setOnExhaustedValue(99));
        assertRefused("endpoint.on_expired", e -> e.setOnExpiredValue(99));
        assertRefused(
                "endpoint.retry_policy.schedule",
                e -> e.setRetryPolicy(RetryPolicy.newBuilder().setScheduleValue(99)));
    }

    @Test
    void maxInFlight_isUpToTheServersLimit() {
        assertThat(settings(e -> e.setMaxInFlight(8)).maxInFlight()).isEqualTo(8);
        assertThat(settings(e -> e.setMaxInFlight(1)).maxInFlight()).isEqualTo(1);
        assertRefused("endpoint.max_in_flight", e -> e.setMaxInFlight(9));
        assertRefused("endpoint.max_in_flight", e -> e.setMaxInFlight(-1));
        EndpointSettings ordered = settings(
                e -> e.setOrdering(io.eventsync.v1.Ordering.ORDERING_ORDERED).setMaxInFlight(5));
        assertThat(MAPPER.settingsToProto(ordered).getMaxInFlight()).isEqualTo(1);
    }

    @Test
    void schedules_haveTheirDelays() {
        assertThat(List.of(
                                RetrySchedule.RETRY_SCHEDULE_STANDARD,
                                RetrySchedule.RETRY_SCHEDULE_FAST,
                                RetrySchedule.RETRY_SCHEDULE_NONE)
                        .stream()
                        .map(s -> settings(e -> e.setRetryPolicy(
                                        RetryPolicy.newBuilder().setSchedule(s)))
                                .retryPolicy()
                                .backoff()))
                .containsExactly(Backoff.Delays.STANDARD, Backoff.Delays.FAST, Backoff.Delays.NONE);
    }

    @Test
    void noRetryStatuses_are32Of400To599() {
        UnaryOperator<Endpoint.Builder> most = e -> e.setRetryPolicy(RetryPolicy.newBuilder()
                .addAllNoRetryStatuses(
                        IntStream.range(0, 32).mapToObj(i -> 400 + i * 6).toList())
                .setNoRetryStatuses(31, 599));
        assertThat(settings(most).retryPolicy().noRetryStatuses()).hasSize(32).contains(400, 599);

        String field = "endpoint.retry_policy.no_retry_statuses";
        for (int status : new int[] {399, 600, 0, -400}) {
            assertRefused(field, e -> e.setRetryPolicy(RetryPolicy.newBuilder().addNoRetryStatuses(status)));
        }
        assertRefused(
                field,
                e -> e.setRetryPolicy(RetryPolicy.newBuilder()
                        .addAllNoRetryStatuses(IntStream.range(400, 433).boxed().toList())));
    }

    @Test
    void exponential_hasTheDefaultsOfTheContract() {
        assertThat(settings(exponential(b -> b)).retryPolicy().backoff())
                .isEqualTo(new Backoff.Exponential(1_000, 2, 3_600_000, 10, 0));
        assertThat(settings(exponential(b -> b.setInitialDelay(Durations.fromHours(2))))
                        .retryPolicy()
                        .backoff())
                .isEqualTo(new Backoff.Exponential(7_200_000, 2, 7_200_000, 10, 0));
    }

    @Test
    void exponential_isTakenUpToItsLimits() {
        assertThat(settings(exponential(b -> b.setInitialDelay(Durations.fromMillis(1))
                                .setFactor(10)
                                .setMaxDelay(Durations.fromHours(24))
                                .setMaxAttempts(100)
                                .setJitter(1)))
                        .retryPolicy()
                        .backoff())
                .isEqualTo(new Backoff.Exponential(1, 10, 86_400_000, 100, 1));
        assertThat(settings(exponential(b -> b.setFactor(1).setMaxAttempts(1)))
                        .retryPolicy()
                        .backoff())
                .isEqualTo(new Backoff.Exponential(1_000, 1, 3_600_000, 1, 0));
    }

    @Test
    void exponential_isRefusedBeyondItsLimits() {
        String field = "endpoint.retry_policy.exponential.";
        Duration over = Durations.add(Durations.fromHours(24), Durations.fromNanos(1));
        assertRefused(field + "initial_delay", exponential(b -> b.setInitialDelay(Durations.fromNanos(999_999))));
        assertRefused(field + "initial_delay", exponential(b -> b.setInitialDelay(over)));
        assertRefused(field + "initial_delay", exponential(b -> b.setInitialDelay(Durations.fromMillis(-1))));
        assertRefused(field + "max_delay", exponential(b -> b.setMaxDelay(Durations.fromMillis(999))));
        assertRefused(field + "max_delay", exponential(b -> b.setMaxDelay(over)));
        for (double factor : new double[] {0.99, 10.01, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertRefused(field + "factor", exponential(b -> b.setFactor(factor)));
        }
        for (double jitter : new double[] {-0.01, 1.01, Double.NaN}) {
            assertRefused(field + "jitter", exponential(b -> b.setJitter(jitter)));
        }
        assertRefused(field + "max_attempts", exponential(b -> b.setMaxAttempts(101)));
        assertRefused(field + "max_attempts", exponential(b -> b.setMaxAttempts(-1)));
    }

    @Test
    void rateLimit_isFromOneInAThousandSeconds_toTenThousand() {
        assertThat(settings(rate(0.001, 0)).rateLimit()).contains(new RateLimit(0.001, 1));
        assertThat(settings(rate(2.5, 0)).rateLimit()).contains(new RateLimit(2.5, 3));
        assertThat(settings(rate(10_000, 10_000)).rateLimit()).contains(new RateLimit(10_000, 10_000));
        for (double perSecond : new double[] {0, 0.0009, 10_000.1, -1, Double.NaN}) {
            assertRefused("endpoint.rate_limit.per_second", rate(perSecond, 1));
        }
        assertRefused("endpoint.rate_limit.burst", rate(1, 10_001));
        assertRefused("endpoint.rate_limit.burst", rate(1, -1));
    }

    @Test
    void email_hasOneToTenAddresses() {
        assertThat(settings(email(m -> m)).destination().target()).isEqualTo("a@b.example");
        assertRefused("endpoint.email.to", email(Email.Builder::clearTo));
        assertRefused(
                "endpoint.email.to",
                email(m -> m.addAllTo(
                        IntStream.range(0, 10).mapToObj(i -> i + "@b.example").toList())));
    }

    @Test
    void templates_areBounded() {
        Object unused =
                settings(email(m -> m.setSubjectTemplate("x".repeat(200)).setBodyTemplate("x".repeat(16 << 10))));
        assertRefused("endpoint.email.subject_template", email(m -> m.setSubjectTemplate("x".repeat(201))));
        assertRefused("endpoint.email.body_template", email(m -> m.setBodyTemplate("x".repeat((16 << 10) + 1))));
        assertRefused("endpoint.email.body_template", email(m -> m.setBodyTemplate("é".repeat((8 << 10) + 1))));
    }

    @Test
    void settings_comeBack() {
        for (UnaryOperator<Endpoint.Builder> more : List.<UnaryOperator<Endpoint.Builder>>of(
                e -> e,
                email(m -> m.setSubjectTemplate("{tag}")),
                exponential(b -> b.setFactor(3).setJitter(0.5)),
                rate(0.5, 7),
                e -> e.setRetryPolicy(RetryPolicy.newBuilder()
                        .setSchedule(RetrySchedule.RETRY_SCHEDULE_FAST)
                        .addNoRetryStatuses(422)))) {
            EndpointSettings settings = settings(more);

            assertThat(MAPPER.toSettings(MAPPER.settingsToProto(settings)).retryPolicy())
                    .isEqualTo(settings.retryPolicy());
            assertThat(MAPPER.toSettings(MAPPER.settingsToProto(settings)).destination())
                    .isEqualTo(settings.destination());
            assertThat(MAPPER.toSettings(MAPPER.settingsToProto(settings)).rateLimit())
                    .isEqualTo(settings.rateLimit());
        }
    }

    // ---- updates ----

    private static Endpoint merge(Endpoint given, String... paths) {
        Endpoint there =
                LEAST.toBuilder().setDescription("old").setMaxInFlight(3).build();
        return MAPPER.merge(
                there, given, FieldMask.newBuilder().addAllPaths(List.of(paths)).build());
    }

    @Test
    void update_setsTheFieldsOfItsMask() {
        Endpoint given = LEAST.toBuilder()
                .setDescription("new")
                .setWebhook(Webhook.newBuilder().setUrl("https://b.example/"))
                .build();

        assertThat(merge(given, "webhook.url").getDescription()).isEqualTo("old");
        assertThat(merge(given, "webhook.url").getWebhook().getUrl()).isEqualTo("https://b.example/");
        assertThat(merge(given, "description").getWebhook().getUrl()).isEqualTo("https://a.example/");
    }

    @Test
    void update_takesWhatIsNotEmpty_withoutAMask() {
        Endpoint merged = merge(Endpoint.newBuilder().setDescription("new").build());

        assertThat(merged.getDescription()).isEqualTo("new");
        assertThat(merged.getMaxInFlight()).isEqualTo(3);
    }

    @Test
    void update_putsBackToItsDefault_whatIsNamedAndEmpty() {
        assertThat(merge(Endpoint.getDefaultInstance(), "max_in_flight").getMaxInFlight())
                .isZero();
        assertThat(merge(LEAST, "*").getDescription()).isEmpty();
    }

    @Test
    void update_passesOverWhatIsNoSetting() {
        Endpoint given = LEAST.toBuilder().setName("x").setEtag("5").build();

        Endpoint merged = merge(given, "name", "etag", "status.state", "create_time", "update_time");

        assertThat(merged.getName()).isEmpty();
        assertThat(merged.getEtag()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "webhook.nothing", "", "Description"})
    void update_isRefused_whenAPathIsNoField(String path) {
        Failure refused = catchThrowableOfType(Failure.class, () -> merge(LEAST, path));

        assertThat(refused.violations().get(0).field()).isEqualTo("update_mask");
    }

    @Test
    void update_cannotChangeTheKind() {
        Endpoint mail = Endpoint.newBuilder()
                .setEmail(Email.newBuilder().addTo("a@b.example"))
                .build();

        assertThat(catchThrowableOfType(Failure.class, () -> merge(mail, "email"))
                        .violations()
                        .get(0)
                        .field())
                .isEqualTo("endpoint.destination");
        assertThat(catchThrowableOfType(Failure.class, () -> merge(mail, "webhook")))
                .isNotNull();
    }

    @Test
    void update_keepsWhatIsShownOfACertificate() {
        Endpoint there = Endpoint.newBuilder()
                .setWebhook(Webhook.newBuilder()
                        .setUrl("https://a.example/")
                        .setClientCertificate(ClientCertificate.newBuilder().setSubject("CN=real")))
                .build();
        Endpoint given = Endpoint.newBuilder()
                .setWebhook(Webhook.newBuilder()
                        .setUrl("https://a.example/x")
                        .setClientCertificate(ClientCertificate.newBuilder().setSubject("CN=made up")))
                .build();

        Endpoint merged = MAPPER.merge(
                there, given, FieldMask.newBuilder().addPaths("webhook").build());

        assertThat(merged.getWebhook().getClientCertificate().getSubject()).isEqualTo("CN=real");
        assertThat(merged.getWebhook().getUrl()).isEqualTo("https://a.example/x");
    }
}
