package io.eventsync.server.auth;

import static io.eventsync.server.auth.GrantQuestions.FORBIDDEN;
import static io.eventsync.server.auth.GrantQuestions.NOT_FOUND;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.auth.GrantModel.Caller;
import io.eventsync.server.auth.GrantModel.Known;
import io.eventsync.server.auth.GrantQuestions.Question;
import io.eventsync.server.auth.TestCalls.Answer;
import io.eventsync.v1.Consumer;
import io.eventsync.v1.CreateConsumerRequest;
import io.eventsync.v1.CreateConsumerResponse;
import io.eventsync.v1.DeleteConsumerRequest;
import io.eventsync.v1.DeleteConsumerResponse;
import io.eventsync.v1.EstimateBacklogRequest;
import io.eventsync.v1.EstimateBacklogResponse;
import io.eventsync.v1.Event;
import io.eventsync.v1.Filter;
import io.eventsync.v1.GetConsumerRequest;
import io.eventsync.v1.GetConsumerResponse;
import io.eventsync.v1.GetEventRequest;
import io.eventsync.v1.GetEventResponse;
import io.eventsync.v1.IngestBatchRequest;
import io.eventsync.v1.IngestBatchResponse;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.IngestResponse;
import io.eventsync.v1.ListConsumersRequest;
import io.eventsync.v1.ListConsumersResponse;
import io.eventsync.v1.ListEventsRequest;
import io.eventsync.v1.ListEventsResponse;
import io.eventsync.v1.ListTagsRequest;
import io.eventsync.v1.ListTagsResponse;
import io.eventsync.v1.Start;
import io.eventsync.v1.SubscribeRequest;
import io.eventsync.v1.SubscribeResponse;
import io.eventsync.v1.SyncRequest;
import io.eventsync.v1.SyncResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Questions about events, tags and consumers. */
final class EventGrantQuestions {
    private final GrantQuestions ask;
    private final GrantModel model;

    EventGrantQuestions(GrantQuestions ask) {
        this.ask = ask;
        this.model = ask.model;
    }

    List<Question> all() {
        return List.of(
                new Question("ingest", this::ingest),
                new Question("ingest", this::ingestBatch),
                new Question("read", this::getEvent),
                new Question("read", this::sync),
                new Question("read", this::sync),
                new Question("read", this::syncAsConsumer),
                new Question("read", this::subscribe),
                new Question("read", this::listEvents),
                new Question("read", this::listTags),
                new Question("read", this::listTags),
                new Question("read", this::backlog),
                new Question("read", this::createConsumer),
                new Question("read", this::oneConsumer),
                new Question("read", this::listConsumers));
    }

    private Event event(String tag) {
        String id = ask.newId();
        return Event.newBuilder()
                .setId(id)
                .setTag(tag)
                .setKey("k" + ask.random.nextInt(3))
                .setMessage(id)
                .setJson("{\"is\":\"" + id + "\"}")
                .build();
    }

    IngestBatchRequest batch(int size) {
        IngestBatchRequest.Builder batch = IngestBatchRequest.newBuilder();
        for (int i = 0; i < size; i++) {
            batch.addEvents(event(ask.tag()));
        }
        return batch.build();
    }

    private void ingest(Caller caller) {
        Event event = event(ask.tag());
        Answer answer = ask.ask(
                caller,
                "ingest",
                IngestRequest.newBuilder().setEvent(event).build(),
                IngestResponse.getDefaultInstance());
        requireStored(caller, answer, List.of(event));
    }

    private void ingestBatch(Caller caller) {
        IngestBatchRequest batch = batch(1 + ask.random.nextInt(3));
        requireStored(
                caller,
                ask.ask(caller, "ingest", batch, IngestBatchResponse.getDefaultInstance()),
                batch.getEventsList());
    }

    /** All of them or none. */
    private void requireStored(Caller caller, Answer answer, List<Event> events) {
        boolean isGranted = events.stream().allMatch(event -> caller.may("ingest", event.getTag()));
        model.refresh();
        assertThat(answer.reason()).isEqualTo(isGranted ? "" : FORBIDDEN);
        List<String> stored = model.events.stream().map(Known::id).toList();
        for (Event event : events) {
            assertThat(stored.contains(event.getId())).isEqualTo(isGranted);
        }
    }

    private void getEvent(Caller caller) {
        Known event = ask.pick(model.events);
        GetEventRequest request = ask.random.nextBoolean()
                ? GetEventRequest.newBuilder().setId(event.id()).build()
                : GetEventRequest.newBuilder().setPosition(event.position()).build();

        Answer answer = ask.ask(caller, "read", request, GetEventResponse.getDefaultInstance());

        assertThat(answer.reason()).isEqualTo(caller.may("read", event.tag()) ? "" : NOT_FOUND);
        if (answer.reason().isEmpty()) {
            assertThat(((GetEventResponse) answer.only()).getEvent().getTag()).isEqualTo(event.tag());
        }
    }

    private void sync(Caller caller) {
        sync(
                caller,
                Start.newBuilder()
                        .setAfterPosition(ask.random.nextInt(model.events.size()))
                        .build());
    }

