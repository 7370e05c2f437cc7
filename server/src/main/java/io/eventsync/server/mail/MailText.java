package io.eventsync.server.mail;

/** What a mail says. The subject is one line. */
public record MailText(String subject, String body) {}
