package io.eventsync.server.subscription;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An event loop whose tasks and timers run when the test says so, in an order that its seed decides where Vert.x promises none. */
final class TestLoop {
    private final List<Runnable> tasks = new ArrayList<>();
    private final List<Runnable> replies = new ArrayList<>();
    private final TreeMap<Long, Handler<Long>> timers = new TreeMap<>();
    private final Context context = proxy(Context.class, this::onContext);
    private final Vertx vertx = proxy(Vertx.class, this::onVertx);
    private long lastTimer;

    private interface Calls {
        @Nullable
        Object handle(Method method, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Calls calls) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> {
            if (method.getDeclaringClass() == Object.class) {
                return method.getName().equals("hashCode")
                        ? (Object) 1
                        : method.getName().equals("equals");
            }
            return calls.handle(method, given);
        }));
    }

    Vertx vertx() {
        return vertx;
    }

    @SuppressWarnings("unchecked") // the only form in use
    private @Nullable Object onContext(Method method, Object[] arguments) {
        if (method.getName().equals("runOnContext")) {
            Handler<Void> task = (Handler<Void>) arguments[0];
            tasks.add(() -> task.handle(null));
            return null;
        }
        throw new UnsupportedOperationException(method.toString());
    }

    @SuppressWarnings("unchecked") // the only form in use
    private Object onVertx(Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "getOrCreateContext" -> context;
            case "setTimer" -> {
                timers.put(++lastTimer, (Handler<Long>) arguments[1]);
                yield lastTimer;
            }
            case "cancelTimer" -> timers.remove((Long) arguments[0]) != null;
            default -> throw new UnsupportedOperationException(method.toString());
        };
    }

    boolean hasTimers() {
        return !timers.isEmpty();
    }

    /** What comes from outside, such as a page from Postgres: in no particular order. */
    void later(Runnable reply) {
        replies.add(reply);
    }

    /** Runs the next task, if there is one. */
    void runTask() {
        if (!tasks.isEmpty()) {
            tasks.remove(0).run();
        }
    }

    void runReply(Random random) {
        if (!replies.isEmpty()) {
            replies.remove(random.nextInt(replies.size())).run();
        }
    }

    /** Fires one timer, not always the next that is due: the tests hold for any delays. */
    void fireTimer(Random random) {
        if (!timers.isEmpty()) {
            fire(List.copyOf(timers.keySet()).get(random.nextInt(timers.size())));
        }
    }

    /** Fires each timer that is set now. */
    void fireTimers() {
        List.copyOf(timers.keySet()).forEach(this::fire);
    }

    private void fire(Long which) {
        Handler<Long> handler = timers.remove(which);
        if (handler != null) {
            handler.handle(which);
        }
    }

    /** Runs all that is to be done without time passing. */
    void settle() {
        Random order = new Random(0);
        for (int steps = 0; !tasks.isEmpty() || !replies.isEmpty(); steps++) {
            runTask();
            runReply(order);
            if (steps > 100_000) {
                throw new AssertionError("the loop never comes to rest");
            }
        }
    }
}
