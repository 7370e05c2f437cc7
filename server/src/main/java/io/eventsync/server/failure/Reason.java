package io.eventsync.server.failure;

/** Why a call failed. Names, codes and retry rule are those of {@code eventsync.v1.Reason}; a test holds the two together. */
public enum Reason {
    MESSAGE_MALFORMED(Code.INVALID_ARGUMENT),
    FIELD_INVALID(Code.INVALID_ARGUMENT),
    CURSOR_MALFORMED(Code.INVALID_ARGUMENT),
    CURSOR_VERSION(Code.INVALID_ARGUMENT),
    CURSOR_EXPIRED(Code.OUT_OF_RANGE),
    CURSOR_AHEAD(Code.OUT_OF_RANGE),
    CURSOR_FOREIGN(Code.FAILED_PRECONDITION),
    PAGE_TOKEN_INVALID(Code.INVALID_ARGUMENT),
    EVENT_ID_REUSED(Code.ALREADY_EXISTS),
    RESOURCE_EXISTS(Code.ALREADY_EXISTS),
    RESOURCE_NOT_FOUND(Code.NOT_FOUND),
    ETAG_MISMATCH(Code.ABORTED),
    CURSOR_BACKWARDS(Code.FAILED_PRECONDITION),
    SEQUENCE_GAP(Code.ABORTED),
    MESSAGE_TOO_LARGE(Code.RESOURCE_EXHAUSTED),
    OVERLOADED(Code.RESOURCE_EXHAUSTED),
    LIMIT_REACHED(Code.RESOURCE_EXHAUSTED),
    DISK_LOW(Code.RESOURCE_EXHAUSTED),
    RATE_LIMITED(Code.RESOURCE_EXHAUSTED),
    STORE_UNAVAILABLE(Code.UNAVAILABLE),
    DRAINING(Code.UNAVAILABLE),
    DEADLINE_EXCEEDED(Code.DEADLINE_EXCEEDED),
    UNAUTHENTICATED(Code.UNAUTHENTICATED),
    TAG_FORBIDDEN(Code.PERMISSION_DENIED),
    FEATURE_OFF(Code.UNIMPLEMENTED),
    ENCODING_UNSUPPORTED(Code.UNIMPLEMENTED),
    TOO_MANY_MESSAGES(Code.UNIMPLEMENTED),
    METADATA_INVALID(Code.INVALID_ARGUMENT),
    INTERNAL(Code.INTERNAL),
    TERMINATED(Code.ABORTED),
    DESTINATION_REFUSED(Code.FAILED_PRECONDITION),
    SECRET_KEY_MISSING(Code.FAILED_PRECONDITION),
    ENDPOINT_INACTIVE(Code.FAILED_PRECONDITION),
    DELIVERY_IN_FLIGHT(Code.ABORTED);

    private final Code code;

    Reason(Code code) {
        this.code = code;
    }

    public Code code() {
        return code;
    }

    /** The gRPC status codes in use, with their numbers on the wire. */
    public enum Code {
        INVALID_ARGUMENT(3),
        DEADLINE_EXCEEDED(4),
        NOT_FOUND(5),
        ALREADY_EXISTS(6),
        PERMISSION_DENIED(7),
        RESOURCE_EXHAUSTED(8),
        FAILED_PRECONDITION(9),
        ABORTED(10),
        OUT_OF_RANGE(11),
        UNIMPLEMENTED(12),
        INTERNAL(13),
        UNAVAILABLE(14),
        UNAUTHENTICATED(16);

        private final int number;

        Code(int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }
    }
}
