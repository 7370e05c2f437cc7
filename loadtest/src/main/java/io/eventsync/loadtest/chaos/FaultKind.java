package io.eventsync.loadtest.chaos;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;

/** What can be done to a rig. */
enum FaultKind {
    KILL_SERVER("kill -9 of a server; an embedded Postgres goes with it"),
    STOP_SERVER("SIGTERM of each server in turn, as in a rolling restart"),
    KILL_POSTGRES("kill -9 of Postgres"),
    FREEZE("SIGSTOP of a server for a while"),
    FREEZE_POSTGRES("SIGSTOP of all of Postgres for a while"),
    CLOCK("a server's wall clock jumps an hour, and back; needs libfaketime"),
    DISK_FULL("the disk of Postgres fills up for a while; needs root"),
    NET_RESET("all connections of clients to a server are reset, new ones refused for a while"),
    NET_DROP("bytes between clients and a server vanish for a while, connections stay"),
    NET_SLOW("bytes between clients and a server take longer for a while"),
    DB_RESET("all connections of servers to Postgres are reset, new ones refused for a while"),
    DB_DROP("bytes between servers and Postgres vanish for a while, connections stay"),
    POWER_CUT("the disk forgets what was not flushed, and everything on it dies; needs root and loop devices"),
    COMMAND("what --fault-command does");

    private final String summary;

    FaultKind(String summary) {
        this.summary = summary;
    }

    String summary() {
        return summary;
    }

    /** As on the command line: {@code kill-server}. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    boolean isBetweenClientsAndServers() {
        return this == NET_RESET || this == NET_DROP || this == NET_SLOW;
    }

    boolean isBetweenServersAndPostgres() {
        return this == DB_RESET || this == DB_DROP;
    }

    /** True if it may leave a node without its endpoints for another to take over. */
    boolean isDeadly() {
        return this == KILL_SERVER || this == POWER_CUT;
    }

    static final class Text implements ITypeConverter<FaultKind> {
        @Override
        public FaultKind convert(String text) {
            return Arrays.stream(values())
                    .filter(kind -> kind.label().equals(text))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is none of "
                            + Arrays.stream(values()).map(FaultKind::label).collect(Collectors.joining(", "))));
        }
    }
}
