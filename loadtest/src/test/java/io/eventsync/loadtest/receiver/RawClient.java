package io.eventsync.loadtest.receiver;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A client that sees what a connection really carries. */
final class RawClient implements AutoCloseable {

    private static final int READ_MILLIS_MAX = 10_000;

    private final Socket socket;
    private final InputStream in;

    RawClient(int port) throws IOException {
        this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
        this.in = socket.getInputStream();
        socket.setSoTimeout(READ_MILLIS_MAX);
    }

    void post(String path) throws IOException {
        String request = "POST " + path + " HTTP/1.1\r\nhost: test\r\nwebhook-id: raw\r\ncontent-length: 2\r\n\r\n{}";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    }

    void readMillisMax(int millis) throws SocketException {
        socket.setSoTimeout(millis);
    }

    /** The head of the answer, its empty line included. */
    String head() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return head.toString();
            }
            head.append((char) next);
        }
        return head.toString();
    }

    int read() throws IOException {
        return in.read();
    }

    byte[] read(int bytes) throws IOException {
        return in.readNBytes(bytes);
    }

    byte[] all() throws IOException {
        return in.readAllBytes();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
