package io.eventsync.server.tag;

/** Matches a tag that equals it or continues it by whole segments: {@code DATABASE} never matches {@code DATABASE2}. */
public record TagPrefix(String text) {
    public static TagPrefix parse(String field, String text) {
        Tag.requireValidPrefix(field, text);
        return new TagPrefix(text);
    }

    public boolean matches(String tag) {
        return tag.startsWith(text) && (tag.length() == text.length() || tag.charAt(text.length()) == '.');
    }
}
