package io.eventsync.server.event;

import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;

/**
 * A batch, as the functions that append take it.
 *
 * @param probe ids to look up in the key index
 * @param tail ids to look up behind {@code known}
 * @param known up to here every id is in the caller's memory or in the index
 */
record AppendArguments(Integer[] tagIds, String[] ids, Buffer[] bodies, String[] probe, String[] tail, long known) {
    Tuple tuple() {
        return Tuple.tuple()
                .addArrayOfInteger(tagIds)
                .addArrayOfString(ids)
                .addArrayOfBuffer(bodies)
                .addArrayOfString(probe)
                .addArrayOfString(tail)
                .addLong(known);
    }
}
