package io.eventsync.client.internal;

import io.eventsync.v1.Start;

/**
 * A place in the log that may lie inside a frame: after the cursor's point, and after this position too.
 *
 * <p>Servers give a cursor per frame, readers process events one by one. Going on from here begins at the cursor, so that the server checks
 * it, and leaves out what is not after the position. Its text is the cursor, with {@code ~position} behind it where there is one; no cursor
 * has a {@code ~}.
 *
 * @param position 0 where the cursor says it all
 */
public record Place(String cursor, long position) {
    private static final char MARK = '~';

    /** Reads the text form; whatever is no such form is taken for a cursor, which the server will judge. */
    public static Place parse(String text) {
        int mark = text.lastIndexOf(MARK);
        if (mark < 0) {
            return new Place(text, 0);
        }
        try {
            return new Place(text.substring(0, mark), Long.parseLong(text.substring(mark + 1)));
        } catch (NumberFormatException notOurs) {
            return new Place(text, 0);
        }
    }

    public Start start() {
        return Start.newBuilder().setCursor(cursor).build();
    }

    public String text() {
        return position == 0 ? cursor : cursor + MARK + position;
    }
}
