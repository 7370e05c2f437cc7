package io.eventsync.server.egress;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;

/** A certificate made for a test, with its key. */
public record TestCertificate(X509Bundle bundle) {
    /** Signs others, by a key of its own. */
    public static TestCertificate authority() {
        return build(builder("ca").setIsCertificateAuthority(true)::buildSelfSigned);
    }

    /** Is signed by nobody else. */
    static TestCertificate selfSigned(String name) {
        return build(builder(name).addSanDnsName(name).setIsCertificateAuthority(true)::buildSelfSigned);
    }

    /** Signs a certificate of a client or server with that common name, for names in DNS. */
    public TestCertificate sign(String commonName, String... names) {
        return sign(commonName, builder -> {
            for (String name : names) {
                builder.addSanDnsName(name);
            }
            return builder;
        });
    }

    public TestCertificate sign(String commonName, UnaryOperator<CertificateBuilder> more) {
        CertificateBuilder builder = more.apply(builder(commonName));
        return build(() -> builder.buildIssuedBy(bundle));
    }

    private static CertificateBuilder builder(String commonName) {
        Instant now = Instant.now();
        return new CertificateBuilder()
                .ecp256()
                .subject("CN=" + commonName)
                .notBefore(now.minus(Duration.ofDays(1)))
                .notAfter(now.plus(Duration.ofDays(90)));
    }

    @FunctionalInterface
    private interface Maker {
        X509Bundle make() throws Exception;
    }

    private static TestCertificate build(Maker maker) {
        try {
            return new TestCertificate(maker.make());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    public Buffer certificate() {
        return Buffer.buffer(bundle.getCertificatePEM());
    }

    public Buffer key() {
        return Buffer.buffer(bundle.getPrivateKeyPEM());
    }

    public PemKeyCertOptions options() {
        return new PemKeyCertOptions().addCertValue(certificate()).addKeyValue(key());
    }

    public ClientTls clientTls() {
        return new ClientTls(certificate(), key());
    }
}
