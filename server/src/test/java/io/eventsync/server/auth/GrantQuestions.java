package io.eventsync.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Message;
import io.eventsync.server.auth.GrantModel.Caller;
import io.eventsync.server.auth.GrantModel.Known;
import io.eventsync.server.auth.TestCalls.Answer;
import io.eventsync.server.auth.TestCalls.Face;
import io.eventsync.v1.Filter;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Random words for questions, and what holds for every answer: it mentions nothing that the caller may not know. */
final class GrantQuestions {
    static final String FORBIDDEN = "TAG_FORBIDDEN";
    static final String NOT_FOUND = "RESOURCE_NOT_FOUND";
    static final String INVALID = "FIELD_INVALID";

    /** One is the beginning of another, as text. */
    private static final List<String> SEGMENTS = List.of("ALFA", "ALFABET", "BRAVO", "CHARLIE");

    private static final Pattern TAGS =
            Pattern.compile("\\b(ALFABET|ALFA|BRAVO|CHARLIE|FILE)(\\.(ALFABET|ALFA|BRAVO|CHARLIE|UPLOAD|DELETE))*\\b");
    private static final Pattern EVENTS = Pattern.compile("\\bev-[0-9]+-x\\b");
    private static final Pattern NAMES = Pattern.compile("\\b(con|end)-[0-9]+-x\\b");
    private static final Pattern TOKENS = Pattern.compile("[A-Za-z0-9_-]{12,}");

    /** Older answers tell a tag in two parts beside the whole. */
    private static final String END_OF_TAG = "\"code\":\"[^\"]*\"";

    final GrantModel model;
    final Random random;
    final TestCalls calls;
    private int made;
    private int refused;
    private int names;

    GrantQuestions(GrantModel model, Random random, TestCalls calls) {
        this.model = model;
        this.random = random;
        this.calls = calls;
    }

    int made() {
        return made;
    }

    int refused() {
        return refused;
    }

    /** A kind of question, which callers with a right to this action ask. */
    record Question(String action, Consumer<Caller> ask) {}

    // ---- words ----

