package io.eventsync.client.internal.publish;

import com.google.rpc.Code;
import io.eventsync.client.EventSyncException;
import io.eventsync.client.EventSyncException.FieldError;
import io.eventsync.client.EventSyncException.ServerError;
import io.eventsync.v1.Reason;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whom a refused append is to be blamed on. */
final class Refusal {
    private static final Pattern FIELD = Pattern.compile("events\\[(\\d{1,9})](.*)", Pattern.DOTALL);
    /** The server's own trouble, which every event would meet. */
    private static final Set<Reason> OF_THE_SERVER = EnumSet.of(
            Reason.REASON_DISK_LOW,
            Reason.REASON_UNAUTHENTICATED,
            Reason.REASON_FEATURE_OFF,
            Reason.REASON_ENCODING_UNSUPPORTED);

    private final EventSyncException failure;

    Refusal(EventSyncException failure) {
        this.failure = failure;
    }

    boolean isForATime() {
        return failure.isRetryable();
    }

    /** Events that the failure names, by their index. Of two with the same id it is the later one that differs. */
    Set<Integer> guilty(List<String> ids) {
        Set<Integer> found = new TreeSet<>();
        for (FieldError field : failure.fields()) {
            Matcher path = FIELD.matcher(field.field());
            if (path.matches() && Integer.parseInt(path.group(1)) < ids.size()) {
                found.add(Integer.parseInt(path.group(1)));
            }
        }
        String reused = failure.metadata().get("id");
        if (failure.reason() == Reason.REASON_EVENT_ID_REUSED && reused != null && ids.contains(reused)) {
            found.add(ids.lastIndexOf(reused));
        }
        if (found.isEmpty() && (ids.size() == 1 || OF_THE_SERVER.contains(failure.reason()))) {
            for (int i = 0; i < ids.size(); i++) {
                found.add(i);
            }
        }
        return found;
    }

    /** What its publisher is told, who knows of one event only: {@code event.tag}, not {@code events[3].tag}. */
    EventSyncException of(int index) {
        List<FieldError> fields = new ArrayList<>();
        for (FieldError field : failure.fields()) {
            Matcher path = FIELD.matcher(field.field());
            if (!path.matches()) {
                fields.add(field);
            } else if (Integer.parseInt(path.group(1)) == index) {
                fields.add(new FieldError("event" + path.group(2), field.message()));
            }
        }
        if (fields.equals(failure.fields())) {
            return failure;
        }
        String message = fields.isEmpty()
                ? ""
                : fields.get(0).field() + ": " + fields.get(0).message();
        return new EventSyncException(
                new ServerError(
                        failure.code(),
                        failure.reasonName(),
                        message,
                        failure.metadata(),
                        fields,
                        failure.retryAfter()),
                failure);
    }

    /** True if the stream ended for what was in its first append, and not for itself. */
    static boolean isOfTheAppend(EventSyncException ended) {
        return !ended.isRetryable()
                && (ended.code() == Code.RESOURCE_EXHAUSTED || ended.code() == Code.INVALID_ARGUMENT);
    }

    /** True if a server will not have this client, whatever it sends. */
    static boolean isOfTheClient(EventSyncException ended) {
        return ended.code() == Code.UNAUTHENTICATED
                || ended.code() == Code.PERMISSION_DENIED
                || ended.code() == Code.UNIMPLEMENTED;
    }
}
