package io.eventsync.loadtest.webhook;

import com.google.protobuf.Timestamp;
import io.eventsync.loadtest.cluster.Cluster;
import io.eventsync.v1.Anchor;
import io.eventsync.v1.Attempt;
import io.eventsync.v1.AttemptFilter;
import io.eventsync.v1.DeadLetterFilter;
import io.eventsync.v1.DeliveryServiceGrpcClient;
import io.eventsync.v1.Endpoint;
import io.eventsync.v1.EndpointServiceGrpcClient;
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.ListAttemptsRequest;
import io.eventsync.v1.ListAttemptsResponse;
import io.eventsync.v1.ListDeadLettersRequest;
import io.eventsync.v1.ListDeadLettersResponse;
import io.eventsync.v1.ListEndpointsRequest;
import io.eventsync.v1.ListEndpointsResponse;
import io.eventsync.v1.Start;
import io.eventsync.v1.SyncRequest;
import io.eventsync.v1.SyncResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Asks the servers what they have on record. Blocks. */
final class Evidence {

    private static final int PAGE = 1_000;

    private final Cluster cluster;

    Evidence(Cluster cluster) {
        this.cluster = cluster;
    }

    SyncResponse head() {
        return cluster.await(
                EventServiceGrpcClient.Sync,
                SyncRequest.newBuilder()
                        .setStart(Start.newBuilder().setAnchor(Anchor.ANCHOR_NOW))
                        .setMaxEvents(1)
                        .build());
    }

    /** All events after a cursor but the server's own. */
    List<LoggedEvent> events(String cursor) {
        List<LoggedEvent> events = new ArrayList<>();
        SyncResponse page;
        String from = cursor;
        do {
            page = cluster.await(
                    EventServiceGrpcClient.Sync,
                    SyncRequest.newBuilder()
                            .setStart(Start.newBuilder().setCursor(from))
                            .setMaxEvents(PAGE)
                            .build());
            for (Event event : page.getEventsList()) {
                if (!event.getTag().startsWith("$")) {
                    events.add(new LoggedEvent(
                            event.getPosition(),
                            event.getId(),
                            event.getTag(),
                            event.getKey(),
                            micros(event.getIngestTime())));
                }
            }
            from = page.getCursor();
        } while (!page.getUpToDate());
        return events;
    }

    List<Endpoint> endpoints() {
        List<Endpoint> endpoints = new ArrayList<>();
        String token = "";
        do {
            ListEndpointsResponse page = cluster.await(
                    EndpointServiceGrpcClient.ListEndpoints,
                    ListEndpointsRequest.newBuilder()
                            .setPageSize(PAGE)
                            .setPageToken(token)
                            .build());
            endpoints.addAll(page.getEndpointsList());
            token = page.getNextPageToken();
        } while (!token.isEmpty());
        return endpoints;
    }

    List<AuditedAttempt> attempts(String endpoint) {
        List<AuditedAttempt> attempts = new ArrayList<>();
        String token = "";
        do {
            ListAttemptsResponse page = cluster.await(
                    DeliveryServiceGrpcClient.ListAttempts,
                    ListAttemptsRequest.newBuilder()
                            .setFilter(AttemptFilter.newBuilder().setEndpoint(endpoint))
                            .setPageSize(PAGE)
                            .setPageToken(token)
                            .build());
            page.getAttemptsList().forEach(attempt -> attempts.add(audited(attempt)));
            token = page.getNextPageToken();
        } while (!token.isEmpty());
        return attempts;
    }

    Set<String> deadLetters(String endpoint) {
        Set<String> ids = new HashSet<>();
        String token = "";
        do {
            ListDeadLettersResponse page = cluster.await(
                    DeliveryServiceGrpcClient.ListDeadLetters,
                    ListDeadLettersRequest.newBuilder()
                            .setFilter(DeadLetterFilter.newBuilder().setEndpoint(endpoint))
                            .setPageSize(PAGE)
                            .setPageToken(token)
                            .build());
            page.getDeadLettersList().forEach(letter -> ids.add(letter.getEventId()));
            token = page.getNextPageToken();
        } while (!token.isEmpty());
        return ids;
    }

    private static AuditedAttempt audited(Attempt attempt) {
        return new AuditedAttempt(
                attempt.getEndpoint(),
                attempt.getEventId(),
                attempt.getPosition(),
                attempt.getNumber(),
                attempt.getOutcome(),
                attempt.getStatusCode(),
                attempt.getNodeId(),
                micros(attempt.getStartTime()));
    }

    private static long micros(Timestamp time) {
        return time.getSeconds() * 1_000_000 + time.getNanos() / 1_000;
    }
}
