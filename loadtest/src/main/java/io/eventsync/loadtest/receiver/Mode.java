package io.eventsync.loadtest.receiver;

import java.util.Objects;

/**
 * How an endpoint behaves, in its text form, such as {@code ok}, {@code status:503} or {@code fail:5}. A bare number is a
 * status.
 */
public final class Mode {

    static final Mode OK = parse("ok");

    private final String text;
    private final Rule rule;

    private Mode(String text, Rule rule) {
        this.text = text;
        this.rule = rule;
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException with a message for people, if there is no such mode or its arguments make no sense
     */
    public static Mode parse(String text) {
        String full = text.matches("\\d+") ? "status:" + text : text;
        return new Mode(full, ModeForms.rule(full));
    }

    Answer answer(Call call) {
        return rule.answer(call);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Mode mode && mode.text.equals(text);
    }

    @Override
    public int hashCode() {
        return Objects.hash(text);
    }

    /** The text form. */
    @Override
    public String toString() {
        return text;
    }

    /** What a mode does, without input or output. */
    interface Rule {
        Answer answer(Call call);
    }
}
