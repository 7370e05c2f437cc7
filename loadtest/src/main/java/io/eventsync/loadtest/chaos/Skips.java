package io.eventsync.loadtest.chaos;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What cannot be broken here, and why. Whoever is told nothing would take it for tried. */
final class Skips {

    private final boolean isForeignPostgres;
    private final List<String> reasons = new ArrayList<>();

    Skips(boolean isForeignPostgres) {
        this.isForeignPostgres = isForeignPostgres;
    }

    /** Those of the wanted faults that can be done; what is in the way of the others is remembered. */
    List<FaultKind> possible(List<FaultKind> wanted, boolean wantsBalancer) {
        if (wantsBalancer && !Tool.isThere("haproxy")) {
            reasons.add("--haproxy: HAProxy is not installed (Debian: haproxy)");
        }
        List<FaultKind> possible = new ArrayList<>();
        for (FaultKind kind : wanted.stream().distinct().toList()) {
            Optional<String> obstacle = obstacle(kind);
            obstacle.ifPresent(why -> reasons.add(kind.label() + ": " + why));
            if (obstacle.isEmpty()) {
                possible.add(kind);
            }
        }
        return possible;
    }

    List<String> reasons() {
        return List.copyOf(reasons);
    }

    private Optional<String> obstacle(FaultKind kind) {
        return switch (kind) {
            case KILL_POSTGRES, FREEZE_POSTGRES, DB_RESET, DB_DROP -> ofForeign();
            case DISK_FULL -> ofForeign().or(Skips::ofRoot);
            case POWER_CUT -> ofForeign().or(Skips::ofRoot).or(Skips::ofLoop);
            case CLOCK ->
                FakeTime.library().isPresent()
                        ? Optional.empty()
                        : Optional.of("libfaketime is not installed (Debian: faketime)");
            default -> Optional.empty();
        };
    }

    private Optional<String> ofForeign() {
        return isForeignPostgres
                ? Optional.of("the Postgres of --database-url is not ours to break")
                : Optional.empty();
    }

    private static Optional<String> ofRoot() {
        return Tool.isRoot() ? Optional.empty() : Optional.of("it mounts a disk, which needs root");
    }

    private static Optional<String> ofLoop() {
        if (!Tool.isThere("mkfs.ext4") || !Tool.isThere("perl")) {
            return Optional.of("it needs mkfs.ext4 and perl (Debian: e2fsprogs, perl-base)");
        }
        return Files.exists(Path.of("/dev/loop-control"))
                ? Optional.empty()
                : Optional.of("this kernel has no loop devices");
    }
}