    private void syncAsConsumer(Caller caller) {
        String name = ask.name(model.consumers, caller, "read");
        Start start = Start.newBuilder().setConsumer(name).build();
        if (isSeen(caller, name)) {
            sync(caller, start);
        } else {
            SyncRequest request = SyncRequest.newBuilder().setStart(start).build();
            assertThat(ask.ask(caller, "read", request, SyncResponse.getDefaultInstance())
                            .reason())
                    .isEqualTo(caller.mayAny("read") ? NOT_FOUND : FORBIDDEN);
        }
    }

    private void sync(Caller caller, Start start) {
        SyncRequest.Builder request = SyncRequest.newBuilder()
                .setFilter(ask.filter(caller))
                .setStart(start)
                .setMaxEvents(20 + ask.random.nextInt(400));
        List<Long> positions = new ArrayList<>();
        SyncResponse page;
        do {
            Answer answer = ask.ask(caller, "read", request.build(), SyncResponse.getDefaultInstance());
            if (isRefused(caller, "read", request.getFilter(), answer)) {
                return;
            }
            page = (SyncResponse) answer.only();
            page.getEventsList().forEach(event -> positions.add(event.getPosition()));
            request.setStart(Start.newBuilder().setCursor(page.getCursor()));
        } while (!page.getUpToDate());

        requireAfter(caller, start, request.getFilter(), positions);
    }

    private boolean isRefused(Caller caller, String action, Filter filter, Answer answer) {
        boolean isRefused = !caller.mayAsk(action, filter.getTagPrefixesList());
        assertThat(answer.reason()).isEqualTo(isRefused ? FORBIDDEN : "");
        return isRefused;
    }

    private void requireAfter(Caller caller, Start start, Filter filter, List<Long> positions) {
        assertThat(positions).isSorted();
        ask.requireSame(
                caller.grants() + " reads " + filter,
                positions,
                () -> model.seen(caller, "read", filter).stream()
                        .filter(event -> event.position() > start.getAfterPosition())
                        .toList());
    }

    private void subscribe(Caller caller) {
        Start start = Start.newBuilder()
                .setAfterPosition(ask.random.nextInt(model.events.size()))
                .build();
        SubscribeRequest request = SubscribeRequest.newBuilder()
                .setFilter(ask.filter(caller))
                .setStart(start)
                .setMaxBatch(1 + ask.random.nextInt(200))
                .build();

        Answer answer = ask.ask(caller, "read", request, SubscribeResponse.getDefaultInstance());

        if (!isRefused(caller, "read", request.getFilter(), answer)) {
            List<Long> positions = new ArrayList<>();
            answer.messages()
                    .forEach(frame -> ((SubscribeResponse) frame)
                            .getBatch()
                            .getEventsList()
                            .forEach(event -> positions.add(event.getPosition())));
            requireAfter(caller, start, request.getFilter(), positions);
        }
    }

    private void listEvents(Caller caller) {
        ListEventsRequest.Builder request =
                ListEventsRequest.newBuilder().setFilter(ask.filter(caller)).setPageSize(20 + ask.random.nextInt(400));
        List<Long> positions = new ArrayList<>();
        do {
            Answer answer = ask.ask(caller, "read", request.build(), ListEventsResponse.getDefaultInstance());
            if (isRefused(caller, "read", request.getFilter(), answer)) {
                return;
            }
            ListEventsResponse page = (ListEventsResponse) answer.only();
            page.getEventsList().forEach(event -> positions.add(event.getPosition()));
            request.setPageToken(page.getNextPageToken());
        } while (!request.getPageToken().isEmpty());

        assertThat(positions).isSortedAccordingTo(Comparator.reverseOrder());
        ask.requireSame(
                caller.grants() + " lists " + request.getFilter(),
                positions.stream().sorted().toList(),
                () -> model.seen(caller, "read", request.getFilter()));
    }

    private record Counted(long events, long lastPosition, boolean hasChildren) {}

    private void listTags(Caller caller) {
        String parent = ask.random.nextBoolean() ? "" : ask.tag();
        int depth = 1 + ask.random.nextInt(4);
        ListTagsRequest request =
                ListTagsRequest.newBuilder().setParent(parent).setDepth(depth).build();

        Answer answer = ask.ask(caller, "read", request, ListTagsResponse.getDefaultInstance());

        assertThat(answer.reason()).isEqualTo(caller.mayAny("read") ? "" : FORBIDDEN);
        Map<String, Counted> told = new TreeMap<>();
        answer.messages()
                .forEach(message -> ((ListTagsResponse) message)
                        .getTagsList()
                        .forEach(tag -> told.put(
                                tag.getTag(),
                                new Counted(tag.getEvents(), tag.getLastPosition(), tag.getHasChildren()))));
        // The server's own may be more by now.
        assertThat(told.keySet().removeIf(tag -> tag.startsWith("$SYSTEM")))
                .isEqualTo(parent.isEmpty()
                        && model.events.stream()
                                .anyMatch(e -> e.tag().startsWith("$SYSTEM") && caller.may("read", e.tag())));
        assertThat(told).as("%s lists tags of %s", caller.grants(), request).isEqualTo(tags(caller, parent, depth));
    }

