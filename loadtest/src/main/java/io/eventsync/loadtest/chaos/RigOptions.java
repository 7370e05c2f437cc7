package io.eventsync.loadtest.chaos;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a rig is made of.
 *
 * @param work an empty folder that others may pass through
 * @param serverJar to start servers from
 * @param heap of each, as in -Xmx
 * @param serverOptions for each, such as {@code --log-queue-events-max=100}
 * @param faults that it has to be fit for
 * @param databaseUrl of a Postgres that runs already
 * @param isOwnPostgres whether servers share one that the rig starts, though there is only one server
 * @param postgresPrograms the folder of postgres and initdb; those that the server carries if there is none
 * @param postgresSettings of its own Postgres
 * @param hasUnsafeCommits makes the servers' commits not wait for the disk, behind their back
 * @param diskMegabytes of a disk that is cut or filled
 * @param hasBalancer whether clients go through an HAProxy
 */
record RigOptions(
        Path work,
        Path serverJar,
        int nodes,
        String heap,
        List<String> serverOptions,
        Set<FaultKind> faults,
        Optional<String> databaseUrl,
        boolean isOwnPostgres,
        Optional<Path> postgresPrograms,
        Map<String, String> postgresSettings,
        boolean hasUnsafeCommits,
        int diskMegabytes,
        boolean hasBalancer,
        Duration giveUpAfter) {

    boolean isEmbedded() {
        return databaseUrl.isEmpty() && !isOwnPostgres && nodes == 1;
    }

    boolean hasDatabaseGate() {
        return hasUnsafeCommits || faults.stream().anyMatch(FaultKind::isBetweenServersAndPostgres);
    }
}
