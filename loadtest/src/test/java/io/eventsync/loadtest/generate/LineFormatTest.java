package io.eventsync.loadtest.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LineFormatTest {

    private static final ZoneId KATHMANDU = ZoneId.of("Asia/Kathmandu");
    private static final LogEntry ENTRY = new LogEntry(
            Instant.parse("2026-01-31T12:00:00.250Z"),
            Level.INFO,
            "shop",
            "CART.ADDED",
            "said \"5, please\"\nand left",
            "user-7",
            "00ff",
            Map.of("region", "eu"));

    @Test
    void csv_quotesWhatWouldBreakARow() {
        CsvLines csv = new CsvLines(Set.of("region"));

        assertThat(csv.header()).isEqualTo("time,level,service,tag,message,user_id,session_token,region\n");
        assertThat(csv.line(ENTRY))
                .isEqualTo(
                        "2026-01-31T12:00:00.250Z,INFO,shop,CART.ADDED,\"said \"\"5, please\"\"\nand left\",user-7,00ff,eu\n");
    }

    @Test
    void json_isOneObjectALine() {
        assertThat(new JsonLines().line(ENTRY))
                .isEqualTo(
                        "{\"time\":\"2026-01-31T12:00:00.250Z\",\"level\":\"INFO\",\"service\":\"shop\",\"tag\":\"CART.ADDED\","
                                + "\"message\":\"said \\\"5, please\\\"\\nand left\",\"user_id\":\"user-7\",\"session_token\":\"00ff\","
                                + "\"region\":\"eu\"}\n");
    }

    @Test
    void text_fillsTheFormatStringIn() {
        assertThat(text("[%(asctime)s] %(levelname)-6s|%(levelname)6s|%(name)s %(region)s 100%%"))
                .isEqualTo("[2026-01-31 17:45:00,250] INFO  |  INFO|shop eu 100%\n");
        assertThat(text(TextPattern.DEFAULT)).startsWith("[2026-01-31 17:45:00,250] INFO: said");
    }

    @Test
    void text_namesWhatThereIsNot() {
        assertThatThrownBy(() -> text("%(user)s"))
                .hasMessageContaining("%(user)s")
                .hasMessageContaining("user_id");
        assertThatThrownBy(() -> text("%d items")).hasMessageContaining("%(name)s");
    }

    private static String text(String pattern) {
        return TextPattern.parse(pattern, Set.of("region"), KATHMANDU).line(ENTRY);
    }
}
