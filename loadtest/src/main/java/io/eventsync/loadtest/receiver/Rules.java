package io.eventsync.loadtest.receiver;

import io.eventsync.loadtest.receiver.Mode.Rule;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.BitSet;
import java.util.List;

/** What the modes do. */
final class Rules {

    private static final Answer FAILURE = Answer.whole(500);

    private Rules() {}

    static Rule always(Answer answer) {
        return call -> answer;
    }

    static Rule gzipBomb() {
        return call -> Answer.whole(200).withHeader("content-encoding", "gzip").withBody(GzipBomb.bytes());
    }

    static Rule flap(long okMillis, long failMillis) {
        return call -> call.elapsedMillis() % (okMillis + failMillis) < okMillis ? Answer.OK : FAILURE;
    }

    static Rule failShare(double percent) {
        return call -> Share.isHit(percent, call.seed(), call.id(), call.attempt()) ? FAILURE : Answer.OK;
    }

    static Rule failFirst(int attempts) {
        return call -> call.fewestReceivedBefore() < attempts ? FAILURE : Answer.OK;
    }

    /** Takes the first k events of a batch. */
    static Rule ack(int k) {
        return call -> {
            List<ReceivedEvent> events = call.events();
            if (!call.isBatch() || k >= events.size()) {
                return Answer.OK;
            }
            BitSet refused = new BitSet();
            refused.set(k, events.size());
            return Answer.whole(200)
                    .withHeader("eventsync-ack", events.get(k - 1).cursor())
                    .refusing(refused);
        };
    }

    /** Refuses a share of the events of a batch, by id and how often each came. */
    static Rule partial(double percent) {
        return call -> {
            JsonArray failed = new JsonArray();
            BitSet refused = new BitSet();
            for (int i = 0; call.isBatch() && i < call.events().size(); i++) {
                String id = call.events().get(i).id();
                if (Share.isHit(percent, call.seed(), id, call.receivedBefore().get(i) + 1)) {
                    failed.add(id);
                    refused.set(i);
                }
            }
            return Answer.whole(200)
                    .withBody(new JsonObject().put("failed", failed).toBuffer())
                    .refusing(refused);
        };
    }
}
