package io.eventsync.server;

import static io.eventsync.server.postgres.TestSql.await;
import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.v1.AdminServiceGrpcClient;
import io.eventsync.v1.GetServerInfoRequest;
import io.vertx.core.Future;
import io.vertx.grpc.client.GrpcClient;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code server.connections-max}: one more is closed, and there is room again when one goes. */
@Timeout(60)
class ConnectionLimitIT {
    private static boolean isServed(TestServer server, GrpcClient client) {
        return await(AdminServiceGrpcClient.create(client, server.address())
                .getServerInfo(GetServerInfoRequest.getDefaultInstance())
                .map(true)
                .recover(e -> Future.succeededFuture(false)));
    }

    @Test
    void connection_isClosed_whenTheNodeHasAsManyAsItTakes() {
        try (TestServer server = TestServer.start(Map.of("server-connections-max", "1"))) {
            GrpcClient first = server.newClient();
            assertThat(isServed(server, first)).isTrue();

            assertThat(isServed(server, server.newClient())).isFalse();
            assertThat(isServed(server, first)).isTrue();

            done(first.close());
            await().until(() -> isServed(server, server.newClient()));
        }
    }
}
