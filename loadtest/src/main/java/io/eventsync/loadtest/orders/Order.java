package io.eventsync.loadtest.orders;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a customer ordered.
 *
 * @param id 1 to 64 letters, digits, `-` and `_`; whoever sends the order again keeps it
 * @param customer 1 to 200 characters
 * @param items 1 to 100
 */
record Order(String id, String customer, List<Item> items) {

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final int TEXT_MAX = 200;
    private static final int ITEMS_MAX = 100;
    private static final int QUANTITY_MAX = 10_000;
    private static final long CENTS_MAX = 100_000_000;

    Order {
        require(ID.matcher(id).matches(), "order_id", "1 to 64 letters, digits, - and _");
        requireText(customer, "customer");
        require(!items.isEmpty() && items.size() <= ITEMS_MAX, "items", "1 to 100 items");
        items = List.copyOf(items);
    }

    /**
     * One line of an order.
     *
     * @param sku 1 to 200 characters
     * @param quantity 1 to 10,000
     * @param cents the price of one, up to 100,000,000
     */
    record Item(String sku, int quantity, long cents) {

        Item {
            requireText(sku, "items.sku");
            require(quantity >= 1 && quantity <= QUANTITY_MAX, "items.quantity", "a whole number from 1 to 10000");
            require(cents >= 0 && cents <= CENTS_MAX, "items.cents", "a whole number from 0 to 100000000");
        }
    }

    /**
     * Reads {@code {"order_id", "customer", "items": [{"sku", "quantity", "cents"}]}}.
     *
     * @param fallbackId for a body without `order_id`
     * @throws IllegalArgumentException names the field
     */
    static Order parse(JsonObject body, String fallbackId) {
        for (String name : body.fieldNames()) {
            require(List.of("order_id", "customer", "items").contains(name), name, "order_id, customer or items");
        }
        require(body.getValue("items") instanceof JsonArray, "items", "an array of 1 to 100 items");
        List<Item> items = new ArrayList<>();
        for (Object item : body.getJsonArray("items")) {
            require(item instanceof JsonObject, "items", "an array of objects");
            items.add(item((JsonObject) item));
        }
        String id = body.containsKey("order_id") ? text(body, "order_id", "order_id") : fallbackId;
        return new Order(id, text(body, "customer", "customer"), items);
    }

    /** The key of deduplication: the same order gives the same event. */
    String eventId() {
        return "order-" + id + "-created";
    }

    long cents() {
        return items.stream().mapToLong(item -> item.quantity() * item.cents()).sum();
    }

    /** Always the same text for the same order, since EventSync tells a repeated event by its bytes. */
    JsonObject toJson() {
        JsonArray lines = new JsonArray();
        items.forEach(item -> lines.add(new JsonObject()
                .put("sku", item.sku())
                .put("quantity", item.quantity())
                .put("cents", item.cents())));
        return new JsonObject().put("order_id", id).put("customer", customer).put("items", lines);
    }

    private static Item item(JsonObject item) {
        return new Item(
                text(item, "sku", "items.sku"),
                (int) whole(item.getValue("quantity"), "items.quantity", QUANTITY_MAX),
                whole(item.getValue("cents"), "items.cents", CENTS_MAX));
    }

    private static String text(JsonObject object, String name, String path) {
        require(object.getValue(name) instanceof String, path, "a text");
        return object.getString(name);
    }

    private static long whole(@Nullable Object value, String path, long max) {
        boolean isWhole = value instanceof Integer || value instanceof Long;
        long number = isWhole && value instanceof Number given ? given.longValue() : -1;
        require(number >= 0 && number <= max, path, "a whole number from 0 to " + max);
        return number;
    }

    private static void requireText(String text, String field) {
        require(!text.isBlank() && text.length() <= TEXT_MAX, field, "1 to 200 characters");
    }

    private static void require(boolean isGood, String field, String expected) {
        if (!isGood) {
            throw new IllegalArgumentException(field + ": expected " + expected);
        }
    }
}