    String tag() {
        if (random.nextInt(8) == 0) {
            return random.nextBoolean() ? "FILE.UPLOAD" : "FILE.DELETE";
        }
        List<String> segments = new ArrayList<>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            segments.add(pick(SEGMENTS));
        }
        return String.join(".", segments);
    }

    /** Of the caller's own as often as not. */
    private String prefix(Caller caller) {
        String own = pick(caller.grants()).replaceFirst(".*:", "");
        if (own.equals("*") || random.nextBoolean()) {
            return random.nextInt(8) == 0 ? "FILE" : tag();
        }
        return random.nextInt(3) == 0 ? own + "." + pick(SEGMENTS) : own;
    }

    List<String> prefixes(Caller caller) {
        List<String> prefixes = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            prefixes.add(prefix(caller));
        }
        return prefixes;
    }

    Filter filter(Caller caller) {
        Filter.Builder filter = Filter.newBuilder().addAllTagPrefixes(prefixes(caller));
        if (random.nextInt(4) == 0) {
            filter.addExcludeTagPrefixes(tag());
        }
        if (random.nextInt(5) == 0) {
            filter.addKeys("k" + random.nextInt(3));
        }
        return filter.build();
    }

    String newId() {
        return "ev-" + names++ + "-x";
    }

    String newName(String kind) {
        return kind + "-" + names++ + "-x";
    }

    /** One whose rights let it ask, more often than not: refusals are all alike. */
    Caller pick(List<Caller> callers, String action) {
        Caller caller = pick(callers);
        for (int tries = 0; tries < 3 && !caller.mayAny(action); tries++) {
            caller = pick(callers);
        }
        return caller;
    }

    /** One of these that the caller sees, more often than not. */
    String name(Map<String, List<String>> there, Caller caller, String action) {
        String name = name(there.keySet());
        for (int tries = 0; tries < 4 && !caller.covers(action, there.getOrDefault(name, List.of("$NONE"))); tries++) {
            name = name(there.keySet());
        }
        return name;
    }

    <T> T pick(List<T> some) {
        return some.get(random.nextInt(some.size()));
    }

    /** One that there is, or rarely one that there is not. */
    String name(Iterable<String> there) {
        List<String> all = new ArrayList<>();
        there.forEach(all::add);
        return all.isEmpty() || random.nextInt(20) == 0 ? "nobody" : pick(all);
    }

    // ---- questions ----

    /** The method is the one that the request is named after. */
    Answer ask(Caller caller, String action, Message request, Message like) {
        return ask(pick(List.of(Face.values())), caller, action, request, like);
    }

    Answer ask(Face face, Caller caller, String action, Message request, Message like) {
        String name = request.getDescriptorForType().getName();
        MethodDescriptor method = request.getDescriptorForType()
                .getFile()
                .getServices()
                .get(0)
                .findMethodByName(name.substring(0, name.length() - "Request".length()));
        Answer answer = calls.call(face, method, request, like, caller.token());
        count(!answer.reason().isEmpty());
        requireGranted(caller, action, face + " " + name + " " + request, answer.text());
        return answer;
    }

    /** @param named what the request names in other words */
    HttpResponse<String> older(Caller caller, String action, String method, String path, String body, String named) {
        HttpResponse<String> response = calls.send(method, path, body, "Bearer " + caller.token());
        count(response.statusCode() >= 400);
        requireGranted(
                caller,
                action,
                method + " " + path + " " + body + " " + named,
                response.body().replaceAll(END_OF_TAG, ""));
        return response;
    }

    private void count(boolean isRefused) {
        made++;
        refused += isRefused ? 1 : 0;
    }

    // ---- what holds for every answer ----

    private void requireGranted(Caller caller, String action, String request, String answer) {
        String told = answer + opened(answer);
        List<String> hidden = new ArrayList<>();
        mentioned(EVENTS, told).stream()
                .filter(id -> model.events.stream()
                        .noneMatch(event -> event.id().equals(id) && caller.may(action, event.tag())))
                .forEach(hidden::add);
        // The log of changes names what was changed.
        if (!caller.may("read", "$SYSTEM.AUDIT")) {
            mentioned(NAMES, told).stream()
                    .filter(name -> !caller.covers("read", model.consumers.getOrDefault(name, List.of("$NONE")))
                            && !caller.covers("deliver", model.endpoints.getOrDefault(name, List.of("$NONE"))))
                    .forEach(hidden::add);
        }
        mentioned(TAGS, told).stream()
                .filter(tag -> !caller.may(action, tag)
                        && caller.grants().stream()
                                .noneMatch(grant -> GrantModel.isBelow(grant.replaceFirst(".*:", ""), tag))
                        && model.events.stream()
                                .noneMatch(event ->
                                        caller.may(action, event.tag()) && GrantModel.isBelow(event.tag(), tag)))
                .forEach(hidden::add);
        hidden.removeIf(request::contains);
        assertThat(hidden)
                .as("what %s may not know of in the answer to %s: %s", caller.grants(), request, answer)
                .isEmpty();
    }

    private static List<String> mentioned(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(MatchResult::group)
                .distinct()
                .toList();
    }

    /** What tokens and cursors say to whoever decodes them. */
    private static String opened(String text) {
        return TOKENS.matcher(text)
                .results()
                .map(MatchResult::group)
                .distinct()
                .map(token -> {
                    try {
                        return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.ISO_8859_1);
                    } catch (IllegalArgumentException notEncoded) {
                        return "";
                    }
                })
                .collect(Collectors.joining(" ", " ", ""));
    }

    /** Once each, all that is expected, nothing else. Events of the server itself may have come since the question. */
    void requireSame(String what, List<Long> positions, Supplier<List<Known>> expected) {
        assertThat(positions).as(what).doesNotHaveDuplicates();
        List<Long> before = positions(expected.get());
        if (!positions.equals(before)) {
            model.refresh();
            assertThat(positions).as("missing: " + what).containsAll(before);
            assertThat(positions(expected.get())).as("hidden: " + what).containsAll(positions);
        }
    }

    void requireCount(String what, long count, Supplier<List<Known>> expected) {
        long before = expected.get().size();
        if (count != before) {
            model.refresh();
            assertThat(count).as(what).isBetween(before, (long) expected.get().size());
        }
    }

    static List<Long> positions(List<Known> events) {
        return events.stream().map(Known::position).toList();
    }
}
