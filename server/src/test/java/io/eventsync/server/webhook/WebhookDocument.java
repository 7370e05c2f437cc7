package io.eventsync.server.webhook;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** docs/WEBHOOKS.md: its code, which is in fenced blocks. */
final class WebhookDocument {
    private static final Path FILE = Path.of("..", "docs", "WEBHOOKS.md");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+)\\n(.*?)^```$");

    private WebhookDocument() {}

    /** The one block whose first line is a comment with this file name; written below the folder. */
    static Path file(Path folder, String name) {
        List<String> found = blocks().stream()
                .map(block -> block.group(2))
                .filter(code -> code.startsWith("// " + name + "\n") || code.startsWith("# " + name + "\n"))
                .toList();
        if (found.size() != 1) {
            throw new AssertionError(FILE + " has " + found.size() + " blocks that begin with the name " + name);
        }
        try {
            return Files.writeString(folder.resolve(name), found.get(0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Requests as the page shows them. */
    static List<String> requests() {
        return blocks().stream()
                .filter(block -> block.group(1).equals("http"))
                .map(block -> block.group(2))
                .toList();
    }

    private static List<MatchResult> blocks() {
        try {
            return BLOCK.matcher(Files.readString(FILE)).results().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
