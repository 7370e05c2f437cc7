package io.eventsync.loadtest.generate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads custom fields: a name, and the values it takes by chance, as in {@code region=eu|us}. */
final class FieldText {

    private static final Pattern NAME = Pattern.compile("\\w{1,64}");
    private static final int FIELDS_MAX = 24;

    private FieldText() {}

    /** Fails with a message for people that names the field. */
    static Map<String, List<String>> parse(Map<String, String> given) {
        if (given.size() > FIELDS_MAX) {
            throw new IllegalArgumentException("--field: at most " + FIELDS_MAX + " fields");
        }
        Map<String, List<String>> fields = new LinkedHashMap<>();
        given.forEach((name, values) -> {
            if (!NAME.matcher(name).matches() || Columns.FIXED.contains(name)) {
                throw new IllegalArgumentException(
                        "--field: '" + name + "' is not a new name of letters, digits and _");
            }
            fields.put(name, List.of(values.split("\\|", -1)));
        });
        return fields;
    }
}
