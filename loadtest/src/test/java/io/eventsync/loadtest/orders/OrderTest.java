package io.eventsync.loadtest.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrderTest {

    private static final String GOOD =
            "{\"order_id\":\"17\",\"customer\":\"Ada\",\"items\":[{\"sku\":\"tea\",\"quantity\":2,\"cents\":450}]}";

    @Test
    void order_isRead_andGivesItsEventId() {
        Order order = Order.parse(new JsonObject(GOOD), "fallback");

        assertThat(order.eventId()).isEqualTo("order-17-created");
        assertThat(order.cents()).isEqualTo(900);
        assertThat(order.toJson().encode()).isEqualTo(GOOD);
    }

    @Test
    void order_takesTheFallback_whenItHasNoId() {
        JsonObject body = new JsonObject(GOOD);
        body.remove("order_id");

        assertThat(Order.parse(body, "key-1").eventId()).isEqualTo("order-key-1-created");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"17\"       | \"a b\"      | order_id:",
                "\"17\"       | 17           | order_id:",
                "\"Ada\"      | \"\"         | customer:",
                "\"Ada\"      | null         | customer:",
                "\"tea\"      | 5            | items.sku:",
                "2            | 0            | items.quantity:",
                "2            | 4294967297   | items.quantity:",
                "2            | 1.5          | items.quantity:",
                "450          | -1           | items.cents:",
                "\"customer\" | \"client\"   | client:",
                "\"items\"    | \"lines\"    | lines:"
            })
    void order_isRefused_withTheNameOfTheField(String part, String instead, String message) {
        JsonObject bad = new JsonObject(GOOD.replaceFirst(part, instead));

        assertThatThrownBy(() -> Order.parse(bad, "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void maker_makesTheSameOrders_whenTheSeedIs_andRepeatsSome() {
        OrderMaker one = new OrderMaker("run", 7, 30);
        OrderMaker other = new OrderMaker("run", 7, 30);
        int repeated = 0;
        Order before = one.next();
        assertThat(other.next()).isEqualTo(before);
        for (int i = 0; i < 1_000; i++) {
            Order order = one.next();
            assertThat(other.next()).isEqualTo(order);
            repeated += order.equals(before) ? 1 : 0;
            before = order;
        }
        assertThat(repeated).isBetween(230, 370);
    }
}
