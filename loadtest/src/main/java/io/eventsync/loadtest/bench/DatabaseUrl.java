package io.eventsync.loadtest.bench;

import io.vertx.pgclient.PgConnectOptions;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a libpq URL, also one whose unix socket folder stands in `?host=`, which the driver does not take with an empty host. */
final class DatabaseUrl {

    private static final Pattern FORM = Pattern.compile("(postgres(?:ql)?://(?:[^@/]*@)?)(/[^?]*)\\?(.*)");
    private static final Pattern HOST = Pattern.compile("(?:^|&)host=([^&]+)");
    private static final Pattern PORT = Pattern.compile("(?:^|&)port=(\\d+)");

    private DatabaseUrl() {}

    static PgConnectOptions parse(String url) {
        return PgConnectOptions.fromUri(withHostInPlace(url));
    }

    static String withHostInPlace(String url) {
        Matcher form = FORM.matcher(url);
        if (!form.matches()) {
            return url;
        }
        Matcher host = HOST.matcher(form.group(3));
        if (!host.find()) {
            return url;
        }
        Matcher port = PORT.matcher(form.group(3));
        String folder = URLDecoder.decode(host.group(1), StandardCharsets.UTF_8).replace("/", "%2F");
        return form.group(1) + folder + (port.find() ? ":" + port.group(1) : "") + form.group(2);
    }
}
