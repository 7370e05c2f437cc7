package io.eventsync.server.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import io.eventsync.server.auth.Action;
import io.eventsync.server.auth.Grants;
import io.eventsync.server.auth.Quotas;
import io.eventsync.server.consumer.Consumer;
import io.eventsync.server.consumer.Consumers;
import io.eventsync.server.delivery.Deliveries.EventName;
import io.eventsync.server.endpoint.Endpoint;
import io.eventsync.server.endpoint.Endpoints;
import io.eventsync.server.event.EventFilter;
import io.eventsync.server.event.EventLog;
import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.NewEvent;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.sync.Start;
import io.eventsync.server.tag.TagPrefix;
import io.eventsync.v1.Filter;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Holds calls to the rights of their callers. What a caller may not see is not found, as if it were not there; what it asks for by name of a
 * tag is refused.
 */
final class Access {
    private final EventLog log;
    private final Consumers consumers;
    private final Endpoints endpoints;
    private final Quotas quotas;

    Access(Services services) {
        this.log = services.log();
        this.consumers = services.consumers();
        this.endpoints = services.endpoints();
        this.quotas = services.quotas();
    }

    private static Grants grants(Call call) {
        return call.principal().grants();
    }

    // ---- events ----

    /** Checks tags and rate, and writes down who ingests. */
    List<NewEvent> ingest(Call call, List<NewEvent> events) {
        Grants grants = grants(call);
        if (!grants.allowsAll(Action.INGEST)) {
            events.forEach(event -> grants.require(Action.INGEST, event.tag()));
        }
        quotas.events(call.principal(), events.size());
        String producer = call.principal().name();
        return producer.isEmpty()
                ? events
                : events.stream().map(event -> event.by(producer)).toList();
    }

    /** The filter, where all that it can match is allowed; one without prefixes means all that is. */
    EventFilter filter(Call call, Action action, Filter proto, String field) {
        return narrowed(call, action, FilterMapper.toFilter(proto, field));
    }

    EventFilter narrowed(Call call, Action action, EventFilter filter) {
        return new EventFilter(
                grants(call).narrowed(action, filter.include()), filter.exclude(), filter.keys(), filter.attributes());
    }

    /** A filter that is stored. Rights may be more than one may name, and it would not be read again. */
    static EventFilter kept(EventFilter filter, String field) {
        if (filter.include().size() > FilterMapper.ENTRIES_MAX) {
            throw Failure.field(
                    field + ".tag_prefixes",
                    "must be given by a caller with rights on more than " + FilterMapper.ENTRIES_MAX + " prefixes");
        }
        return filter;
    }

    /** Whether the event may be seen. */
    boolean sees(Call call, Action action, LogEvent event) {
        return grants(call).allows(action, event.tag());
    }

    boolean seesTag(Call call, String tag) {
        return grants(call).allows(Action.READ, tag);
    }

    /** Fails with RESOURCE_NOT_FOUND if the log has the event and the caller may not see it. */
    Future<Void> event(Call call, Action action, EventName name) {
        if (grants(call).allowsAll(action)) {
            return Future.succeededFuture();
        }
        Future<Optional<LogEvent>> found = name instanceof EventName.ById byId
                ? log.byId(byId.id())
                : log.byPosition(((EventName.ByPosition) name).position());
        return found.compose(event -> event.isEmpty() || sees(call, action, event.get())
                ? Future.succeededFuture()
                : Future.failedFuture(Failure.notFound(
                        "eventsync.v1/Event",
                        name instanceof EventName.ById byId
                                ? byId.id()
                                : Long.toString(event.get().position()))));
    }

    // ---- consumers ----

    boolean sees(Call call, Consumer consumer) {
        return grants(call).covers(Action.READ, include(consumer));
    }

    private static List<TagPrefix> include(Consumer consumer) {
        try {
            return FilterMapper.toFilter(Filter.parseFrom(consumer.filter()), "filter")
                    .include();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the stored filter of consumer " + consumer.name() + " does not parse", e);
        }
    }

    /** Fails with RESOURCE_NOT_FOUND if there is none that the caller may see. */
    Future<Void> consumer(Call call, String name) {
        if (grants(call).allowsAll(Action.READ)) {
            return Future.succeededFuture();
        }
        return consumers
                .get(name)
                .compose(found -> sees(call, found)
                        ? Future.succeededFuture()
                        : Future.failedFuture(Failure.notFound("eventsync.v1/Consumer", name)));
    }

    /** The same for a start that names a consumer. */
    Future<Void> start(Call call, Start start) {
        return start instanceof Start.OfConsumer of ? consumer(call, of.name()) : Future.succeededFuture();
    }

    // ---- endpoints ----

    boolean sees(Call call, Endpoint endpoint) {
        return grants(call).covers(Action.DELIVER, endpoint.settings().filter().include());
    }

    /** Fails with RESOURCE_NOT_FOUND if there is none that the caller may see. */
    Future<Void> endpoint(Call call, String name) {
        if (grants(call).allowsAll(Action.DELIVER)) {
            return Future.succeededFuture();
        }
        if (name.isEmpty()) {
            grants(call).require(Action.DELIVER);
            return Future.failedFuture(
                    Failure.field("endpoint", "is required of a caller that may not see all endpoints"));
        }
        return endpoints
                .get(name)
                .compose(found -> sees(call, found)
                        ? Future.succeededFuture()
                        : Future.failedFuture(Failure.notFound(Endpoints.TYPE, name)));
    }

    /** The prefixes of a question about deliveries. */
    List<String> deliveredPrefixes(Call call, List<String> asked) {
        List<TagPrefix> prefixes = new ArrayList<>();
        asked.forEach(text -> prefixes.add(new TagPrefix(text)));
        return grants(call).narrowed(Action.DELIVER, prefixes).stream()
                .map(TagPrefix::text)
                .toList();
    }
}
