package io.eventsync.loadtest;

import io.eventsync.loadtest.rpc.Target;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads host:port on the command line. */
public final class TargetText implements ITypeConverter<Target> {

    @Override
    public Target convert(String text) {
        try {
            return Target.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(String.valueOf(e.getMessage()));
        }
    }
}
