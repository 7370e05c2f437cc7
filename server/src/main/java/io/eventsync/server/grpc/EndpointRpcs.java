package io.eventsync.server.grpc;

import io.eventsync.server.auth.Action;
import io.eventsync.server.delivery.Deliveries;
import io.eventsync.server.delivery.Deliveries.EventName;
import io.eventsync.server.endpoint.DestinationSecrets;
import io.eventsync.server.endpoint.EndpointSettings;
import io.eventsync.server.endpoint.EndpointState;
import io.eventsync.server.endpoint.Endpoints;
import io.eventsync.server.endpoint.WebhookDestination;
import io.eventsync.server.event.EventFilter;
import io.eventsync.server.event.EventLog;
import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.LogPoint;
import io.eventsync.server.event.Page;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.sync.Cursors;
import io.eventsync.server.sync.ExpiredPolicy;
import io.eventsync.server.sync.Start;
import io.eventsync.server.sync.Starts;
import io.eventsync.v1.CreateEndpointRequest;
import io.eventsync.v1.CreateEndpointResponse;
import io.eventsync.v1.DeleteEndpointRequest;
import io.eventsync.v1.DeleteEndpointResponse;
import io.eventsync.v1.Endpoint;
import io.eventsync.v1.GetEndpointRequest;
import io.eventsync.v1.GetEndpointResponse;
import io.eventsync.v1.GetSigningKeysRequest;
import io.eventsync.v1.GetSigningKeysResponse;
import io.eventsync.v1.ListEndpointsRequest;
import io.eventsync.v1.ListEndpointsResponse;
import io.eventsync.v1.PauseEndpointRequest;
import io.eventsync.v1.PauseEndpointResponse;
import io.eventsync.v1.PreviewFilterRequest;
import io.eventsync.v1.PreviewFilterResponse;
import io.eventsync.v1.ResumeEndpointRequest;
import io.eventsync.v1.ResumeEndpointResponse;
import io.eventsync.v1.RotateEndpointSecretRequest;
import io.eventsync.v1.RotateEndpointSecretResponse;
import io.eventsync.v1.SeekEndpointRequest;
import io.eventsync.v1.SeekEndpointResponse;
import io.eventsync.v1.SendTestEventRequest;
import io.eventsync.v1.SendTestEventResponse;
import io.eventsync.v1.UpdateEndpointRequest;
import io.eventsync.v1.UpdateEndpointResponse;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** EndpointService. */
final class EndpointRpcs {
    private static final String SERVICE = "eventsync.v1.EndpointService/";
    private static final Duration OVERLAP_MAX = Duration.ofDays(7);
    private static final Duration OVERLAP = Duration.ofDays(1);
    private static final int PREVIEW_MAX = 100_000;
    private static final int SAMPLES_MAX = 100;
    private static final int PREVIEW_PAGE = 5_000;
    private static final long SAMPLE_BYTES_MAX = 4 << 20;

    private final EventLog log;
    private final Cursors cursors;
    private final Starts starts;
    private final Endpoints endpoints;
    private final Deliveries deliveries;
    private final EndpointMapper mapper;
    private final NodeInfo node;
    private final Access access;

    EndpointRpcs(Services services) {
        this.log = services.log();
        this.cursors = services.cursors();
        this.starts = services.starts();
        this.endpoints = services.endpoints();
        this.deliveries = services.deliveries();
        this.mapper = new EndpointMapper(services.deliveryConfig().endpointInFlightMax(), cursors);
        this.node = services.node();
        this.access = new Access(services);
    }

