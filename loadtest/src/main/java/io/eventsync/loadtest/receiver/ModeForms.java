package io.eventsync.loadtest.receiver;

import io.eventsync.loadtest.receiver.Mode.Rule;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The modes by name: how each is written and what it does. */
final class ModeForms {

    private static final long SECONDS_MAX = 86_400;
    private static final long MILLIS_MAX = 3_600_000;
    private static final long COUNT_MAX = 1_000_000;
    private static final Map<String, Form> FORMS = forms();

    private ModeForms() {}

    private record Form(String text, Function<List<String>, Rule> rule) {}

    static Rule rule(String text) {
        int colon = text.indexOf(':');
        Form form = FORMS.get(colon < 0 ? text : text.substring(0, colon));
        if (form == null) {
            throw new IllegalArgumentException("mode " + text + " is none of: " + listed());
        }
        // The last argument may have colons of its own.
        int parts = form.text().split(":", -1).length - 1;
        List<String> arguments =
                colon < 0 ? List.of() : Arrays.asList(text.substring(colon + 1).split(":", parts));
        if (arguments.size() != parts || (parts == 0 && colon >= 0)) {
            throw new IllegalArgumentException("mode " + text + " is not of the form " + form.text());
        }
        try {
            return form.rule().apply(arguments);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("mode " + text + " is not of the form " + form.text(), e);
        }
    }

    static String listed() {
        return FORMS.values().stream().map(Form::text).collect(Collectors.joining(", "));
    }

    private static Map<String, Form> forms() {
        Map<String, Form> forms = new LinkedHashMap<>();
        add(forms, "ok", arguments -> Rules.always(Answer.OK));
        add(forms, "status:<code>", arguments -> Rules.always(Answer.whole((int) number(arguments.get(0), 200, 599))));
        add(
                forms,
                "throttle:<seconds>",
                arguments -> Rules.always(Answer.whole(429)
                        .withHeader("retry-after", Long.toString(number(arguments.get(0), 0, SECONDS_MAX)))));
        add(forms, "gone", arguments -> Rules.always(Answer.whole(410)));
        add(forms, "no-retry", arguments -> Rules.always(Answer.whole(400).withHeader("eventsync-no-retry", "true")));
        add(
                forms,
                "redirect:<location>",
                arguments -> Rules.always(Answer.whole(302).withHeader("location", location(arguments.get(0)))));
        add(
                forms,
                "slow:<millis>",
                arguments -> Rules.always(Answer.whole(200).after(number(arguments.get(0), 0, MILLIS_MAX))));
        add(forms, "gzip-bomb", arguments -> Rules.gzipBomb());
        for (Breakage breakage : Breakage.values()) {
            String name = breakage.name().toLowerCase(Locale.ROOT);
            add(forms, name, arguments -> Rules.always(new Answer.Broken(breakage)));
        }
        add(
                forms,
                "flap:<okSeconds>:<failSeconds>",
                arguments -> Rules.flap(
                        number(arguments.get(0), 0, SECONDS_MAX) * 1_000,
                        number(arguments.get(1), 1, SECONDS_MAX) * 1_000));
        add(forms, "fail:<percent>", arguments -> Rules.failShare(percent(arguments.get(0))));
        add(forms, "fail-first:<n>", arguments -> Rules.failFirst((int) number(arguments.get(0), 1, COUNT_MAX)));
        add(forms, "ack:<k>", arguments -> Rules.ack((int) number(arguments.get(0), 1, COUNT_MAX)));
        add(forms, "partial:<percent>", arguments -> Rules.partial(percent(arguments.get(0))));
        return forms;
    }

    private static void add(Map<String, Form> forms, String text, Function<List<String>, Rule> rule) {
        int colon = text.indexOf(':');
        forms.put(colon < 0 ? text : text.substring(0, colon), new Form(text, rule));
    }

    private static long number(String text, long min, long max) {
        long number = Long.parseLong(text);
        if (number < min || number > max) {
            throw new IllegalArgumentException(text + " is not between " + min + " and " + max);
        }
        return number;
    }

    private static double percent(String text) {
        double percent = Double.parseDouble(text);
        if (!(percent >= 0 && percent <= 100)) {
            throw new IllegalArgumentException(text + " is not between 0 and 100");
        }
        return percent;
    }

    private static String location(String text) {
        if (text.isEmpty() || !text.chars().allMatch(character -> character > ' ' && character < 0x7f)) {
            throw new IllegalArgumentException("a location is written in printable ASCII");
        }
        return text;
    }
}
