package io.eventsync.server.secret;

import java.util.Optional;

/** What came of opening a sealed secret. */
public sealed interface Unsealed {
    /** The secret, if it could be had. */
    Optional<Secret> secret();

    /** It was opened and is what was sealed for this context. */
    record Opened(Secret value) implements Unsealed {
        @Override
        public Optional<Secret> secret() {
            return Optional.of(value);
        }
    }

    /**
     * It was sealed with a key that this server was not given.
     *
     * @param keyId as {@link SecretBox#keyId()} of a server that has it
     */
    record UnknownKey(String keyId) implements Unsealed {
        @Override
        public Optional<Secret> secret() {
            return Optional.empty();
        }
    }

    /** It was changed, cut, or sealed for another context. */
    record Broken() implements Unsealed {
        @Override
        public Optional<Secret> secret() {
            return Optional.empty();
        }
    }
}
