package io.eventsync.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.vertx.core.buffer.Buffer;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An HTTP/2 client that sends whatever it is told (RFC 9113), legal or not, and reports what comes back. Answers SETTINGS and PING and
 * gives credit by itself; keeps to the server's flow control.
 */
final class RawHttp2 implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;
    private static final int PADDED = 8;
    private static final int PRIORITY = 0x20;

    static final int PROTOCOL_ERROR = 1;
    static final int FLOW_CONTROL_ERROR = 3;
    static final int FRAME_SIZE_ERROR = 6;
    static final int REFUSED_STREAM = 7;
    static final int CANCEL = 8;
    static final int ENHANCE_YOUR_CALM = 11;

    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final int FRAME_BYTES_MAX = 16_384;
    private static final int WINDOW_BYTES = 65_535;
    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final int TIMEOUT_SECONDS = 15;

    private final Socket socket;
    private final DataOutputStream out;
    private final Map<Integer, Stream> streams = new ConcurrentHashMap<>();
    private final CompletableFuture<Integer> goAway = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final Object windows = new Object();
    private long connectionWindow = WINDOW_BYTES;
    private long initialWindow = WINDOW_BYTES;
    private volatile boolean answersPings = true;
    private volatile boolean acknowledgesSettings = true;
    private volatile CompletableFuture<Void> pong = new CompletableFuture<>();
    private int nextStream = 1;

    private RawHttp2(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        this.out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
        out.write(PREFACE.getBytes(StandardCharsets.US_ASCII));
    }

    static RawHttp2 connect(int port) {
        try {
            RawHttp2 client = new RawHttp2(new Socket(InetAddress.getLoopbackAddress(), port));
            client.frame(SETTINGS, 0, 0, new byte[0]);
            Thread reader = new Thread(client::read, "raw-http2");
            reader.setDaemon(true);
            reader.start();
            return client;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on it is one that is slow to obey: a new limit holds once it is acknowledged, not before. */
    void acknowledgeNoMoreSettings() {
        acknowledgesSettings = false;
    }

    /** Begins a stream with these names and values, in this order, as they are. */
    int open(boolean isEnd, List<String> namesAndValues) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndValues.size(); i += 2) {
            // A literal field without indexing (RFC 7541, 6.2.2): needs no table and takes any octet.
            block.write(0);
            literal(block, namesAndValues.get(i));
            literal(block, namesAndValues.get(i + 1));
        }
        int id = reserve();
        frame(HEADERS, END_HEADERS | (isEnd ? END_STREAM : 0), id, block.toByteArray());
        return id;
    }

    /** The id of the next stream, which stays idle. */
    int reserve() {
        int id = nextStream;
        nextStream += 2;
        synchronized (windows) {
            streams.put(id, new Stream(initialWindow));
        }
        if (goAway.isDone()) {
            stream(id).finish();
        }
        return id;
    }

    private static void literal(ByteArrayOutputStream block, String text) {
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        if (octets.length < 127) {
            block.write(octets.length);
        } else {
            block.write(127);
            int rest = octets.length - 127;
            while (rest >= 128) {
                block.write(rest % 128 + 128);
                rest /= 128;
            }
            block.write(rest);
        }
        block.writeBytes(octets);
    }

    /** Sends octets as the server's windows allow; stops early if the server has ended the stream. */
    void data(int id, byte[] octets, boolean isEnd) {
        int at = 0;
        do {
            int length = Math.min(FRAME_BYTES_MAX, octets.length - at);
            if (!takeWindow(id, length)) {
                return;
            }
            boolean isLast = at + length == octets.length;
            frame(DATA, isEnd && isLast ? END_STREAM : 0, id, Arrays.copyOfRange(octets, at, at + length));
            at += length;
        } while (at < octets.length);
    }

    private boolean takeWindow(int id, int length) {
        Stream stream = stream(id);
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        synchronized (windows) {
            while (connectionWindow < length || stream.window < length) {
                if (stream.end.isDone() || closed.isDone()) {
                    return false;
                }
                if (System.nanoTime() > patience) {
                    throw new IllegalStateException("the server gives no window");
                }
                try {
                    windows.wait(100);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            connectionWindow -= length;
            stream.window -= length;
            return true;
        }
    }

    void reset(int id, int code) {
        frame(RST_STREAM, 0, id, number(code));
    }

    void frame(int type, int flags, int id, byte[] payload) {
        byte[] head = {
            (byte) (payload.length >> 16),
            (byte) (payload.length >> 8),
            (byte) payload.length,
            (byte) type,
            (byte) flags,
            (byte) (id >> 24),
            (byte) (id >> 16),
            (byte) (id >> 8),
            (byte) id
        };
        try {
            synchronized (out) {
                out.write(head);
                out.write(payload);
                out.flush();
            }
        } catch (IOException e) {
            closed.complete(null);
        }
    }

    static byte[] number(int value) {
        return new byte[] {(byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value};
    }

    /** Leaves the peer waiting, as a machine does that has lost its network. */
    void stopAnsweringPings() {
        answersPings = false;
    }

    /** Waits until the server has ended the stream, or the connection. */
    WireAnswer answer(int id) {
        return get(stream(id).end);
    }

    /** Waits until this much of the stream's body is there. */
    byte[] body(int id, int length) {
        Stream stream = stream(id);
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        synchronized (stream) {
            while (stream.body.size() < length) {
                if (System.nanoTime() > patience) {
                    throw new IllegalStateException("only " + stream.body.size() + " bytes came");
                }
                try {
                    stream.wait(100);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            return stream.body.toByteArray();
        }
    }

    /** Waits until the server has taken in all that was sent before. */
    void flush() {
        CompletableFuture<Void> pong = new CompletableFuture<>();
        this.pong = pong;
        frame(PING, 0, 0, new byte[8]);
        Object unused = get(CompletableFuture.anyOf(pong, closed));
    }

    /** The code of the GOAWAY that has come, if one has. */
    OptionalInt goAway() {
        return goAway.isDone() ? OptionalInt.of(get(goAway)) : OptionalInt.empty();
    }

    int awaitGoAway() {
        return get(goAway);
    }

    boolean isClosed() {
        return closed.isDone();
    }

    void awaitClosed() {
        Object unused = get(closed);
    }

    private Stream stream(int id) {
        Stream stream = streams.get(id);
        if (stream == null) {
            throw new IllegalArgumentException("no stream " + id);
        }
        return stream;
    }

    private static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException("nothing within " + TIMEOUT_SECONDS + " s", e);
        }
    }

    private void read() {
        DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        boolean isEnd = false;
        try {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            while (true) {
                int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                int type = in.readUnsignedByte();
                int flags = in.readUnsignedByte();
                int id = in.readInt();
                byte[] payload = in.readNBytes(length);
                if (type == HEADERS || type == CONTINUATION) {
                    isEnd = type == HEADERS ? (flags & END_STREAM) != 0 : isEnd;
                    block.writeBytes(type == HEADERS ? fragment(flags, payload) : payload);
                    if ((flags & END_HEADERS) != 0) {
                        headers(id, decode(decoder, id, block.toByteArray()), isEnd);
                        block.reset();
                    }
                } else {
                    take(type, flags, id, payload);
                }
            }
        } catch (IOException | Http2Exception e) {
            closed.complete(null);
            streams.values().forEach(Stream::finish);
        }
    }

    private static byte[] fragment(int flags, byte[] payload) {
        int from = ((flags & PADDED) != 0 ? 1 : 0) + ((flags & PRIORITY) != 0 ? 5 : 0);
        int to = payload.length - ((flags & PADDED) != 0 ? payload[0] & 0xff : 0);
        return Arrays.copyOfRange(payload, from, to);
    }

    private static Http2Headers decode(DefaultHttp2HeadersDecoder decoder, int id, byte[] block) throws Http2Exception {
        ByteBuf octets = Unpooled.wrappedBuffer(block);
        return decoder.decodeHeaders(id, octets);
    }

    private void headers(int id, Http2Headers headers, boolean isEnd) {
        Stream stream = stream(id);
        headers.forEach(
                e -> stream.headers.put(e.getKey().toString(), e.getValue().toString()));
        if (isEnd) {
            stream.finish();
        }
    }

    private void take(int type, int flags, int id, byte[] payload) {
        if (type == DATA) {
            takeData(stream(id), payload, (flags & END_STREAM) != 0);
            if (payload.length > 0) {
                frame(WINDOW_UPDATE, 0, 0, number(payload.length));
                frame(WINDOW_UPDATE, 0, id, number(payload.length));
            }
        } else if (type == RST_STREAM) {
            stream(id).resetCode = OptionalInt.of(readNumber(payload, 0));
            stream(id).finish();
        } else if (type == GOAWAY) {
            goAway.complete(readNumber(payload, 4));
            streams.forEach((other, stream) -> finishUnlessServed(other, stream, payload));
        } else if (type == PING && (flags & ACK) != 0) {
            pong.complete(null);
        } else if (type == PING && answersPings) {
            frame(PING, ACK, 0, payload);
        } else if (type == SETTINGS && (flags & ACK) == 0) {
            takeSettings(payload);
            if (acknowledgesSettings) {
                frame(SETTINGS, ACK, 0, new byte[0]);
            }
        } else if (type == WINDOW_UPDATE) {
            takeCredit(id, readNumber(payload, 0));
        }
    }

    /** A stream after the last one in a GOAWAY is not looked at; after an error none is. */
    private static void finishUnlessServed(int id, Stream stream, byte[] goAway) {
        if (id > readNumber(goAway, 0) || readNumber(goAway, 4) != 0) {
            stream.finish();
        }
    }

    private static void takeData(Stream stream, byte[] payload, boolean isEnd) {
        synchronized (stream) {
            stream.body.writeBytes(payload);
            stream.notifyAll();
        }
        if (isEnd) {
            stream.finish();
        }
    }

    private void takeSettings(byte[] payload) {
        synchronized (windows) {
            for (int at = 0; at + 6 <= payload.length; at += 6) {
                if ((payload[at] << 8 | payload[at + 1]) == INITIAL_WINDOW_SIZE) {
                    long now = readNumber(payload, at + 2);
                    streams.values().forEach(stream -> stream.window += now - initialWindow);
                    initialWindow = now;
                }
            }
            windows.notifyAll();
        }
    }

    private void takeCredit(int id, int credit) {
        synchronized (windows) {
            if (id == 0) {
                connectionWindow += credit;
            } else {
                stream(id).window += credit;
            }
            windows.notifyAll();
        }
    }

    private static int readNumber(byte[] octets, int at) {
        return (octets[at] & 0xff) << 24
                | (octets[at + 1] & 0xff) << 16
                | (octets[at + 2] & 0xff) << 8
                | (octets[at + 3] & 0xff);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Stream {
        final Map<String, String> headers = new ConcurrentHashMap<>();
        final ByteArrayOutputStream body = new ByteArrayOutputStream();
        final CompletableFuture<WireAnswer> end = new CompletableFuture<>();
        long window;
        volatile OptionalInt resetCode = OptionalInt.empty();

        Stream(long window) {
            this.window = window;
        }

        synchronized void finish() {
            end.complete(new WireAnswer(Map.copyOf(headers), Buffer.buffer(body.toByteArray()), resetCode));
        }
    }

    /** A gRPC request's headers, with more after the usual ones. */
    static List<String> grpc(String path, String... more) {
        List<String> headers = new ArrayList<>(List.of(
                ":method", "POST",
                ":scheme", "http",
                ":path", path,
                ":authority", "127.0.0.1",
                "content-type", "application/grpc",
                "te", "trailers"));
        headers.addAll(List.of(more));
        return headers;
    }

    /** A gRPC message with its flag and length. */
    static byte[] framed(int flag, byte[] message) {
        return framed(flag, message.length, message);
    }

    static byte[] framed(int flag, int length, byte[] octets) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(flag);
        frame.writeBytes(number(length));
        frame.writeBytes(octets);
        return frame.toByteArray();
    }

    /** One call with one message. */
    WireAnswer call(String path, byte[] message, String... moreHeaders) {
        int id = open(false, grpc(path, moreHeaders));
        data(id, framed(0, message), true);
        return answer(id);
    }
}
