package io.eventsync.server.auth;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.tag.TagPrefix;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All rights of a principal. What no grant names is refused. */
public final class Grants {
    /** Of callers where nobody is told apart. */
    public static final Grants EVERYTHING = new Grants(List.of(new Grant(Action.ADMIN, Optional.empty())));

    private final List<Grant> grants;

    public Grants(Collection<Grant> grants) {
        this.grants = List.copyOf(grants);
    }

    public List<Grant> list() {
        return grants;
    }

    /** Whether the action is allowed on this tag, or on everything below this prefix. */
    public boolean allows(Action action, String tagOrPrefix) {
        return of(action).anyMatch(grant -> grant.covers(tagOrPrefix));
    }

    /** Whether the action is allowed on all tags. */
    public boolean allowsAll(Action action) {
        return of(action).anyMatch(grant -> grant.prefix().isEmpty());
    }

    /** Whether the action is allowed on some tag. */
    public boolean allowsAny(Action action) {
        return of(action).findAny().isPresent();
    }

    private Stream<Grant> of(Action action) {
        return grants.stream().filter(grant -> grant.allows(action));
    }

    /** Refuses an action that is allowed on no tag at all. */
    public void require(Action action) {
        if (!allowsAny(action)) {
            throw forbidden(action, "*");
        }
    }

    /** Refuses an action on a tag. */
    public void require(Action action, String tagOrPrefix) {
        if (!allows(action, tagOrPrefix)) {
            throw forbidden(action, tagOrPrefix);
        }
    }

    /** Refuses an action that is not allowed on all tags. */
    public void requireAll(Action action) {
        if (!allowsAll(action)) {
            throw forbidden(action, "*");
        }
    }

    private static Failure forbidden(Action action, String tagPrefix) {
        return Failure.of(Reason.TAG_FORBIDDEN, "no right to " + action.text() + " " + tagPrefix)
                .with("tag_prefix", tagPrefix)
                .with("action", action.text());
    }

    /** Whether the action is allowed on all that a filter with these prefixes can match; without prefixes that is everything. */
    public boolean covers(Action action, List<TagPrefix> include) {
        return allowsAll(action)
                || (!include.isEmpty() && include.stream().allMatch(prefix -> allows(action, prefix.text())));
    }

    /** The prefixes of a filter, where all of them are allowed; refused where one is not. None stands for all that is allowed. */
    public List<TagPrefix> narrowed(Action action, List<TagPrefix> include) {
        if (allowsAll(action)) {
            return include;
        }
        require(action);
        include.forEach(prefix -> require(action, prefix.text()));
        return include.isEmpty() ? prefixes(action) : include;
    }

    /** What the action is allowed on, without what a shorter prefix covers. Empty if that is all tags, or none. */
    private List<TagPrefix> prefixes(Action action) {
        List<TagPrefix> shortest = new ArrayList<>();
        of(action)
                .flatMap(grant -> grant.prefix().stream())
                .sorted(Comparator.comparing(TagPrefix::text))
                .filter(prefix -> shortest.stream().noneMatch(shorter -> shorter.matches(prefix.text())))
                .forEach(shortest::add);
        return shortest;
    }

    @Override
    public String toString() {
        return grants.stream().map(Grant::toString).collect(Collectors.joining(" "));
    }
}
