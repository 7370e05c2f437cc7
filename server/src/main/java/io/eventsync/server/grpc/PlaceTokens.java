package io.eventsync.server.grpc;

import com.google.protobuf.MessageLite;
import io.eventsync.server.delivery.Deliveries.Place;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/** Page tokens of the lists that begin with the latest (AIP-158): a place, bound to the request it was given out for. */
final class PlaceTokens {
    private static final Pattern PLACE =
            Pattern.compile("([0-9]{1,18}) ([0-9a-f-]{1,36}) ([0-9]{1,18}) (-?[0-9]{1,10})");

    private PlaceTokens() {}

    /** @param request without its page token and page size */
    static String encode(Place place, MessageLite request) {
        String text = place.micros() + " " + place.id() + " " + place.position() + " " + checksum(request);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    static Optional<Place> decode(String token, MessageLite request) {
        if (token.isEmpty()) {
            return Optional.empty();
        }
        try {
            Matcher parts = PLACE.matcher(new String(Base64.getUrlDecoder().decode(token), StandardCharsets.US_ASCII));
            if (parts.matches() && parts.group(4).equals(Integer.toString(checksum(request)))) {
                return Optional.of(
                        new Place(Long.parseLong(parts.group(1)), parts.group(2), Long.parseLong(parts.group(3))));
            }
        } catch (IllegalArgumentException e) {
            throw invalid();
        }
        throw invalid();
    }

    private static Failure invalid() {
        return Failure.of(Reason.PAGE_TOKEN_INVALID, "the page token was not given out for this request");
    }

    private static int checksum(MessageLite request) {
        CRC32C crc = new CRC32C();
        crc.update(request.toByteArray());
        return (int) crc.getValue();
    }
}
