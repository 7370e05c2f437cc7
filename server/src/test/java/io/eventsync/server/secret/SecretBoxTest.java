package io.eventsync.server.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsync.server.secret.Unsealed.Broken;
import io.eventsync.server.secret.Unsealed.Opened;
import io.eventsync.server.secret.Unsealed.UnknownKey;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SecretBoxTest {
    private static final String CONTEXT = "endpoint/17/signing";

    private final SecretBox box = new SecretBox(List.of(key(1)));

    private static SealingKey key(int seed) {
        byte[] bytes = new byte[32];
        new Random(seed).nextBytes(bytes);
        return SealingKey.of(bytes);
    }

    @Test
    void secret_comesBack_whateverItsLength() {
        Random random = new Random(1);
        for (int length = 0; length < 300; length++) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            Secret secret = Secret.of(bytes);

            assertThat(box.unseal(box.seal(secret, CONTEXT), CONTEXT)).isEqualTo(new Opened(secret));
        }
    }

    @Test
    void storedForm_isVersionKeyIdNonceCiphertextAndTag() {
        byte[] sealed = box.seal(Secret.ofText("abc"), CONTEXT);

        assertThat(sealed).hasSize(1 + 4 + 12 + 3 + 16);
        assertThat(sealed[0]).isEqualTo((byte) 1);
        assertThat(java.util.HexFormat.of().formatHex(sealed, 1, 5)).isEqualTo(box.keyId());
    }

    @Test
    void nonce_isAnotherEachTime() {
        Set<String> nonces = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            nonces.add(Arrays.toString(Arrays.copyOfRange(box.seal(Secret.ofText("a"), CONTEXT), 5, 17)));
        }

        assertThat(nonces).hasSize(1_000);
    }

    @Test
    void anyFlippedBit_isNoticed() {
        byte[] sealed = box.seal(Secret.ofText("abc"), CONTEXT);
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] changed = sealed.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);

            Unsealed opened = box.unseal(changed, CONTEXT);

            boolean isInKeyId = bit / 8 >= 1 && bit / 8 < 5;
            assertThat(opened).as("bit %d", bit).isInstanceOf(isInKeyId ? UnknownKey.class : Broken.class);
            assertThat(opened.secret()).isEmpty();
        }
    }

    @Test
    void anyCut_isNoticed() {
        byte[] sealed = box.seal(Secret.ofText("abc"), CONTEXT);
        for (int length = 0; length < sealed.length; length++) {
            assertThat(box.unseal(Arrays.copyOf(sealed, length), CONTEXT))
                    .as("length %d", length)
                    .isEqualTo(new Broken());
        }
    }

    @Test
    void otherContext_doesNotOpen() {
        byte[] sealed = box.seal(Secret.ofText("abc"), CONTEXT);

        assertThat(box.unseal(sealed, "endpoint/18/signing")).isEqualTo(new Broken());
    }

    @Test
    void otherKey_isNamed() {
        byte[] sealed = box.seal(Secret.ofText("abc"), CONTEXT);

        assertThat(new SecretBox(List.of(key(2))).unseal(sealed, CONTEXT)).isEqualTo(new UnknownKey(box.keyId()));
    }

    @Test
    void rotation_opensTheOldAndSealsWithTheNew() {
        byte[] old = box.seal(Secret.ofText("abc"), CONTEXT);
        SecretBox rotated = new SecretBox(List.of(key(2), key(1)));

        assertThat(rotated.unseal(old, CONTEXT)).isEqualTo(new Opened(Secret.ofText("abc")));
        assertThat(rotated.isOfOlderKey(old)).isTrue();
        byte[] again = rotated.seal(Secret.ofText("abc"), CONTEXT);
        assertThat(rotated.isOfOlderKey(again)).isFalse();
        assertThat(new SecretBox(List.of(key(2))).unseal(again, CONTEXT).secret())
                .contains(Secret.ofText("abc"));
        assertThat(box.unseal(again, CONTEXT)).isEqualTo(new UnknownKey(rotated.keyId()));
    }

    @Test
    void noKey_isRefused() {
        assertThatThrownBy(() -> new SecretBox(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SealingKey.of(new byte[31])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void randomKey_isAnotherEachTime() {
        assertThat(SecretBox.ofRandomKey().keyId())
                .isNotEqualTo(SecretBox.ofRandomKey().keyId());
    }

    @Test
    void secret_isNotShown() {
        Secret secret = Secret.ofText("hunter2");

        assertThat(secret.toString()).isEqualTo("***");
        assertThat(new Opened(secret).toString()).doesNotContain("hunter2");
        assertThat(key(1).toString()).isEqualTo("SealingKey[" + box.keyId() + "]");
        assertThat(secret.text()).isEqualTo("hunter2");
        assertThat(secret)
                .isEqualTo(Secret.of("hunter2".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .hasSameHashCodeAs(Secret.ofText("hunter2"))
                .isNotEqualTo(Secret.ofText("hunter3"));
    }

    @Test
    void secret_doesNotChange_withTheArraysAroundIt() {
        byte[] bytes = {1, 2};
        Secret secret = Secret.of(bytes);

        bytes[0] = 9;
        secret.bytes()[1] = 9;

        assertThat(secret.bytes()).containsExactly(1, 2);
    }
}
