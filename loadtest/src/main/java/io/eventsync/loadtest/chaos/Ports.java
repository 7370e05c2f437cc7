package io.eventsync.loadtest.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for processes that come back to them. From below the range that the kernel gives to outgoing connections: it would give away the port of a
 * server that is down.
 */
final class Ports {

    private static final int MIN = 20_000;
    private static final int MAX = 32_000;
    private static final int TRIES_MAX = 200;

    private final Set<Integer> taken = new HashSet<>();

    int next() {
        for (int i = 0; i < TRIES_MAX; i++) {
            int port = ThreadLocalRandom.current().nextInt(MIN, MAX);
            if (isFree(port) && taken.add(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port between " + MIN + " and " + MAX);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
