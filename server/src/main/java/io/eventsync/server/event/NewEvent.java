package io.eventsync.server.event;

/**
 * A valid event on its way into the log.
 *
 * @param id the producer's id, or one the server made
 * @param idFromProducer whether the log must be searched for the id: one just made by the server cannot be there
 * @param body the stored form, see {@link StoredBody}
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a whole
public record NewEvent(String id, boolean idFromProducer, String tag, byte[] body) {
    /**
     * An event of the server's own. Its id says what it is about, so that a node that takes over and says it again says it once.
     *
     * @param key may be empty
     * @param message may be empty
     * @param json one JSON value; not checked
     */
    public static NewEvent json(String id, String tag, String key, String message, String json) {
        return new NewEvent(id, true, tag, StoredBody.ofJson(key, message, json));
    }

    /** The same, ingested by this principal. */
    public NewEvent by(String producer) {
        return new NewEvent(id, idFromProducer, tag, StoredBody.withProducer(body, producer));
    }

    /** About what it takes in memory and on the wire. */
    int bytes() {
        return body.length + id.length() + tag.length() + 64;
    }
}
