package io.eventsync.server.auth;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which rights the holder of a client certificate has, by the certificate's common name. */
public record CertificateGrants(Map<String, Grants> byName) {
    static final CertificateGrants NONE = new CertificateGrants(Map.of());

    public CertificateGrants {
        byName = Map.copyOf(byName);
    }

    /** Reads {@code billing=ingest:ORDER+read:ORDER,ops=admin:*}. Empty if that is not what the text is. */
    static Optional<CertificateGrants> parse(String text) {
        Map<String, Grants> byName = new HashMap<>();
        for (String entry : text.split(",", -1)) {
            int equals = entry.indexOf('=');
            if (equals < 1) {
                return Optional.empty();
            }
            List<Grant> grants = new ArrayList<>();
            for (String word : entry.substring(equals + 1).split("\\+", -1)) {
                Optional<Grant> grant = Grant.parse(word.strip());
                if (grant.isEmpty()) {
                    return Optional.empty();
                }
                grants.add(grant.get());
            }
            if (byName.put(entry.substring(0, equals).strip(), new Grants(grants)) != null) {
                return Optional.empty();
            }
        }
        return Optional.of(new CertificateGrants(byName));
    }

    Optional<Principal> principal(String name) {
        return Optional.ofNullable(byName.get(name))
                .map(grants -> new Principal("certificate:" + name, Optional.empty(), grants, Optional.empty()));
    }
}
