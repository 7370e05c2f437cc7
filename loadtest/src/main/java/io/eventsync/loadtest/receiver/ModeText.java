package io.eventsync.loadtest.receiver;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a mode on the command line. */
final class ModeText implements ITypeConverter<Mode> {

    @Override
    public Mode convert(String text) {
        try {
            return Mode.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(String.valueOf(e.getMessage()));
        }
    }
}
