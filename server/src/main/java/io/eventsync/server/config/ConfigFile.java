package io.eventsync.server.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A config file as flat lines of key and value, whichever of the two formats it is in. */
final class ConfigFile {
    private static final int BYTES_MAX = 1024 * 1024;

    private ConfigFile() {}

    static List<Line> read(Path file) throws UnusableException {
        String name = file.toString().toLowerCase(Locale.ROOT);
        boolean isYaml = name.endsWith(".yaml") || name.endsWith(".yml");
        if (!isYaml && !name.endsWith(".properties")) {
            throw new UnusableException(0, "its name must end in .yaml, .yml or .properties");
        }
        try {
            String text = BoundedFile.read(file, BYTES_MAX);
            return isYaml ? YamlLines.parse(text) : PropertiesLines.parse(text);
        } catch (BoundedFile.UnreadableException e) {
            throw new UnusableException(0, e.detail());
        }
    }

    /**
     * @param value empty when the file gives the key no value
     * @param number counted from 1
     */
    record Line(String key, String value, int number) {
        String origin(Path file) {
            return file + ":" + number;
        }
    }

    /** The file as a whole cannot be used. */
    static final class UnusableException extends Exception {
        private static final long serialVersionUID = 1;

        private final int line;
        private final String detail;

        /** Line 0 is the whole file. */
        UnusableException(int line, String detail) {
            super(detail);
            this.line = line;
            this.detail = detail;
        }

        String at(Path file) {
            return line == 0 ? file.toString() : file + ":" + line;
        }

        String detail() {
            return detail;
        }
    }
}
