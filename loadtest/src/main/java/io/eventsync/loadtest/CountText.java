package io.eventsync.loadtest;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads counts as people write them: `200`, `10k`, `1M`. */
public final class CountText implements ITypeConverter<Long> {

    private static final Pattern FORM = Pattern.compile("(\\d{1,9})([kM])?");

    @Override
    public Long convert(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "' is not a count such as 200, 10k or 1M");
        }
        long amount = Long.parseLong(matcher.group(1));
        String unit = matcher.group(2);
        if ("k".equals(unit)) {
            return amount * 1_000;
        }
        return "M".equals(unit) ? amount * 1_000_000 : amount;
    }
}
