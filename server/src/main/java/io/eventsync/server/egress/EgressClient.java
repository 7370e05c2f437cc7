package io.eventsync.server.egress;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.eventsync.server.egress.Faults.Fault;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import io.vertx.ext.web.client.impl.HttpContext;
import io.vertx.ext.web.client.impl.WebClientInternal;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Calls receivers: looks a name up, judges every address of it, connects to one of those and to nothing else. Follows
 * no redirect, uses no proxy, inflates nothing. Belongs to one event loop and is used on it only.
 */
public final class EgressClient {
    private static final int KEEP_ALIVE_SECONDS = 30;
    /** A receiver can lengthen the time that a connection is kept, but not beyond this. */
    private static final int CONNECTION_SECONDS_MAX = 60;
    /** Addresses of one name that a call tries, one after the other. */
    private static final int ADDRESSES_MAX = 3;

    private static final int CERTIFICATES_MAX = 1_000;

    private final Vertx vertx;
    private final AddressRules rules;
    private final HostResolver resolver;
    private final ClientSSLOptions tls;
    private final HttpClient http;
    private final WebClient web;
    private final Cache<ClientTls, ClientSSLOptions> certificates = Caffeine.newBuilder()
            .maximumSize(CERTIFICATES_MAX)
            .executor(Runnable::run)
            .build();

    /** Of this many calls at once no one waits for a connection, be they all to one host. */
    public EgressClient(Vertx vertx, EgressConfig config, AddressRules rules, HostResolver resolver, int callsMax) {
        this.vertx = vertx;
        this.rules = rules;
        this.resolver = resolver;
        this.tls = tls(config);
        WebClientOptions options = options(config);
        this.http = vertx.createHttpClient(options, pool(callsMax));
        this.web = WebClient.wrap(http, options);
        // The one use of the web client's insides: its public API can neither stop a call that waits for its answer,
        // nor tell who is at the other end, nor take a certificate for one request.
        ((WebClientInternal) web).addInterceptor(this::intercept);
    }

    private static WebClientOptions options(EgressConfig config) {
        WebClientOptions options =
                new WebClientOptions().setFollowRedirects(false).setUserAgentEnabled(false);
        options.setProtocolVersion(HttpVersion.HTTP_1_1)
                .setDecompressionSupported(false)
                .setPipelining(false)
                .setMaxRedirects(0)
                .setKeepAlive(true)
                .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
                .setVerifyHost(true)
                .setTrustAll(false)
                .setConnectTimeout(Math.toIntExact(config.connectTimeout().toMillis()))
                .setSslHandshakeTimeout(config.connectTimeout().toMillis())
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
        trusted(config).ifPresent(options::setTrustOptions);
        return options;
    }

    private static PoolOptions pool(int callsMax) {
        return new PoolOptions()
                .setHttp1MaxSize(callsMax)
                .setMaxWaitQueueSize(0)
                .setMaxLifetime(CONNECTION_SECONDS_MAX)
                .setMaxLifetimeUnit(TimeUnit.SECONDS);
    }

    private static Optional<PemTrustOptions> trusted(EgressConfig config) {
        return config.caFile().map(file -> new PemTrustOptions().addCertPath(file.toString()));
    }

    /** What the client's own options say, for a request that replaces them to show a certificate. */
    private static ClientSSLOptions tls(EgressConfig config) {
        ClientSSLOptions tls = new ClientSSLOptions()
                .setHostnameVerificationAlgorithm("HTTPS")
                .setSslHandshakeTimeout(config.connectTimeout().toMillis())
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
        trusted(config).ifPresent(tls::setTrustOptions);
        return tls;
    }

    /** Never fails: what goes wrong is an answer too. */
    public Future<EgressAnswer> post(EgressRequest request) {
        EgressCall call = new EgressCall(vertx, request);
        addresses(request.url()).onComplete((addresses, failure) -> {
            if (failure != null) {
                call.fail(new Fault(EgressError.DNS, unresolved(failure)));
            } else if (!allowed(request.url(), addresses)) {
                call.fail(new Fault(EgressError.BLOCKED, "the host has an address that this server does not call"));
            } else {
                attempt(call, addresses, 0);
            }
        });
        return call.answer();
    }