    private Map<String, Counted> tags(Caller caller, String parent, int depth) {
        Map<String, Counted> nodes = new TreeMap<>();
        int above = parent.isEmpty() ? 0 : parent.split("\\.", -1).length;
        for (Known event : model.seen(caller, "read", Filter.getDefaultInstance())) {
            List<String> segments = List.of(event.tag().split("\\.", -1));
            if (event.tag().startsWith("$") || !(parent.isEmpty() || GrantModel.isBelow(event.tag(), parent))) {
                continue;
            }
            for (int end = above + 1; end <= Math.min(segments.size(), above + depth); end++) {
                nodes.merge(
                        String.join(".", segments.subList(0, end)),
                        new Counted(1, event.position(), end < segments.size()),
                        (a, b) -> new Counted(a.events() + 1, b.lastPosition(), a.hasChildren() || b.hasChildren()));
            }
        }
        return nodes;
    }

    private void backlog(Caller caller) {
        Filter filter = ask.filter(caller);
        long after = ask.random.nextInt(model.events.size());
        EstimateBacklogRequest request = EstimateBacklogRequest.newBuilder()
                .setFilter(filter)
                .setStart(Start.newBuilder().setAfterPosition(after))
                .build();

        Answer answer = ask.ask(caller, "read", request, EstimateBacklogResponse.getDefaultInstance());

        if (!isRefused(caller, "read", filter, answer)) {
            Filter byTag = filter.toBuilder().clearKeys().build();
            ask.requireCount(
                    caller.grants() + " counts " + filter,
                    ((EstimateBacklogResponse) answer.only()).getEvents(),
                    () -> model.seen(caller, "read", byTag).stream()
                            .filter(event -> event.position() > after)
                            .toList());
        }
    }

    // ---- consumers ----

    private boolean isSeen(Caller caller, String consumer) {
        return model.consumers.containsKey(consumer) && caller.covers("read", model.consumers.get(consumer));
    }

    private void createConsumer(Caller caller) {
        Filter filter =
                Filter.newBuilder().addAllTagPrefixes(ask.prefixes(caller)).build();
        String name = ask.newName("con");
        CreateConsumerRequest request = CreateConsumerRequest.newBuilder()
                .setConsumer(Consumer.newBuilder().setName(name).setFilter(filter))
                .build();

        Answer answer = ask.ask(caller, "read", request, CreateConsumerResponse.getDefaultInstance());

        if (!isRefused(caller, "read", filter, answer)) {
            Filter stored =
                    ((CreateConsumerResponse) answer.only()).getConsumer().getFilter();
            model.consumers.put(name, stored.getTagPrefixesList());
            requireSameMatches(caller, "read", filter, stored);
            model.refresh();
        }
    }

    /** What is stored matches what the caller may see of what it asked for, whoever reads it later. */
    void requireSameMatches(Caller caller, String action, Filter asked, Filter stored) {
        assertThat(model.events.stream()
                        .filter(event -> GrantModel.matches(stored, event))
                        .toList())
                .isEqualTo(model.seen(caller, action, asked));
    }

    private void oneConsumer(Caller caller) {
        String name = ask.name(model.consumers, caller, "read");
        boolean isSeen = isSeen(caller, name);
        Answer got = ask.ask(
                caller,
                "read",
                GetConsumerRequest.newBuilder().setName(name).build(),
                GetConsumerResponse.getDefaultInstance());
        assertThat(got.reason()).isEqualTo(isSeen ? "" : NOT_FOUND);
        if (!isSeen || ask.random.nextInt(4) == 0) {
            Answer gone = ask.ask(
                    caller,
                    "read",
                    DeleteConsumerRequest.newBuilder().setName(name).build(),
                    DeleteConsumerResponse.getDefaultInstance());
            assertThat(gone.reason()).isEqualTo(isSeen ? "" : NOT_FOUND);
            if (isSeen) {
                model.consumers.remove(name);
            }
        }
    }

    private void listConsumers(Caller caller) {
        ListConsumersRequest.Builder request =
                ListConsumersRequest.newBuilder().setPageSize(1 + ask.random.nextInt(10));
        List<String> names = new ArrayList<>();
        do {
            Answer answer = ask.ask(caller, "read", request.build(), ListConsumersResponse.getDefaultInstance());
            assertThat(answer.reason()).isEqualTo(caller.mayAny("read") ? "" : FORBIDDEN);
            if (!answer.reason().isEmpty()) {
                return;
            }
            ListConsumersResponse page = (ListConsumersResponse) answer.only();
            page.getConsumersList().forEach(one -> names.add(one.getName()));
            request.setPageToken(page.getNextPageToken());
        } while (!request.getPageToken().isEmpty());

        assertThat(names)
                .isEqualTo(model.consumers.keySet().stream()
                        .filter(name -> isSeen(caller, name))
                        .toList());
    }
}
