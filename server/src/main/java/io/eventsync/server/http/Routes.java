package io.eventsync.server.http;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import io.eventsync.server.grpc.Calls;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All HTTP rules of the contract. A literal path goes before one with variables, one with a verb before one without. */
final class Routes {
    private final Map<String, List<Route>> literal = new HashMap<>();
    private final List<Route> variable = new ArrayList<>();
    private final List<Route> all = new ArrayList<>();

    Routes(List<Calls.Method> methods) {
        for (Calls.Method method : methods) {
            HttpRule rule = method.descriptor().getOptions().getExtension(AnnotationsProto.http);
            if (rule.getPatternCase() != HttpRule.PatternCase.PATTERN_NOT_SET) {
                add(Route.of(method, rule));
                rule.getAdditionalBindingsList().forEach(more -> add(Route.of(method, more)));
            }
        }
        variable.sort(Comparator.comparing(route -> !route.path().hasVerb()));
    }

    private void add(Route route) {
        all.add(route);
        if (route.path().isLiteral()) {
            literal.computeIfAbsent(route.path().toString(), path -> new ArrayList<>())
                    .add(route);
        } else {
            variable.add(route);
        }
    }

    List<Route> all() {
        return all;
    }

    /** A route whose path matches, and what its variables stand for. */
    record Match(Route route, List<PathTemplate.Binding> bindings) {}

    /** Every route of that path, by whatever HTTP method; empty if there is none. */
    List<Match> find(RequestTarget target) {
        List<Route> plain = literal.get(target.path());
        if (plain != null) {
            return plain.stream().map(route -> new Match(route, List.of())).toList();
        }
        List<Match> matches = new ArrayList<>(3);
        for (Route route : variable) {
            Optional<List<PathTemplate.Binding>> bindings = route.path().match(target.segments());
            // The verb of /x/{name}:seek is not a part of the name in /x/{name}.
            if (bindings.isPresent()
                    && (matches.isEmpty()
                            || matches.get(0).route().path().hasVerb()
                                    == route.path().hasVerb())) {
                matches.add(new Match(route, bindings.get()));
            }
        }
        return matches;
    }
}
