package io.eventsync.loadtest.orders;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Orders by chance; some are the one before once more, as an impatient client sends them. */
final class OrderMaker {

    private static final int CUSTOMERS = 500;
    private static final int ITEMS_MAX = 4;
    private static final int SKUS = 200;

    private final String run;
    private final int repeatPercent;
    private final SplittableRandom random;
    private @Nullable Order last;
    private long made;

    /** @param run tells the orders of this run from those of others, at most 32 characters of an order's id */
    OrderMaker(String run, long seed, int repeatPercent) {
        this.run = run;
        this.repeatPercent = repeatPercent;
        this.random = new SplittableRandom(seed);
    }

    Order next() {
        Order before = last;
        if (before != null && random.nextInt(100) < repeatPercent) {
            return before;
        }
        made++;
        List<Order.Item> items = new ArrayList<>();
        int count = random.nextInt(1, ITEMS_MAX + 1);
        for (int i = 0; i < count; i++) {
            items.add(
                    new Order.Item("sku-" + random.nextInt(SKUS), random.nextInt(1, 6), random.nextLong(199, 20_000)));
        }
        Order order = new Order(run + "-" + made, "customer-" + random.nextInt(CUSTOMERS), items);
        last = order;
        return order;
    }
}
