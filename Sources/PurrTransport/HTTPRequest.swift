/// One HTTP request over verified TLS.
///
/// Redirects are never followed: what is sent (tokens, signatures, facts about people) is meant for the
/// host in ``url`` alone. Plain `http` is accepted for this machine's own loopback addresses only.
package struct HTTPRequest: Sendable {
    package enum Method: String, Sendable { case get = "GET", post = "POST" }

    package let method: Method
    /// Absolute, `https://…`, or `http://` to a loopback address.
    package let url: String
    /// Names and values; none may hold a control character.
    package let headers: [Header]
    package let body: [UInt8]
    /// A PEM file of the authorities to trust instead of the system's: a private CA.
    package let caFile: String?
    /// Where the host may be.
    package let reach: Reach

    /// Where a request may go.
    package enum Reach: Sendable, Hashable {
        case anywhere
        /// Only to addresses of the open Internet, whatever the name resolves to, and through no proxy.
        case openInternet
    }

    /// One header field.
    package struct Header: Hashable, Sendable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(
        _ method: Method, _ url: String, headers: [Header] = [], body: [UInt8] = [], caFile: String? = nil,
        reach: Reach = .anywhere
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.caFile = caFile
        self.reach = reach
    }

    /// A form as `application/x-www-form-urlencoded` (HTML Living Standard), as OAuth 2.0 posts it.
    package static func form(
        _ url: String, _ fields: [(name: String, value: String)], headers: [Header] = [],
        caFile: String? = nil
    ) -> HTTPRequest {
        HTTPRequest(
            .post, url,
            headers: headers + [
                Header("Content-Type", "application/x-www-form-urlencoded"),
                Header("Accept", "application/json"),
            ], body: Array(encoded(fields).utf8), caFile: caFile)
    }

    /// Fields as a query or a form has them: everything but RFC 3986's unreserved characters in `%XX`.
    package static func encoded(_ fields: [(name: String, value: String)]) -> String {
        fields.map { "\(escaped($0.name))=\(escaped($0.value))" }.joined(separator: "&")
    }

    private static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { out, byte in
            let isUnreserved =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte)
            if isUnreserved {
                out.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                out += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }

    /// Whether the URL may be asked at all: `https` to anywhere, `http` to this machine.
    ///
    /// A name and a secret before the host (`https://kari:secret@…`) are refused: they would stand in logs
    /// of servers, and hide from the eye which host is asked.
    package var isAllowed: Bool {
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !authority.isEmpty, !authority.contains("@")
        else { return false }
        if url.lowercased().hasPrefix("https://") { return true }
        return url.lowercased().hasPrefix("http://") && ["localhost", "127.0.0.1", "[::1]"].contains(host)
    }

    /// `host:port` as the URL has it; all that errors show of it, since a query may hold a secret.
    var authority: String {
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[1].isEmpty else { return "" }
        return String(parts[2].prefix { $0 != "?" && $0 != "#" })
    }

    /// The host alone, in lower case.
    package var hostName: String { host }

    private var host: String {
        let authority = authority.lowercased()
        return authority.hasPrefix("[")
            ? authority.prefix { $0 != "]" } + "]" : String(authority.prefix { $0 != ":" })
    }
}

/// What a web server answered.
package struct HTTPResponse: Hashable, Sendable {
    /// For example 200.
    package let status: Int
    /// Field names in lower case; the last of several wins.
    package let headers: [String: String]
    package let body: [UInt8]
}

/// Why there was no answer.
package struct HTTPFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: String, Sendable {
        /// No name, no route, refused, reset, timed out.
        case unreachable
        /// The certificate could not be verified; nothing was sent.
        case certificate
        /// The URL is none that may be asked, or a header is unusable; nothing was sent.
        case configuration
        /// The answer is longer than the limit, or no HTTP.
        case unusableAnswer
        /// We are shutting down.
        case cancelled
    }

    package let reason: Reason
    /// The host and the cause, without the request's secrets.
    package let text: String

    package var description: String { text }
}