    void bind(Rpc rpc) {
        rpc.unary(SERVICE + "CreateEndpoint", CreateEndpointRequest.parser(), this::create);
        rpc.unary(SERVICE + "GetEndpoint", GetEndpointRequest.parser(), this::get);
        rpc.unary(SERVICE + "ListEndpoints", ListEndpointsRequest.parser(), this::list);
        rpc.unary(SERVICE + "UpdateEndpoint", UpdateEndpointRequest.parser(), this::update);
        rpc.unary(SERVICE + "DeleteEndpoint", DeleteEndpointRequest.parser(), this::delete);
        rpc.unary(SERVICE + "PauseEndpoint", PauseEndpointRequest.parser(), this::pause);
        rpc.unary(SERVICE + "ResumeEndpoint", ResumeEndpointRequest.parser(), this::resume);
        rpc.unary(SERVICE + "SeekEndpoint", SeekEndpointRequest.parser(), this::seek);
        rpc.unary(SERVICE + "RotateEndpointSecret", RotateEndpointSecretRequest.parser(), this::rotate);
        rpc.unary(SERVICE + "SendTestEvent", SendTestEventRequest.parser(), this::test);
        rpc.unary(SERVICE + "PreviewFilter", PreviewFilterRequest.parser(), this::preview);
        rpc.unary(SERVICE + "GetSigningKeys", GetSigningKeysRequest.parser(), this::keys);
    }

    private Future<Buffer> create(CreateEndpointRequest request, Call call) {
        Endpoint given = request.getEndpoint();
        EndpointSettings settings = narrowed(call, mapper.toSettings(given));
        DestinationSecrets secrets = given.hasWebhook()
                ? WebhookMapper.secrets(given.getWebhook(), Optional.empty())
                : DestinationSecrets.NONE;
        Endpoints.Wanted wanted = new Endpoints.Wanted(
                given.getName(),
                settings,
                secrets,
                request.getSigningSecret(),
                request.getPaused(),
                request.getValidateOnly());
        return start(call, request.getStart(), new Start.Now(), settings.onExpired())
                .compose(point -> endpoints.create(wanted, point))
                .compose(made -> toProto(made.endpoint())
                        .compose(endpoint -> Rpc.encoded(CreateEndpointResponse.newBuilder()
                                .setEndpoint(endpoint)
                                .setSigningSecret(made.signingSecret())
                                .build())));
    }

    private Future<LogPoint> start(Call call, io.eventsync.v1.Start start, Start whenUnset, ExpiredPolicy onExpired) {
        Start from = FilterMapper.toStart(start, whenUnset);
        return access.start(call, from)
                .compose(v -> starts.resolve(from, onExpired))
                .map(Starts.Resolved::point);
    }

    private EndpointSettings narrowed(Call call, EndpointSettings settings) {
        return settings.with(Access.kept(access.narrowed(call, Action.DELIVER, settings.filter()), "endpoint.filter"));
    }

    /** With how old the first event after its place is. */
    private Future<Endpoint> toProto(io.eventsync.server.endpoint.Endpoint endpoint) {
        LogPoint head = log.head();
        long position = endpoint.status().point().position();
        Future<Optional<LogEvent>> next =
                position < head.position() ? log.byPosition(position + 1) : Future.succeededFuture(Optional.empty());
        return next.map(event -> mapper.toProto(
                endpoint,
                head,
                event.map(e -> Math.max(0, nowMicros() - e.ingestMicros())).orElse(0L)));
    }

    private long nowMicros() {
        Instant now = node.clock().instant();
        return now.getEpochSecond() * 1_000_000L + now.getNano() / 1_000;
    }

    private Future<Buffer> get(GetEndpointRequest request, Call call) {
        return access.endpoint(call, request.getName())
                .compose(v -> endpoints.get(request.getName()))
                .compose(this::toProto)
                .compose(found -> Rpc.encoded(
                        GetEndpointResponse.newBuilder().setEndpoint(found).build()));
    }

