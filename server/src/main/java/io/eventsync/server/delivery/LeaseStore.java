package io.eventsync.server.delivery;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** SQL of who works which endpoint. */
final class LeaseStore {
    static final String BEAT = "select now_micros, nodes, endpoints, owned from eventsync.beat($1, $2)";
    static final String TAKE =
            "select endpoint_ids, epochs, cardinality(eventsync.living_nodes()) from eventsync.take_leases($1, $2)";
    static final String RELEASE = """
            update eventsync.lease l set owner = null from unnest($2::bigint[], $3::bigint[]) u(id, epoch)
            where l.endpoint_id = u.id and l.epoch = u.epoch and l.owner = $1
            """;
    static final String LEAVE = """
            with released as (update eventsync.lease set owner = null where owner = $1)
            delete from eventsync.node where node_id = $1
            """;
    static final String REVISIONS =
            "select endpoint_id, epoch, revision, asked, followed < revision from eventsync.lease where owner = $1";
    static final String FOLLOWED = """
            with u as (
              select l.endpoint_id, n.revision from eventsync.lease l join unnest($2::bigint[], $3::bigint[]) n(id, revision) on n.id = l.endpoint_id
              where l.owner = $1 order by l.endpoint_id for update of l)
            update eventsync.lease l set followed = u.revision from u where l.endpoint_id = u.endpoint_id
            """;
    static final String REAP = "select eventsync.reap_nodes()";

    private final Pool pool;

    LeaseStore(Pool pool) {
        this.pool = pool;
    }

    /**
     * @param nowMicros by the database's clock
     * @param nodes that are alive
     * @param endpoints that want to be worked
     * @param owned by this node
     */
    record Beat(long nowMicros, int nodes, int endpoints, int owned) {}

    /** Says that this node lives, for as long as given. */
    Future<Beat> beat(UUID node, long leaseMillis) {
        return pool.preparedQuery(BEAT).execute(Tuple.of(node, leaseMillis)).map(rows -> {
            Row row = rows.iterator().next();
            return new Beat(row.getLong(0), row.getInteger(1), row.getInteger(2), row.getInteger(3));
        });
    }

    /**
     * @param epochs of the endpoints that are this node's now
     * @param nodes that are alive
     */
    record Taken(Map<Long, Long> epochs, int nodes) {}

    /** Takes endpoints that nobody works. */
    Future<Taken> take(UUID node, int max) {
        return pool.preparedQuery(TAKE).execute(Tuple.of(node, max)).map(rows -> {
            Row row = rows.iterator().next();
            Long[] ids = row.getArrayOfLongs(0);
            Long[] epochs = row.getArrayOfLongs(1);
            Map<Long, Long> taken = new LinkedHashMap<>();
            for (int i = 0; ids != null && i < ids.length; i++) {
                taken.put(ids[i], epochs[i]);
            }
            return new Taken(taken, row.getInteger(2));
        });
    }

    Future<Void> release(UUID node, List<EndpointHandle> handles) {
        return pool.preparedQuery(RELEASE)
                .execute(Tuple.of(
                        node,
                        handles.stream().map(EndpointHandle::id).toArray(Long[]::new),
                        handles.stream().map(EndpointHandle::epoch).toArray(Long[]::new)))
                .mapEmpty();
    }

    /** Gives up all leases and the node itself. */
    Future<Void> leave(UUID node) {
        return pool.preparedQuery(LEAVE).execute(Tuple.of(node)).mapEmpty();
    }

    /**
     * What the owner has to look at again when it changes.
     *
     * @param isNew whoever made this revision may wait to hear that it is kept to
     */
    record Revision(long endpoint, long epoch, long revision, long asked, boolean isNew) {}

    Future<List<Revision>> revisions(UUID node) {
        return pool.preparedQuery(REVISIONS).execute(Tuple.of(node)).map(rows -> {
            List<Revision> all = new ArrayList<>(rows.size());
            rows.forEach(row -> all.add(
                    new Revision(row.getLong(0), row.getLong(1), row.getLong(2), row.getLong(3), row.getBoolean(4))));
            return all;
        });
    }

    /** Says that this node keeps to these revisions. */
    Future<Void> followed(UUID node, List<Revision> revisions) {
        return pool.preparedQuery(FOLLOWED)
                .execute(Tuple.of(
                        node,
                        revisions.stream().map(Revision::endpoint).toArray(Long[]::new),
                        revisions.stream().map(Revision::revision).toArray(Long[]::new)))
                .mapEmpty();
    }

    Future<Void> reap() {
        return pool.preparedQuery(REAP).execute().mapEmpty();
    }
}