    /**
     * Judges a URL that somebody wants called later; the call itself judges again.
     *
     * @param field what a failure calls the URL
     */
    public Future<Void> check(String field, EgressUrl url) {
        return addresses(url).<Void>transform((addresses, failure) -> {
            if (failure != null) {
                return Future.failedFuture(refused(url, unresolved(failure)));
            }
            if (allowed(url, addresses)) {
                return Future.succeededFuture();
            }
            return Future.failedFuture(
                    url.literal().isPresent()
                            ? Failure.field(field, "must not hold an address that is not public: " + url.host())
                            : refused(url, "it has an address that is not public"));
        });
    }

    private static Failure refused(EgressUrl url, String why) {
        return Failure.of(Reason.DESTINATION_REFUSED, "this server does not call " + url.host() + ": " + why)
                .with("host", url.host());
    }

    private static String unresolved(Throwable failure) {
        return failure instanceof TimeoutException ? "looking up the name took too long" : "the name does not resolve";
    }

    /** Calls under way end as lost. */
    public Future<Void> close() {
        return http.close();
    }

    private Future<List<InetAddress>> addresses(EgressUrl url) {
        if (url.literal().isPresent()) {
            return Future.succeededFuture(List.of(url.literal().get()));
        }
        try {
            return resolver.resolve(url.host());
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    /** One bad address condemns the name: which of them is dialled must not matter. */
    private boolean allowed(EgressUrl url, List<InetAddress> addresses) {
        for (InetAddress address : addresses) {
            if (!rules.allowed(url.host(), address)) {
                return false;
            }
        }
        return !addresses.isEmpty();
    }

    private void attempt(EgressCall call, List<InetAddress> addresses, int index) {
        if (call.isDone()) {
            return;
        }
        InetAddress address = addresses.get(index);
        call.connecting(address);
        send(call, address).onComplete((done, failure) -> {
            if (failure == null) {
                call.succeed();
            } else if (call.isSent()) {
                call.fail(Faults.afterSending(failure));
            } else {
                Fault fault = Faults.beforeSending(failure);
                int next = index + 1;
                if (fault.error() == EgressError.CONNECT && next < Math.min(addresses.size(), ADDRESSES_MAX)) {
                    attempt(call, addresses, next);
                } else {
                    call.fail(fault);
                }
            }
        });
    }

    private Future<?> send(EgressCall call, InetAddress address) {
        EgressUrl url = call.request().url();
        try {
            // By its digits: an address that carries its name would have pool and resolver go by the name.
            SocketAddress server = SocketAddress.inetSocketAddress(url.port(), address.getHostAddress());
            HttpRequest<Void> request = web.request(HttpMethod.POST, server, url.port(), url.host(), url.pathAndQuery())
                    .ssl(url.isTls())
                    .followRedirects(false)
                    .putHeaders(call.request().headers())
                    .putHeader(HttpHeaders.HOST.toString(), url.authority())
                    .as(call);
            return request.sendBuffer(call.request().body());
        } catch (RuntimeException e) {
            return Future.failedFuture(new IllegalStateException(e.getMessage(), e));
        }
    }

    private void intercept(HttpContext<?> exchange) {
        if (exchange.request().bodyCodec() instanceof EgressCall call && !goesOn(exchange, call)) {
            return;
        }
        exchange.next();
    }

    private boolean goesOn(HttpContext<?> exchange, EgressCall call) {
        return switch (exchange.phase()) {
            case CREATE_REQUEST -> {
                call.request()
                        .clientTls()
                        .ifPresent(own ->
                                exchange.requestOptions().setSslOptions(certificates.get(own, this::withCertificate)));
                yield !call.isDone();
            }
            case SEND_REQUEST -> call.sending(exchange.clientRequest());
            case RECEIVE_RESPONSE -> call.receiving(exchange.clientResponse());
            default -> true;
        };
    }

    private ClientSSLOptions withCertificate(ClientTls own) {
        return tls.copy()
                .setKeyCertOptions(
                        new PemKeyCertOptions().addCertValue(own.certificate()).addKeyValue(own.key()));
    }
}
