package io.eventsync.server.http;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a request line asks for, read strictly: nothing is normalised, so that no two spellings of a path mean the same and none slips
 * past a rule about another.
 *
 * @param path as it came, percent-encoded
 * @param segments between the slashes, as they came
 * @param query name and value of each parameter, decoded
 */
record RequestTarget(String path, List<String> segments, List<Parameter> query) {
    private static final int PARAMETERS_MAX = 2_000;

    record Parameter(String name, String value) {}

    /** Fails with MESSAGE_MALFORMED. */
    static RequestTarget parse(String uri) {
        String origin = withoutAuthority(uri);
        int mark = origin.indexOf('?');
        String path = mark < 0 ? origin : origin.substring(0, mark);
        List<String> segments = segments(path);
        return new RequestTarget(path, segments, mark < 0 ? List.of() : parameters(origin.substring(mark + 1)));
    }

    /** Proxies send the absolute form (RFC 9112, 3.2.2). */
    private static String withoutAuthority(String uri) {
        if (!uri.startsWith("http://") && !uri.startsWith("https://")) {
            return uri;
        }
        int slash = uri.indexOf('/', uri.indexOf("//") + 2);
        return slash < 0 ? "/" : uri.substring(slash);
    }

    private static List<String> segments(String path) {
        if (path.isEmpty() || path.charAt(0) != '/') {
            throw malformed("the path does not begin with /");
        }
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '\\' || c == '#') {
                throw malformed("the path has a character that must be percent-encoded, at " + i);
            }
        }
        List<String> segments = List.of(path.substring(1).split("/", -1));
        segments.forEach(RequestTarget::requirePlain);
        return segments;
    }

    private static void requirePlain(String segment) {
        String decoded = decode(segment, false);
        if (decoded.equals(".") || decoded.equals("..")) {
            throw malformed("the path has a segment " + decoded);
        }
        for (int i = 0; i < decoded.length(); i++) {
            if (Character.isISOControl(decoded.charAt(i))) {
                throw malformed("the path has a control character");
            }
        }
    }

    private static List<Parameter> parameters(String query) {
        List<Parameter> parameters = new ArrayList<>();
        for (String pair : query.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            if (parameters.size() == PARAMETERS_MAX) {
                throw malformed("the query has more than " + PARAMETERS_MAX + " parameters");
            }
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            parameters.add(new Parameter(decode(name, true), decode(value, true)));
        }
        return parameters;
    }

    /** @param isForm whether + stands for a space, as it does in queries */
    static String decode(String text, boolean isForm) {
        if (text.indexOf('%') < 0 && text.indexOf('+') < 0 && isAscii(text)) {
            return text;
        }
        byte[] octets = new byte[text.length()];
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                octets[length++] = (byte) (digit(text, i + 1) << 4 | digit(text, i + 2));
                i += 2;
            } else if (c >= 0x7f) {
                throw malformed("the request line has a character that must be percent-encoded");
            } else {
                octets[length++] = (byte) (c == '+' && isForm ? ' ' : c);
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(octets, 0, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw malformed("percent-encoded text is not UTF-8");
        }
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x7f);
    }

    private static int digit(String text, int at) {
        char c = at < text.length() ? text.charAt(at) : ' ';
        // Character.digit would take the digits of every script.
        int value = c < 0x7f ? Character.digit(c, 16) : -1;
        if (value < 0) {
            throw malformed("% is not followed by two hexadecimal digits");
        }
        return value;
    }

    private static Failure malformed(String message) {
        return Failure.of(Reason.MESSAGE_MALFORMED, message);
    }
}
