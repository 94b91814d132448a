/// Where a mail server listens, and how TLS begins there.
package struct Endpoint: Hashable, Sendable, Codable {
    /// When the TLS handshake takes place.
    ///
    /// There is no third case: nothing is ever sent in the clear.
    package enum Security: String, Sendable, Codable, CaseIterable {
        /// From the first byte (RFC 8314 §3): ports 993 and 465.
        case tls
        /// After a required `STARTTLS` (RFC 3207, RFC 9051 §6.2.1): ports 143 and 587.
        case starttls
    }

    /// A host name or an IP address; the certificate must carry it.
    package let host: String
    package let port: Int
    package let security: Security
    /// A PEM file of the authorities to trust instead of the system's: a private CA.
    package let caFile: String?

    package init(host: String, port: Int, security: Security, caFile: String? = nil) {
        self.host = host
        self.port = port
        self.security = security
        self.caFile = caFile
    }
}

extension Endpoint: CustomStringConvertible {
    /// `host:port`, for error texts.
    package var description: String { "\(host):\(port)" }
}

extension Endpoint {
    /// The host as it stands in a URL, or nil when it holds anything that would end the host part.
    var urlHost: String? {
        let isName = host.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
                || [0x2D, 0x2E, 0x5F].contains(byte)
        }
        if isName, !host.isEmpty, host.utf8.count <= 253 { return host }
        let isIPv6 =
            host.contains(":")
            && host.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte & 0xDF) || byte == 0x3A
                    || byte == 0x2E
            }
        return isIPv6 ? "[\(host)]" : nil
    }
}
