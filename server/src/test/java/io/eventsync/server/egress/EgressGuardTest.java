package io.eventsync.server.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which addresses are called; the ends of ranges stand for what is between them. */
class EgressGuardTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.0.0.1",
                "0.255.255.255",
                "10.0.0.0",
                "10.255.255.255",
                "100.64.0.0",
                "100.100.100.200",
                "100.127.255.255",
                "127.0.0.0",
                "127.0.0.1",
                "127.0.0.53",
                "127.255.255.255",
                "168.63.129.16",
                "169.254.0.0",
                "169.254.169.254",
                "169.254.170.2",
                "169.254.255.255",
                "172.16.0.0",
                "172.17.0.1",
                "172.31.255.255",
                "192.0.0.0",
                "192.0.0.192",
                "192.0.2.1",
                "192.31.196.1",
                "192.52.193.1",
                "192.88.99.1",
                "192.168.0.0",
                "192.168.255.255",
                "192.175.48.1",
                "198.18.0.0",
                "198.19.255.255",
                "198.51.100.1",
                "203.0.113.1",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.254",
                "255.255.255.255",
                "::",
                "::1",
                "::2",
                "::127.0.0.1",
                "::169.254.169.254",
                "::8.8.8.8",
                "::ffff:0:127.0.0.1",
                "64:ff9b::7f00:1",
                "64:ff9b::808:808",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::1",
                "100::1",
                "100:0:0:1::1",
                "2001::1",
                "2001:0:4136:e378:8000:63bf:3fff:fdd2",
                "2001:2::1",
                "2001:10::1",
                "2001:20::1",
                "2001:1ff::1",
                "2001:db8::1",
                "2001:db8:ffff::1",
                "2002::1",
                "2002:7f00:1::1",
                "2002:a9fe:a9fe::1",
                "2002:808:808::1",
                "2620:4f:8000::1",
                "3fff::1",
                "3fff:fff::1",
                "4000::1",
                "5f00::1",
                "fc00::1",
                "fd00:ec2::254",
                "fd00:ec2::23",
                "fd20:ce::254",
                "fdff::1",
                "fe80::1",
                "fe80::a9fe:a9fe",
                "febf::1",
                "fec0::1",
                "feff::1",
                "ff00::1",
                "ff02::1",
                "ff0e::1",
                "1fff::1",
                "0:0:0:0:0:fffe:7f00:1",
            })
    void address_isRefused(String text) {
        assertThat(TestEgress.closed().allowed(TestEgress.address(text))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.0.0.1",
                "1.1.1.1",
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "168.63.129.15",
                "168.63.129.17",
                "169.253.255.255",
                "169.255.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "191.255.255.255",
                "192.0.1.0",
                "192.0.3.0",
                "192.88.98.255",
                "192.88.100.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "198.51.99.255",
                "198.51.101.0",
                "203.0.112.255",
                "203.0.114.0",
                "223.255.255.255",
                "2000::1",
                "2001:200::1",
                "2001:4860:4860::8888",
                "2001:db7::1",
                "2001:db9::1",
                "2003::1",
                "2606:4700::1111",
                "2a00:1450:4001::1",
                "3ffe::1",
                "3fff:1000::1",
            })
    void address_isCalled_whenPublic(String text) {
        assertThat(TestEgress.closed().allowed(TestEgress.address(text))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "10.0.0.1", "169.254.169.254", "0.0.0.0"})
    void mappedAddress_isJudgedAsWhatItMaps(String text) {
        assertThat(Cidr.of("::/0").contains(mapped(text))).isTrue();
        assertThat(TestEgress.closed().allowed(InBytes.of(mapped(text)))).isFalse();
        assertThat(TestEgress.closed().allowed(InBytes.of(mapped("8.8.8.8")))).isTrue();
    }

    @Test
    void ownAddresses_areRefused_unlessOpened() {
        InetAddress own = TestEgress.address("8.8.4.4");
        EgressConfig closed = TestEgress.config(Map.of());
        EgressConfig open = TestEgress.config(Map.of("webhook-allow-cidrs", "8.8.4.0/24"));

        assertThat(new AddressRules(closed, List.of(own)).allowed(own)).isFalse();
        assertThat(new AddressRules(closed, List.of(own)).allowed(TestEgress.address("8.8.8.8")))
                .isTrue();
        assertThat(new AddressRules(open, List.of(own)).allowed(own)).isTrue();
    }

    @Test
    void range_opensItselfOnly() {
        AddressRules rules = TestEgress.rules(Map.of("webhook-allow-cidrs", "10.1.0.0/16,fd12::/15,192.168.3.64/26"));

        assertThat(List.of("10.1.0.0", "10.1.255.255", "fd12::1", "fd13:ffff::1", "192.168.3.64", "192.168.3.127"))
                .allMatch(text -> rules.allowed(TestEgress.address(text)));
        assertThat(List.of(
                        "10.0.255.255", "10.2.0.0", "fd14::1", "fd11::1", "192.168.3.63", "192.168.3.128", "127.0.0.1"))
                .noneMatch(text -> rules.allowed(TestEgress.address(text)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "169.254.169.254", "169.254.170.2", "fd00:ec2::254", "fd20:ce::254", "::ffff:169.254.169.254",
                "::169.254.169.254", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe", "2002:a9fe:a9fe::1",
                        "fe80::a9fe:a9fe",
            })
    void metadata_isRefused_howeverMuchIsOpened(String text) {
        AddressRules rules = TestEgress.rules(Map.of(
                "webhook-allow-cidrs", "0.0.0.0/0,::/0,169.254.169.254,fd00:ec2::254",
                "webhook-allow-hosts", "*.internal,metadata.google.internal",
                "webhook-allow-loopback", "true"));
        InetAddress address = TestEgress.address(text);

        assertThat(rules.allowed(address)).isFalse();
        assertThat(rules.allowed("metadata.google.internal", address)).isFalse();
        assertThat(rules.allowed("x.internal", address)).isFalse();
        assertThat(rules.allowed(TestEgress.address("10.0.0.1"))).isTrue();
    }

    @Test
    void listedHost_mayHaveAnyAddress() {
        AddressRules rules = TestEgress.rules(Map.of("webhook-allow-hosts", "hooks.corp.example,*.svc.local"));
        InetAddress inside = TestEgress.address("10.0.0.1");

        assertThat(rules.allowed("hooks.corp.example", inside)).isTrue();
        assertThat(rules.allowed("a.svc.local", inside)).isTrue();
        assertThat(rules.allowed("svc.local", inside)).isFalse();
        assertThat(rules.allowed("xsvc.local", inside)).isFalse();
        assertThat(rules.allowed("xhooks.corp.example", inside)).isFalse();
        assertThat(rules.allowed(inside)).isFalse();
    }

    @Test
    void loopback_isOpen_inDevelopmentOnly() {
        AddressRules rules = TestEgress.development();

        assertThat(TestEgress.addresses("127.0.0.1", "127.9.9.9", "::1")).allMatch(rules::allowed);
        assertThat(TestEgress.addresses("10.0.0.1", "0.0.0.0", "::", "::2")).noneMatch(rules::allowed);
        assertThat(rules.isOpen("localhost")).isTrue();
        assertThat(rules.isOpen("example.com")).isFalse();
        assertThat(rules.isOpen("8.8.8.8")).isFalse();
    }

    @Test
    void rules_readTheAddressesOfTheMachine() {
        AddressRules rules = AddressRules.of(TestEgress.config(Map.of()));

        assertThat(rules.allowed(TestEgress.address("127.0.0.1"))).isFalse();
    }

    private static byte[] mapped(String v4) {
        return HexFormat.of()
                .parseHex("0".repeat(20) + "ffff"
                        + HexFormat.of().formatHex(TestEgress.address(v4).getAddress()));
    }

    /** The JDK unmaps such addresses itself, unless they carry a scope. */
    private static final class InBytes {
        static InetAddress of(byte[] bytes) {
            try {
                return java.net.Inet6Address.getByAddress(null, bytes, 0);
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException(e);
            }
        }
    }
}
