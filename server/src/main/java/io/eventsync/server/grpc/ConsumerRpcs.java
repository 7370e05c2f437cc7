package io.eventsync.server.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import io.eventsync.server.auth.Action;
import io.eventsync.server.consumer.Consumers;
import io.eventsync.server.event.EventLog;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.sync.Cursors;
import io.eventsync.server.sync.ExpiredPolicy;
import io.eventsync.server.sync.Start;
import io.eventsync.server.sync.Starts;
import io.eventsync.v1.CommitCursorRequest;
import io.eventsync.v1.CommitCursorResponse;
import io.eventsync.v1.Consumer;
import io.eventsync.v1.CreateConsumerRequest;
import io.eventsync.v1.CreateConsumerResponse;
import io.eventsync.v1.DeleteConsumerRequest;
import io.eventsync.v1.DeleteConsumerResponse;
import io.eventsync.v1.Filter;
import io.eventsync.v1.GetConsumerRequest;
import io.eventsync.v1.GetConsumerResponse;
import io.eventsync.v1.ListConsumersRequest;
import io.eventsync.v1.ListConsumersResponse;
import io.eventsync.v1.SeekConsumerRequest;
import io.eventsync.v1.SeekConsumerResponse;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** ConsumerService. */
final class ConsumerRpcs {
    private static final String SERVICE = "eventsync.v1.ConsumerService/";

    private final EventLog log;
    private final Cursors cursors;
    private final Starts starts;
    private final Consumers consumers;
    private final Access access;

    ConsumerRpcs(Services services) {
        this.log = services.log();
        this.cursors = services.cursors();
        this.starts = services.starts();
        this.consumers = services.consumers();
        this.access = new Access(services);
    }

    void bind(Rpc rpc) {
        rpc.unary(SERVICE + "CreateConsumer", CreateConsumerRequest.parser(), this::create);
        rpc.unary(SERVICE + "GetConsumer", GetConsumerRequest.parser(), this::get);
        rpc.unary(SERVICE + "ListConsumers", ListConsumersRequest.parser(), this::list);
        rpc.unary(SERVICE + "DeleteConsumer", DeleteConsumerRequest.parser(), this::delete);
        rpc.unary(SERVICE + "CommitCursor", CommitCursorRequest.parser(), this::commit);
        rpc.unary(SERVICE + "SeekConsumer", SeekConsumerRequest.parser(), this::seek);
    }

    private Future<Buffer> create(CreateConsumerRequest request, Call call) {
        byte[] filter = FilterMapper.toProto(Access.kept(
                        access.filter(call, Action.READ, request.getConsumer().getFilter(), "consumer.filter"),
                        "consumer.filter"))
                .toByteArray();
        Start start = FilterMapper.toStart(request.getStart(), new Start.Beginning());
        return access.start(call, start)
                .compose(v -> starts.resolve(start, ExpiredPolicy.ERROR))
                .compose(from -> consumers.create(request.getConsumer().getName(), filter, from.point()))
                .compose(made -> Rpc.encoded(CreateConsumerResponse.newBuilder()
                        .setConsumer(toProto(made))
                        .build()));
    }

    private Future<Buffer> get(GetConsumerRequest request, Call call) {
        return access.consumer(call, request.getName())
                .compose(v -> consumers.get(request.getName()))
                .compose(found -> Rpc.encoded(GetConsumerResponse.newBuilder()
                        .setConsumer(toProto(found))
                        .build()));
    }

    private Future<Buffer> list(ListConsumersRequest request, Call call) {
        call.principal().grants().require(Action.READ);
        int size = FilterMapper.toCount("page_size", request.getPageSize(), 100, 1_000);
        String after = request.getPageToken().isEmpty() ? "" : PageTokens.name(request.getPageToken());
        return new VisiblePages<>(consumers::list, one -> one.name(), one -> access.sees(call, one))
                .after(after, size)
                .compose(page -> {
                    ListConsumersResponse.Builder response =
                            ListConsumersResponse.newBuilder().setNextPageToken(page.nextToken());
                    page.entries().forEach(one -> response.addConsumers(toProto(one)));
                    return Rpc.encoded(response.build());
                });
    }

    private Future<Buffer> delete(DeleteConsumerRequest request, Call call) {
        long version = request.getEtag().isEmpty() ? 0 : version(request.getEtag());
        return access.consumer(call, request.getName())
                .compose(v -> consumers.delete(request.getName(), version))
                .compose(v -> Rpc.encoded(DeleteConsumerResponse.getDefaultInstance()));
    }

    static long version(String etag) {
        try {
            long version = Long.parseLong(etag);
            if (version > 0) {
                return version;
            }
        } catch (NumberFormatException e) {
            throw Failure.field("etag", "is not an etag of this service");
        }
        throw Failure.field("etag", "is not an etag of this service");
    }

    private Future<Buffer> commit(CommitCursorRequest request, Call call) {
        if (request.getCursor().isEmpty()) {
            throw Failure.field("cursor", "is required");
        }
        return access.consumer(call, request.getName())
                .compose(v -> starts.verify(request.getCursor()))
                .compose(point -> consumers.commit(request.getName(), point))
                .compose(moved -> Rpc.encoded(CommitCursorResponse.newBuilder()
                        .setConsumer(toProto(moved))
                        .build()));
    }

    private Future<Buffer> seek(SeekConsumerRequest request, Call call) {
        if (FilterMapper.isUnset(request.getStart())) {
            throw Failure.field("start", "is required");
        }
        Start start = FilterMapper.toStart(request.getStart(), new Start.Beginning());
        return access.consumer(call, request.getName())
                .compose(v -> access.start(call, start))
                .compose(v -> starts.resolve(start, ExpiredPolicy.ERROR))
                .compose(to -> consumers.seek(request.getName(), to.point()))
                .compose(moved -> Rpc.encoded(SeekConsumerResponse.newBuilder()
                        .setConsumer(toProto(moved))
                        .build()));
    }

    private Consumer toProto(io.eventsync.server.consumer.Consumer consumer) {
        Filter filter;
        try {
            filter = Filter.parseFrom(consumer.filter());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the stored filter of consumer " + consumer.name() + " does not parse", e);
        }
        return Consumer.newBuilder()
                .setName(consumer.name())
                .setFilter(filter)
                .setCursor(cursors.encode(consumer.point()))
                .setPosition(consumer.point().position())
                .setLagEvents(
                        Math.max(0, log.head().position() - consumer.point().position()))
                .setCreateTime(EventMapper.time(consumer.createdMicros()))
                .setUpdateTime(EventMapper.time(consumer.movedMicros()))
                .setEtag(Long.toString(consumer.version()))
                .build();
    }
}