    private Future<Buffer> list(ListEndpointsRequest request, Call call) {
        call.principal().grants().require(Action.DELIVER);
        int size = FilterMapper.toCount("page_size", request.getPageSize(), 100, 1_000);
        String after = request.getPageToken().isEmpty() ? "" : PageTokens.name(request.getPageToken());
        Optional<EndpointState> state = EndpointMapper.toState(request.getState());
        return new VisiblePages<io.eventsync.server.endpoint.Endpoint>(
                        (last, max) -> endpoints.list(last, state, max),
                        one -> one.name(),
                        one -> access.sees(call, one))
                .after(after, size)
                .compose(page -> {
                    Future<List<Endpoint>> all = Future.succeededFuture(new ArrayList<>());
                    for (io.eventsync.server.endpoint.Endpoint one : page.entries()) {
                        all = all.compose(list -> toProto(one).map(proto -> {
                            list.add(proto);
                            return list;
                        }));
                    }
                    return all.compose(list -> Rpc.encoded(ListEndpointsResponse.newBuilder()
                            .addAllEndpoints(list)
                            .setNextPageToken(page.nextToken())
                            .build()));
                });
    }

    private Future<Buffer> update(UpdateEndpointRequest request, Call call) {
        Endpoint given = request.getEndpoint();
        long version = given.getEtag().isEmpty() ? 0 : ConsumerRpcs.version(given.getEtag());
        return access.endpoint(call, given.getName())
                .compose(v -> endpoints.update(given.getName(), version, request.getValidateOnly(), (there, before) -> {
                    Endpoint merged =
                            mapper.merge(mapper.settingsToProto(there.settings()), given, request.getUpdateMask());
                    EndpointSettings settings = narrowed(call, mapper.toSettings(merged));
                    return new Endpoints.Changed(settings, secrets(merged, there, before));
                }))
                .compose(this::toProto)
                .compose(changed -> Rpc.encoded(
                        UpdateEndpointResponse.newBuilder().setEndpoint(changed).build()));
    }

    private static DestinationSecrets secrets(
            Endpoint merged, io.eventsync.server.endpoint.Endpoint there, DestinationSecrets before) {
        return there.settings().destination() instanceof WebhookDestination webhook
                ? WebhookMapper.secrets(
                        merged.getWebhook(),
                        Optional.of(new WebhookMapper.Stored(webhook.url(), webhook.auth(), before)))
                : DestinationSecrets.NONE;
    }

    private Future<Buffer> delete(DeleteEndpointRequest request, Call call) {
        long version = request.getEtag().isEmpty() ? 0 : ConsumerRpcs.version(request.getEtag());
        return access.endpoint(call, request.getName())
                .compose(v -> endpoints.delete(request.getName(), version))
                .compose(v -> Rpc.encoded(DeleteEndpointResponse.getDefaultInstance()));
    }

    private Future<Buffer> pause(PauseEndpointRequest request, Call call) {
        return access.endpoint(call, request.getName())
                .compose(v -> endpoints.pause(request.getName()))
                .compose(this::toProto)
                .compose(there -> Rpc.encoded(
                        PauseEndpointResponse.newBuilder().setEndpoint(there).build()));
    }

    private Future<Buffer> resume(ResumeEndpointRequest request, Call call) {
        Future<Optional<LogPoint>> point = FilterMapper.isUnset(request.getStart())
                ? Future.succeededFuture(Optional.empty())
                : start(call, request.getStart(), new Start.Now(), ExpiredPolicy.ERROR)
                        .map(Optional::of);
        return access.endpoint(call, request.getName())
                .compose(v -> point)
                .compose(p -> endpoints.resume(request.getName(), p))
                .compose(this::toProto)
                .compose(there -> Rpc.encoded(
                        ResumeEndpointResponse.newBuilder().setEndpoint(there).build()));
    }

    private Future<Buffer> seek(SeekEndpointRequest request, Call call) {
        if (FilterMapper.isUnset(request.getStart())) {
            throw Failure.field("start", "is required");
        }
        return access.endpoint(call, request.getName())
                .compose(v -> start(call, request.getStart(), new Start.Beginning(), ExpiredPolicy.ERROR))
                .compose(point -> endpoints.seek(request.getName(), point))
                .compose(sought -> toProto(sought.endpoint())
                        .compose(there -> Rpc.encoded(SeekEndpointResponse.newBuilder()
                                .setEndpoint(there)
                                .setCanceledDeliveries(sought.canceled())
                                .build())));
    }

