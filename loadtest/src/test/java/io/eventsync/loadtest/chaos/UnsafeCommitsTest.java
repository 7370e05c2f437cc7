package io.eventsync.loadtest.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

class UnsafeCommitsTest {

    @Test
    void start_asksForCommitsThatDoNotWait_andIsAsLongAsBefore() {
        Buffer start = Buffer.buffer("\0\0\0*\0\3\0\0user\0postgres\0synchronous_commit\0on\0search_path\0x\0\0");

        Buffer changed = UnsafeCommits.ask(start);

        assertThat(changed.toString()).contains("synchronous_commit\0no\0search_path");
        assertThat(changed.length()).isEqualTo(start.length());
    }

    @Test
    void otherBytes_areLeftAlone() {
        Buffer start = Buffer.buffer("synchronous_commit\0off\0");

        assertThat(UnsafeCommits.ask(start)).isEqualTo(start);
    }
}
