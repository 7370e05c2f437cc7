package io.eventsync.server.mail;

import io.eventsync.server.event.EventContent;
import io.eventsync.server.event.LogEvent;
import io.eventsync.server.failure.Failure;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes the text of a mail out of an event. Each placeholder is replaced once, and what replaces it is never looked at again, so an
 * event cannot name placeholders. Braces around anything else stay as they are.
 */
public final class MailTemplate {
    static final int SUBJECT_TEMPLATE_CHARS_MAX = 200;
    static final int BODY_TEMPLATE_CHARS_MAX = 16 << 10;
    // A template may ask for the same long text many times over.
    static final int SUBJECT_CHARS_MAX = 500;
    static final int BODY_CHARS_MAX = 256 << 10;

    private static final String DEFAULT_SUBJECT = "[{tag}] {message}";
    private static final String DEFAULT_BODY =
            "{message}\n\ntag: {tag}\nid: {id}\nkey: {key}\nposition: {position}\nevent_time: {event_time}\n";

    private static final String OF_SUBJECTS = "id|tag|key|message|position|event_time|attributes\\.[^{}]+";
    private static final Pattern IN_SUBJECT = Pattern.compile("\\{(" + OF_SUBJECTS + ")}");
    private static final Pattern IN_BODY = Pattern.compile("\\{(" + OF_SUBJECTS + "|payload)}");
    private static final String ATTRIBUTE = "attributes.";
    private static final Pattern LINE_BREAK = Pattern.compile("\\R");
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private final String subject;
    private final String body;

    private MailTemplate(String subject, String body) {
        this.subject = subject;
        this.body = body;
    }

    /**
     * @param subject empty for the default
     * @param body empty for all that the event has
     * @throws Failure FIELD_INVALID for {@code subject_template} or {@code body_template}, if one is too long
     */
    public static MailTemplate of(String subject, String body) {
        requireLength("subject_template", subject, SUBJECT_TEMPLATE_CHARS_MAX);
        requireLength("body_template", body, BODY_TEMPLATE_CHARS_MAX);
        return new MailTemplate(subject.isEmpty() ? DEFAULT_SUBJECT : subject, body);
    }

    private static void requireLength(String field, String text, int max) {
        int length = text.codePointCount(0, text.length());
        if (length > max) {
            throw Failure.field(field, "has " + length + " characters, at most " + max + " are allowed");
        }
    }

    public MailText render(LogEvent event) {
        EventContent content = event.content();
        Values values = new Values(event, content, PayloadText.of(content.payload()));
        String oneLine = CONTROL.matcher(LINE_BREAK
                        .matcher(filled(subject, IN_SUBJECT, values, SUBJECT_CHARS_MAX))
                        .replaceAll(" "))
                .replaceAll(" ");
        String text = body.isEmpty() ? all(values) : filled(body, IN_BODY, values, BODY_CHARS_MAX);
        // A lone carriage return has no place in a mail.
        String lines = text.replace("\r\n", "\n").replace('\r', '\n');
        return new MailText(oneLine.strip(), cut(lines, BODY_CHARS_MAX));
    }

    /** The attributes' values are not part of a template: they might hold placeholders. */
    private static String all(Values values) {
        StringBuilder all = new StringBuilder(filled(DEFAULT_BODY, IN_BODY, values, BODY_CHARS_MAX));
        values.content()
                .attributes()
                .forEach((name, value) -> all.append(ATTRIBUTE)
                        .append(name)
                        .append(": ")
                        .append(value)
                        .append('\n'));
        return all.append('\n').append(values.payload()).append('\n').toString();
    }

    private static String filled(String template, Pattern placeholder, Values values, int charsMax) {
        StringBuilder filled = new StringBuilder();
        Matcher placeholders = placeholder.matcher(template);
        int from = 0;
        while (placeholders.find() && filled.length() <= charsMax) {
            filled.append(template, from, placeholders.start()).append(values.of(placeholders.group(1)));
            from = placeholders.end();
        }
        return cut(filled.append(template, from, template.length()).toString(), charsMax);
    }

    private static String cut(String text, int charsMax) {
        if (text.length() <= charsMax) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(charsMax - 1)) ? charsMax - 1 : charsMax);
    }

    /** What the placeholders stand for. */
    private record Values(LogEvent event, EventContent content, String payload) {
        String of(String name) {
            return switch (name) {
                case "id" -> event.id();
                case "tag" -> event.tag();
                case "key" -> content.key();
                case "message" -> content.message();
                case "position" -> Long.toString(event.position());
                case "event_time" -> time().toString();
                case "payload" -> payload;
                default -> content.attributes().getOrDefault(name.substring(ATTRIBUTE.length()), "");
            };
        }

        private Instant time() {
            return content.eventTime().orElseGet(() -> Instant.EPOCH.plus(event.ingestMicros(), ChronoUnit.MICROS));
        }
    }
}
