package io.eventsync.server.delivery;

import io.eventsync.server.egress.AddressRules;
import io.eventsync.server.egress.EgressClient;
import io.eventsync.server.egress.EgressUrl;
import io.eventsync.server.endpoint.DestinationSecrets;
import io.eventsync.server.endpoint.EmailDestination;
import io.eventsync.server.endpoint.EndpointSecrets;
import io.eventsync.server.endpoint.WebhookDestination;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.mail.MailSender;
import io.eventsync.server.sync.Cursors;
import io.eventsync.server.tracing.Tracing;
import io.eventsync.server.webhook.Signer;
import io.eventsync.server.webhook.SigningKey;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Senders for both kinds of destination. */
final class DestinationSenders implements Senders {
    private final EndpointSecrets secrets;
    private final EgressClient egress;
    private final AddressRules rules;
    private final Optional<MailSender> mails;
    private final Cursors cursors;
    private final InstantSource clock;
    private final WebhookSender.Identity identity;
    private final Tracing tracing;

    DestinationSenders(
            EndpointSecrets secrets,
            EgressClient egress,
            AddressRules rules,
            Optional<MailSender> mails,
            Cursors cursors,
            InstantSource clock,
            WebhookSender.Identity identity,
            Tracing tracing) {
        this.secrets = secrets;
        this.egress = egress;
        this.rules = rules;
        this.mails = mails;
        this.cursors = cursors;
        this.clock = clock;
        this.identity = identity;
        this.tracing = tracing;
    }

    @Override
    public Future<Map<Long, Sender>> open(List<RunStore.Loaded> endpoints) {
        Map<Long, String> names = new LinkedHashMap<>();
        endpoints.forEach(
                e -> names.put(e.start().handle().id(), e.start().handle().name()));
        return secrets.signingKeys(names).map(keys -> {
            Map<Long, Sender> senders = new HashMap<>();
            for (RunStore.Loaded endpoint : endpoints) {
                long id = endpoint.start().handle().id();
                sender(endpoint, Optional.ofNullable(keys.get(id)))
                        .map(s -> traced(endpoint, s))
                        .ifPresent(s -> senders.put(id, s));
            }
            return senders;
        });
    }

    private Sender traced(RunStore.Loaded endpoint, Sender sender) {
        return tracing.isOn()
                ? new TracedSender(tracing, endpoint.start().handle().name(), sender)
                : sender;
    }

    private Optional<Sender> sender(RunStore.Loaded endpoint, Optional<List<SigningKey>> keys) {
        String name = endpoint.start().handle().name();
        if (endpoint.start().settings().destination() instanceof EmailDestination email) {
            return Optional.of(mails.<Sender>map(m -> new EmailSender(email, m))
                    .orElse(attempt -> Future.succeededFuture(AttemptResult.failure(
                            AttemptError.INTERNAL, "this server has no mail relay (mail.host)", 0, 0))));
        }
        WebhookDestination webhook =
                (WebhookDestination) endpoint.start().settings().destination();
        Optional<DestinationSecrets> opened = secrets.open(name, endpoint.sealedSecrets());
        if (keys.isEmpty() || keys.get().isEmpty() || opened.isEmpty()) {
            return Optional.empty();
        }
        EgressUrl url;
        try {
            url = EgressUrl.parse("webhook.url", webhook.url(), rules);
        } catch (Failure refused) {
            // It was accepted once; the settings of the server have changed since.
            return Optional.of(attempt ->
                    Future.succeededFuture(AttemptResult.failure(AttemptError.BLOCKED, refused.getMessage(), 0, 0)));
        }
        return Optional.of(new WebhookSender(
                name, webhook, opened.get(), url, egress, new Signer(keys.get()), cursors, clock, identity));
    }
}
