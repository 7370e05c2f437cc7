package io.eventsync.server.mail;

/** Why a mail was not taken. */
public enum MailError {
    /** It was. */
    NONE,
    /** The relay's name is unknown, or nobody answers there. */
    CONNECT,
    /** No trusted TLS connection came about. */
    TLS,
    /** Not done in the time allowed; it may have been taken all the same. */
    TIMEOUT,
    /** The relay hung up; it may have been taken all the same. */
    CONNECTION_LOST,
    /** The relay does not speak SMTP as it should, or lacks what is asked of it, such as STARTTLS or a way to log in. */
    PROTOCOL,
    /** The relay refused it for good, code 500 to 599. */
    STATUS,
    /** The relay asked to try later, code 400 to 499. */
    THROTTLED,
    /** A defect on this side. */
    INTERNAL
}
