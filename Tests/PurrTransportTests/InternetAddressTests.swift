import Glibc
import PurrTransport
import Testing

@Suite("Addresses of the open Internet")
struct InternetAddressTests {
    static func bytes(_ text: String) -> [UInt8] {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var six = in6_addr()
        return inet_pton(AF_INET6, text, &six) == 1 ? withUnsafeBytes(of: &six) { Array($0) } : []
    }

    @Test(
        "do not hold this machine, its network, or what is set aside",
        arguments: [
            "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.9.9.9", "169.254.169.254", "172.16.0.1",
            "172.31.255.255", "192.0.2.1", "192.168.1.1", "198.18.0.1", "203.0.113.9", "224.0.0.1",
            "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1",
            "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:db8::1", "2001::1", "",
        ])
    func notPublic(text: String) { #expect(!InternetAddress.isPublic(Self.bytes(text))) }

    @Test(
        "hold all the others",
        arguments: [
            "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.169.0.1",
            "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
        ])
    func isPublic(text: String) { #expect(InternetAddress.isPublic(Self.bytes(text))) }

    @Test("are all that a request for the open Internet reaches, by name or number")
    func reach() throws {
        for host in ["127.0.0.1", "localhost", "[::1]"] {
            #expect {
                try HTTPRequest(.post, "https://\(host):9/", reach: .openInternet).perform(
                    within: .seconds(5))
            } throws: {
                ($0 as? HTTPFailure)?.reason == .configuration
                    && ($0 as? HTTPFailure)?.text.contains("private") == true
            }
            #expect {
                try HTTPRequest(.post, "https://\(host):9/").perform(within: .seconds(5))
            } throws: { ($0 as? HTTPFailure)?.reason == .unreachable }
        }
    }
}
