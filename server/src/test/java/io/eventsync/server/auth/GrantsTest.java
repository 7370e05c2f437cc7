package io.eventsync.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.tag.TagPrefix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GrantsTest {
    private static final int CASES = 100_000;
    private static final String[] SEGMENTS = {"A", "B", "AB", "C"};

    private static final List<Action> ACTIONS = List.of(Action.values());

    private final Random random = new Random(20260118);

    /** X2: what a narrowed filter lets through is what the grants say, and nothing is taken away that they allow. */
    @Test
    void X2_narrowedFilters_matchWhatIsGranted() {
        int matched = 0;
        for (int n = 0; n < CASES; n++) {
            List<Grant> grants = randomGrants();
            Action action = ACTIONS.get(random.nextInt(3));
            List<TagPrefix> asked = randomPrefixes();
            String tag = randomTag();
            boolean isGranted = grants.stream().anyMatch(g -> oracle(g, action, tag));

            List<TagPrefix> narrowed;
            try {
                narrowed = new Grants(grants).narrowed(action, asked);
            } catch (Failure refused) {
                assertThat(refused.reason()).isEqualTo(Reason.TAG_FORBIDDEN);
                assertThat(asked.isEmpty() && isGranted).isFalse();
                continue;
            }
            boolean isSeen = narrowed.isEmpty() || narrowed.stream().anyMatch(p -> below(tag, p.text()));
            boolean isAsked = asked.isEmpty() || asked.stream().anyMatch(p -> below(tag, p.text()));
            assertThat(isSeen)
                    .as("%s asks %s for %s with %s", action, asked, tag, grants)
                    .isEqualTo(isAsked && isGranted);
            matched += isSeen ? 1 : 0;
        }
        assertThat(matched).isGreaterThan(CASES / 20);
    }

    @Test
    void X2_allows_isWhatIsGranted() {
        for (int n = 0; n < CASES; n++) {
            List<Grant> grants = randomGrants();
            Action action = ACTIONS.get(random.nextInt(4));
            String tag = randomTag();

            assertThat(new Grants(grants).allows(action, tag))
                    .isEqualTo(grants.stream().anyMatch(g -> oracle(g, action, tag)));
        }
    }

    private static boolean oracle(Grant grant, Action action, String tag) {
        boolean isAction = grant.action() == Action.ADMIN || grant.action() == action;
        return isAction
                && (grant.prefix().isEmpty() || below(tag, grant.prefix().get().text()));
    }

    private static boolean below(String tag, String prefix) {
        List<String> segments = Arrays.asList(tag.split("\\.", -1));
        List<String> of = Arrays.asList(prefix.split("\\.", -1));
        return segments.size() >= of.size() && segments.subList(0, of.size()).equals(of);
    }

    private List<Grant> randomGrants() {
        List<Grant> grants = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            Optional<TagPrefix> prefix =
                    random.nextInt(8) == 0 ? Optional.empty() : Optional.of(new TagPrefix(randomTag()));
            grants.add(new Grant(ACTIONS.get(random.nextInt(4)), prefix));
        }
        return grants;
    }

    private List<TagPrefix> randomPrefixes() {
        List<TagPrefix> prefixes = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            prefixes.add(new TagPrefix(randomTag()));
        }
        return prefixes;
    }

    private String randomTag() {
        List<String> segments = new ArrayList<>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            segments.add(SEGMENTS[random.nextInt(SEGMENTS.length)]);
        }
        return String.join(".", segments);
    }

    @ParameterizedTest
    @ValueSource(strings = {"read:*", "ingest:ORDER", "deliver:ORDER.PAID", "admin:*", "read:$SYSTEM"})
    void grant_isReadAndWritten(String text) {
        assertThat(Grant.parse(text)).map(Grant::toString).contains(text);
    }

    @Test
    void grantWithoutPrefix_isForAllTags() {
        assertThat(Grant.parse("read")).map(Grant::toString).contains("read:*");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "write:ORDER", "READ:ORDER", "read:", "read:OR DER", "read:ORDER.", "read:*.X", ":ORDER"})
    void whatIsNoGrant_isNotRead(String text) {
        assertThat(Grant.parse(text)).isEmpty();
    }

    @Test
    void certificates_areReadByName() {
        CertificateGrants grants = CertificateGrants.parse("billing=ingest:ORDER+read:ORDER, ops=admin:*")
                .orElseThrow();

        assertThat(grants.principal("billing").orElseThrow().grants()).hasToString("ingest:ORDER read:ORDER");
        assertThat(grants.principal("ops").orElseThrow().grants().allowsAll(Action.ADMIN))
                .isTrue();
        assertThat(grants.principal("other")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "billing", "=read:*", "a=read:*,a=admin:*", "a=write:*", "a="})
    void certificates_areRefused_whenMalformed(String text) {
        assertThat(CertificateGrants.parse(text)).isEmpty();
    }

    @Test
    void credentials_areReadFromBearerAndBasic() {
        assertThat(Credentials.of("Bearer abc", Optional.empty()).secret()).contains("abc");
        assertThat(Credentials.of("bearer  abc", Optional.empty()).secret()).contains("abc");
        assertThat(Credentials.of("Basic eDphYmM=", Optional.empty()).secret()).contains("abc");
        assertThat(Credentials.of(null, Optional.empty()).secret()).isEmpty();
        assertThat(Credentials.of("Bearer abc", Optional.empty()))
                .hasToString("Credentials[certificateName=Optional.empty]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer", "Bearer ", "Digest abc", "Basic %%%", "Basic eDo=", "abc"})
    void credentials_areRefused_whenMalformed(String header) {
        assertThatThrownBy(() -> Credentials.of(header, Optional.empty()))
                .isInstanceOfSatisfying(
                        Failure.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAUTHENTICATED));
    }

    @Test
    void tokenSecrets_areRead_andTellNothing() {
        TokenSecret secret = TokenSecret.random();

        assertThat(TokenSecret.parse(secret.text())).contains(secret);
        assertThat(secret.toString()).doesNotContain(secret.text());
        assertThat(TokenSecret.parse(secret.text() + "x")).isEmpty();
        assertThat(TokenSecret.parse("a.b.c")).isEmpty();
    }
}
