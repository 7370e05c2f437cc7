package io.eventsync.server.grpc;

import com.google.protobuf.Duration;
import io.eventsync.server.event.EventFilter;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.sync.ExpiredPolicy;
import io.eventsync.server.sync.Start;
import io.eventsync.server.tag.TagPrefix;
import io.eventsync.v1.Anchor;
import io.eventsync.v1.Filter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.TreeSet;

/** Filters, starts and the like of the contract to those of the server, and back. */
final class FilterMapper {
    static final int ENTRIES_MAX = 100;
    private static final int ATTRIBUTES_MAX = 32;

    private FilterMapper() {}

    /** The filter in its shortest form: equal filters are equal objects. Fails with FIELD_INVALID. */
    static EventFilter toFilter(Filter filter, String field) {
        requireAtMost(field + ".keys", filter.getKeysCount(), ENTRIES_MAX);
        requireAtMost(field + ".attributes", filter.getAttributesCount(), ATTRIBUTES_MAX);
        return new EventFilter(
                prefixes(field + ".tag_prefixes", filter.getTagPrefixesList()),
                prefixes(field + ".exclude_tag_prefixes", filter.getExcludeTagPrefixesList()),
                new HashSet<>(filter.getKeysList()),
                filter.getAttributesMap());
    }

    /** Without those that a shorter one covers. */
    private static List<TagPrefix> prefixes(String field, List<String> texts) {
        requireAtMost(field, texts.size(), ENTRIES_MAX);
        List<TagPrefix> shortest = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            shortest.add(TagPrefix.parse(field + "[" + i + "]", texts.get(i)));
        }
        shortest.sort(Comparator.comparing(TagPrefix::text));
        List<TagPrefix> kept = new ArrayList<>();
        for (TagPrefix prefix : shortest) {
            if (kept.stream().noneMatch(shorter -> shorter.matches(prefix.text()))) {
                kept.add(prefix);
            }
        }
        return kept;
    }

    private static void requireAtMost(String field, int count, int max) {
        if (count > max) {
            throw Failure.field(field, "has " + count + " entries, at most " + max + " are allowed");
        }
    }

    static Filter toProto(EventFilter filter) {
        Filter.Builder proto = Filter.newBuilder();
        filter.include().forEach(p -> proto.addTagPrefixes(p.text()));
        filter.exclude().forEach(p -> proto.addExcludeTagPrefixes(p.text()));
        new TreeSet<>(filter.keys()).forEach(proto::addKeys);
        return proto.putAllAttributes(new java.util.TreeMap<>(filter.attributes()))
                .build();
    }

    /** Nothing that says where: as far as the contract goes, an empty cursor and no anchor are the same as none. */
    static boolean isUnset(io.eventsync.v1.Start start) {
        return switch (start.getPointCase()) {
            case CURSOR -> start.getCursor().isEmpty();
            case ANCHOR -> start.getAnchor() == Anchor.ANCHOR_UNSPECIFIED;
            case POINT_NOT_SET -> true;
            default -> false;
        };
    }

    static Start toStart(io.eventsync.v1.Start start, Start whenUnset) {
        if (isUnset(start)) {
            return whenUnset;
        }
        return switch (start.getPointCase()) {
            case CURSOR -> new Start.AtCursor(start.getCursor());
            case AFTER_POSITION -> afterPosition(start.getAfterPosition());
            case TIME -> new Start.AtTime(micros(start.getTime()));
            case CONSUMER -> new Start.OfConsumer(start.getConsumer());
            case ANCHOR -> anchor(start.getAnchor());
            case POINT_NOT_SET -> whenUnset;
        };
    }

    private static Start afterPosition(long position) {
        if (position < 0) {
            throw Failure.field("start.after_position", "must not be negative");
        }
        return new Start.AfterPosition(position);
    }

    private static Start anchor(Anchor anchor) {
        return switch (anchor) {
            case ANCHOR_BEGINNING -> new Start.Beginning();
            case ANCHOR_NOW -> new Start.Now();
            case ANCHOR_UNSPECIFIED, UNRECOGNIZED -> throw Failure.field("start.anchor", "is not a known anchor");
        };
    }

    private static long micros(com.google.protobuf.Timestamp time) {
        try {
            EventMapper.checkTime(time);
        } catch (Failure refused) {
            throw Failure.field("start.time", "must lie in the years 1 to 9999 with nanos from 0 to 999999999");
        }
        // Up to the next microsecond: an event at exactly this time is at or after it.
        return time.getSeconds() * 1_000_000L + (time.getNanos() + 999) / 1_000;
    }

    static ExpiredPolicy toPolicy(io.eventsync.v1.ExpiredPolicy policy) {
        return switch (policy) {
            case EXPIRED_POLICY_UNSPECIFIED, EXPIRED_POLICY_ERROR -> ExpiredPolicy.ERROR;
            case EXPIRED_POLICY_SKIP_TO_EARLIEST -> ExpiredPolicy.SKIP_TO_EARLIEST;
            case UNRECOGNIZED -> throw Failure.field("on_expired", "is not a known policy");
        };
    }

    /** A number with a default for 0. */
    static int toCount(String field, int given, int whenZero, int max) {
        if (given < 0 || given > max) {
            throw Failure.field(field, "must be from 1 to " + max + ", or 0 for " + whenZero);
        }
        return given == 0 ? whenZero : given;
    }

    static java.time.Duration toDuration(String field, Duration given, java.time.Duration min, java.time.Duration max) {
        java.time.Duration duration;
        try {
            duration = java.time.Duration.ofSeconds(given.getSeconds(), given.getNanos());
        } catch (ArithmeticException e) {
            throw Failure.field(field, "is not a duration");
        }
        if (duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
            throw Failure.field(field, "must be from " + min.toMillis() + " ms to " + max.toMillis() + " ms");
        }
        return duration;
    }

    static Duration toProto(java.time.Duration duration) {
        return Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }
}
