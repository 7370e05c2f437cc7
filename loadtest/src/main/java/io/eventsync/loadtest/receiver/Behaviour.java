package io.eventsync.loadtest.receiver;

/** How an endpoint treats requests, since when. */
record Behaviour(Mode mode, SignatureCheck signature, long sinceMillis) {

    Behaviour withMode(Mode changed, long nowMillis) {
        return new Behaviour(changed, signature, nowMillis);
    }

    Behaviour withSignature(SignatureCheck changed) {
        return new Behaviour(mode, changed, sinceMillis);
    }
}
