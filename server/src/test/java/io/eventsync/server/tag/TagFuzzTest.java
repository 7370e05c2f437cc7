package io.eventsync.server.tag;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

class TagFuzzTest {
    private static final Pattern TAG = Pattern.compile("(?=.{1,200}\\z)[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+){0,7}");

    /** The rule of the contract, said once more; and a prefix matches what begins with its segments. */
    @FuzzTest(maxDuration = "2m")
    void tag_isAccepted_exactlyWhenTheRuleSaysSo(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);

        assertThat(isAccepted(text)).isEqualTo(TAG.matcher(text).matches());
        for (int end = 1; end < Math.min(text.length(), 200); end++) {
            if (isAccepted(text) && isAccepted(text.substring(0, end))) {
                assertThat(TagPrefix.parse("p", text.substring(0, end)).matches(text))
                        .isEqualTo(text.charAt(end) == '.');
            }
        }
    }

    private static boolean isAccepted(String text) {
        try {
            Tag.requireValid("tag", text);
            return true;
        } catch (Failure refused) {
            assertThat(refused.reason()).isEqualTo(Reason.FIELD_INVALID);
            return false;
        }
    }
}
