package io.eventsync.server.auth;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.tag.TagPrefix;
import java.util.Arrays;
import java.util.Optional;

/**
 * A right: an action on the tags below a prefix. Written {@code read:ORDER}, or {@code read:*} for all tags.
 *
 * @param prefix empty for all tags
 */
public record Grant(Action action, Optional<TagPrefix> prefix) {
    private static final String ALL = "*";

    /** Empty if the text is not a grant. */
    public static Optional<Grant> parse(String text) {
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        String tags = colon < 0 ? ALL : text.substring(colon + 1);
        return Arrays.stream(Action.values())
                .filter(action -> action.text().equals(name))
                .findFirst()
                .flatMap(action -> prefix(tags).map(prefix -> new Grant(action, prefix)));
    }

    private static Optional<Optional<TagPrefix>> prefix(String text) {
        if (text.equals(ALL)) {
            return Optional.of(Optional.empty());
        }
        try {
            return Optional.of(Optional.of(TagPrefix.parse("grant", text)));
        } catch (Failure notAPrefix) {
            return Optional.empty();
        }
    }

    boolean allows(Action wanted) {
        return action == wanted || action == Action.ADMIN;
    }

    boolean covers(String tagOrPrefix) {
        return prefix.map(p -> p.matches(tagOrPrefix)).orElse(true);
    }

    @Override
    public String toString() {
        return action.text() + ":" + prefix.map(TagPrefix::text).orElse(ALL);
    }
}
