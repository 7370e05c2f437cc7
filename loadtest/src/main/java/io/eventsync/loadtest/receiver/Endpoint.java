package io.eventsync.loadtest.receiver;

import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One address with a behaviour and a journal. The journal lives on one context; the behaviour may be read anywhere. */
final class Endpoint {

    private static final Answer UNSIGNED = Answer.whole(401);
    private static final int[] NO_ROWS = {};

    private final String name;
    private final Context owner;
    private final long seed;
    private final Supplier<Journal> journals;
    private final LongAdder acceptedByAll;
    private volatile Behaviour behaviour;
    private Journal journal;

    Endpoint(
            String name,
            Context owner,
            long seed,
            Supplier<Journal> journals,
            LongAdder acceptedByAll,
            Behaviour behaviour) {
        this.name = name;
        this.owner = owner;
        this.seed = seed;
        this.journals = journals;
        this.acceptedByAll = acceptedByAll;
        this.behaviour = behaviour;
        this.journal = journals.get();
    }

    String name() {
        return name;
    }

    Behaviour behaviour() {
        return behaviour;
    }

    void behave(Behaviour changed) {
        behaviour = changed;
    }

    /** Notes the request and says what to answer. What is answered at once counts as accepted before it has left. */
    Future<Verdict> take(Receipt receipt, @Nullable Mode override, Context home) {
        return Confined.call(owner, home, () -> decide(receipt, override));
    }

    /** A late answer is going out. */
    Future<Void> accept(Receipt receipt, Verdict verdict, Context home) {
        return Confined.call(owner, home, () -> {
                    acceptedByAll.add(journal.accept(receipt, verdict.rows, verdict.answer));
                    return journal;
                })
                .mapEmpty();
    }

    Future<EndpointCounts> counts(Context home) {
        return Confined.call(
                owner, home, () -> journal.counts(name, behaviour.mode().toString()));
    }

    Future<List<ReceivedRequest>> recent(Context home) {
        return Confined.call(owner, home, () -> journal.recent());
    }

    Future<List<IdCount>> ids(int from, int max, Context home) {
        return Confined.call(owner, home, () -> journal.ids(from, max));
    }

    Future<Void> reset(Context home) {
        return Confined.call(owner, home, () -> journal = journals.get()).mapEmpty();
    }

    private Verdict decide(Receipt receipt, @Nullable Mode override) {
        if (!receipt.isSignatureGood()) {
            journal.refuse(receipt, UNSIGNED);
            return new Verdict(UNSIGNED, NO_ROWS);
        }
        int[] rows = journal.rows(receipt);
        Behaviour current = behaviour;
        Answer answer = (override == null ? current.mode() : override).answer(call(receipt, rows, current));
        journal.receive(receipt, rows, answer);
        if (answer.delayMillis() == 0) {
            acceptedByAll.add(journal.accept(receipt, rows, answer));
        }
        return new Verdict(answer, rows);
    }

    private Call call(Receipt receipt, int[] rows, Behaviour current) {
        List<Integer> receivedBefore = journal.received(rows);
        int attempt =
                receipt.attempt() > 0 ? receipt.attempt() : 1 + (receivedBefore.isEmpty() ? 0 : receivedBefore.get(0));
        return new Call(
                receipt.id(),
                attempt,
                receipt.isBatch(),
                receipt.events(),
                receivedBefore,
                receipt.timeMicros() / 1_000 - current.sinceMillis(),
                seed);
    }

    /** What to answer, and the rows of the journal that it is about. */
    static final class Verdict {

        private final Answer answer;
        private final int[] rows;

        private Verdict(Answer answer, int[] rows) {
            this.answer = answer;
            this.rows = rows;
        }

        Answer answer() {
            return answer;
        }
    }
}
