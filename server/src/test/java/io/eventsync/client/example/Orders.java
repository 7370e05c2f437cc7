package io.eventsync.client.example;

// example: program
import io.eventsync.client.EventSyncClient;
import io.eventsync.v1.Event;

public class Orders {
    public static void main(String[] args) {
        EventSyncClient client = EventSyncClient.connect(args.length > 0 ? args[0] : "localhost:7300");
        Event event = Event.newBuilder()
                .setId("order-18-paid")
                .setTag("ORDER.PAID")
                .setJson("{\"amount\": 12.50}")
                .build();
        client.publish(event)
                .onSuccess(published -> System.out.println(published.id() + " is at " + published.position()))
                .eventually(client::close)
                .onFailure(failure -> System.err.println(failure.getMessage()));
    }
}
// end