    private Future<Buffer> rotate(RotateEndpointSecretRequest request, Call call) {
        Duration overlap = request.hasOverlap()
                ? FilterMapper.toDuration("overlap", request.getOverlap(), Duration.ZERO, OVERLAP_MAX)
                : OVERLAP;
        return access.endpoint(call, request.getName())
                .compose(v -> endpoints.rotate(request.getName(), overlap, request.getSigningSecret()))
                .compose(rotated -> Rpc.encoded(RotateEndpointSecretResponse.newBuilder()
                        .setSigningSecret(rotated.secret())
                        .addAllKeys(rotated.keys().stream()
                                .map(EndpointMapper::toProto)
                                .toList())
                        .build()));
    }

    private Future<Buffer> keys(GetSigningKeysRequest request, Call call) {
        return access.endpoint(call, request.getName())
                .compose(v -> endpoints.signingKeys(request.getName()))
                .compose(found -> Rpc.encoded(GetSigningKeysResponse.newBuilder()
                        .addAllKeys(found.stream().map(EndpointMapper::toProto).toList())
                        .build()));
    }

    private Future<Buffer> test(SendTestEventRequest request, Call call) {
        Optional<String> event = request.getEventId().isEmpty() ? Optional.empty() : Optional.of(request.getEventId());
        return access.endpoint(call, request.getName())
                .compose(v -> event.map(id -> access.event(call, Action.DELIVER, new EventName.ById(id)))
                        .orElseGet(Future::succeededFuture))
                .compose(v -> deliveries.test(request.getName(), event))
                .compose(attempt -> Rpc.encoded(SendTestEventResponse.newBuilder()
                        .setAttempt(DeliveryMapper.toProto(attempt))
                        .build()));
    }

    private Future<Buffer> preview(PreviewFilterRequest request, Call call) {
        EventFilter filter = access.filter(call, Action.DELIVER, request.getFilter(), "filter");
        int last = FilterMapper.toCount("last_events", request.getLastEvents(), 10_000, PREVIEW_MAX);
        if (request.getMaxSamples() < 0 || request.getMaxSamples() > SAMPLES_MAX) {
            throw Failure.field("max_samples", "must be from 0 to " + SAMPLES_MAX);
        }
        long head = log.head().position();
        long oldest = Math.max(log.earliest(), head - last + 1);
        return preview(filter, head + 1, oldest, 0, new ArrayList<>(), request.getMaxSamples())
                .compose(counted -> (head < oldest
                                ? Future.succeededFuture(Optional.<LogEvent>empty())
                                : log.byPosition(oldest))
                        .map(first -> {
                            PreviewFilterResponse.Builder response = PreviewFilterResponse.newBuilder()
                                    .setScannedEvents(Math.max(0, head - oldest + 1))
                                    .setMatchedEvents(counted.matched());
                            first.ifPresent(e -> response.setOldestTime(EventMapper.time(e.ingestMicros())));
                            return WireFrames.preview(response.build(), counted.samples());
                        }));
    }

    private record Counted(long matched, List<LogEvent> samples) {}

    /** Page by page, newest first, down to the oldest position. */
    private Future<Counted> preview(
            EventFilter filter, long before, long oldest, long matched, List<LogEvent> samples, int samplesMax) {
        if (before <= oldest) {
            return Future.succeededFuture(new Counted(matched, samples));
        }
        return log.before(before, filter, PREVIEW_PAGE).compose((Page page) -> {
            long sum = matched;
            long bytes = samples.stream().mapToLong(e -> e.wire().length).sum();
            for (LogEvent event : page.events()) {
                if (event.position() < oldest) {
                    break;
                }
                sum++;
                bytes += event.wire().length;
                if (samples.size() < samplesMax && bytes <= SAMPLE_BYTES_MAX) {
                    samples.add(event);
                }
            }
            return preview(filter, page.end().position(), oldest, sum, samples, samplesMax);
        });
    }
}
