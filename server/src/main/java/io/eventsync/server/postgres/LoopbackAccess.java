package io.eventsync.server.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;

/** Port and password for those who reach Postgres over 127.0.0.1 instead of its unix socket. */
record LoopbackAccess(int port, String password) {
    private static final int PASSWORD_BYTES = 32;

    static LoopbackAccess prepare(Path home, DataFolder data)
            throws IOException, EmbeddedPostgresException, InterruptedException {
        Path file = home.resolve("password");
        if (!Files.exists(file)) {
            create(file, home, data);
        }
        return new LoopbackAccess(freePort(), Files.readString(file).strip());
    }

    /** The database learns it first: a crash in between leaves no file, and so a new password at the next start. */
    private static void create(Path file, Path home, DataFolder data)
            throws IOException, EmbeddedPostgresException, InterruptedException {
        byte[] random = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(random);
        String password = HexFormat.of().formatHex(random);
        data.execute(
                DataFolder.in(home), "alter role " + EmbeddedPostgres.SUPERUSER + " password '" + password + "'\n");
        Path temporary = home.resolve("password.new");
        Files.deleteIfExists(temporary);
        try (FileChannel channel = FileChannel.open(
                temporary,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                Folders.mode("rw-------"))) {
            channel.write(ByteBuffer.wrap((password + "\n").getBytes(StandardCharsets.UTF_8)));
            channel.force(true);
        }
        Folders.publish(temporary, file);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public String toString() {
        return "LoopbackAccess[port=" + port + ", password=(hidden)]";
    }
}
