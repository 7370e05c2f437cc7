package io.eventsync.server.http.json;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.FieldMaskUtil;
import com.google.protobuf.util.Timestamps;
import io.eventsync.server.failure.Failure;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.text.ParseException;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Values that have a text form: what query parameters and path variables hold, and most of what JSON strings do. */
final class Scalars {
    private static final int NUMBER_LENGTH_MAX = 64;
    /** More digits than any number of the contract; keeps 1e999999999 from being written out. */
    private static final int EXPONENT_MAX = 64;

    private Scalars() {}

    /** A value for the field, as its builder wants it; one element of a repeated one. Fails with FIELD_INVALID. */
    static Object parse(FieldDescriptor field, String text, String path) {
        return switch (field.getJavaType()) {
            case STRING -> string(text, path);
            case BYTE_STRING -> bytes(text, path);
            case INT ->
                integer(text, path, Integer.MIN_VALUE, Integer.MAX_VALUE).intValue();
            case LONG -> integer(text, path, Long.MIN_VALUE, Long.MAX_VALUE).longValue();
            case FLOAT -> (float) real(text, path);
            case DOUBLE -> real(text, path);
            case BOOLEAN -> bool(text, path);
            case ENUM -> named(field, text, path);
            case MESSAGE -> message(field, text, path);
        };
    }

    static boolean hasTextForm(FieldDescriptor field) {
        if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
            return true;
        }
        return switch (field.getMessageType().getFullName()) {
            case "google.protobuf.Timestamp", "google.protobuf.Duration", "google.protobuf.FieldMask" -> true;
            default -> false;
        };
    }

    static String string(String text, String path) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    throw Failure.field(path, "has half a surrogate pair at " + i);
                }
                i++;
            }
        }
        return text;
    }

    /** Either alphabet, with or without padding, as ProtoJSON reads it. */
    private static ByteString bytes(String text, String path) {
        try {
            boolean isUrlSafe = text.indexOf('-') >= 0 || text.indexOf('_') >= 0;
            return ByteString.copyFrom((isUrlSafe ? Base64.getUrlDecoder() : Base64.getDecoder()).decode(text));
        } catch (IllegalArgumentException e) {
            throw Failure.field(path, "is not base64");
        }
    }

    private static BigInteger integer(String text, String path, long min, long max) {
        BigInteger value = whole(text);
        if (value == null
                || value.compareTo(BigInteger.valueOf(min)) < 0
                || value.compareTo(BigInteger.valueOf(max)) > 0) {
            throw Failure.field(path, "is not a whole number from " + min + " to " + max);
        }
        return value;
    }

    private static @Nullable BigInteger whole(String text) {
        if (text.isEmpty() || text.length() > NUMBER_LENGTH_MAX || !isNumberLike(text)) {
            return null;
        }
        try {
            BigDecimal value = new BigDecimal(text);
            return Math.abs((long) value.scale()) > EXPONENT_MAX ? null : value.toBigIntegerExact();
        } catch (ArithmeticException | NumberFormatException e) {
            return null;
        }
    }

    /** Java takes the digits of every script, and white space around some numbers. */
    private static boolean isNumberLike(String text) {
        return text.chars()
                .allMatch(c -> (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E');
    }

    private static double real(String text, String path) {
        return switch (text) {
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> finite(text, path);
        };
    }

    private static double finite(String text, String path) {
        if (text.isEmpty() || text.length() > NUMBER_LENGTH_MAX || !isNumberLike(text)) {
            throw Failure.field(path, "is not a number");
        }
        double value;
        try {
            value = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw Failure.field(path, "is not a number");
        }
        if (!Double.isFinite(value)) {
            throw Failure.field(path, "is larger than any number of its type");
        }
        return value;
    }

    private static boolean bool(String text, String path) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw Failure.field(path, "is neither true nor false");
        };
    }

    private static EnumValueDescriptor named(FieldDescriptor field, String text, String path) {
        EnumValueDescriptor value = field.getEnumType().findValueByName(text);
        if (value == null && !text.isEmpty() && isNumberLike(text)) {
            BigInteger number = whole(text);
            value = number == null || number.bitLength() > 31
                    ? null
                    : field.getEnumType().findValueByNumber(number.intValue());
        }
        if (value == null) {
            throw Failure.field(
                    path,
                    "is none of "
                            + field.getEnumType().getValues().stream()
                                    .map(EnumValueDescriptor::getName)
                                    .collect(Collectors.joining(", ")));
        }
        return value;
    }

    private static Message message(FieldDescriptor field, String text, String path) {
        return switch (field.getMessageType().getFullName()) {
            case "google.protobuf.Timestamp" -> time(text, path);
            case "google.protobuf.Duration" -> duration(text, path);
            case "google.protobuf.FieldMask" -> FieldMaskUtil.fromJsonString(text);
            default ->
                throw Failure.field(
                        path,
                        "is a message: give its fields, such as " + path + "."
                                + field.getMessageType().getFields().get(0).getName());
        };
    }

    private static Message time(String text, String path) {
        try {
            long seconds = OffsetDateTime.parse(text).toEpochSecond();
            Timestamp time = Timestamps.parse(text);
            // The library's parser counts a month 13 on into the next year.
            if (time.getSeconds() == seconds) {
                return time;
            }
        } catch (ParseException | IllegalArgumentException | DateTimeException e) {
            throw notATime(path);
        }
        throw notATime(path);
    }

    private static Failure notATime(String path) {
        return Failure.field(path, "is not a time such as 2026-11-21T10:00:00Z");
    }

    private static Message duration(String text, String path) {
        try {
            return Durations.parse(text);
        } catch (ParseException | IllegalArgumentException e) {
            throw Failure.field(path, "is not a duration in seconds such as 1.5s");
        }
    }
}
