package import Foundation
package import PurrStore

/// How the web front listens, and under which address the world reaches it.
package struct WebSettings: Sendable, Hashable, Codable {
    /// Whether `purr run` listens at all.
    package var isOn = false
    /// The address listened at; the loopback one leaves the world to a reverse proxy.
    package var host = "127.0.0.1"
    package var port = 8025
    /// Where the world reaches it, without a slash at the end; nil for nowhere.
    package var publicURL: PublicURL?
    /// Sites whose forms and pages may report, such as `https://www.example.org`.
    package var origins: [String] = []
    /// When the public URL passed its self-test; nil when it did not, or was changed since.
    package var passedAt: Date?

    package init() {}

    /// The public URL, once it has shown that it leads here.
    package var provenURL: PublicURL? { passedAt == nil ? nil : publicURL }
}

/// An address at which mail programs and browsers fetch what links of ours name.
package struct PublicURL: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Without a slash at the end.
    package let text: String

    /// Reads `https://go.example.org` or, below a path, `https://example.org/purr`.
    ///
    /// - Returns: Nil for anything but https, for what carries a user, a query or a fragment, and for http
    ///   beyond this machine.
    package init?(_ text: String) {
        guard text.utf8.count <= 200, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty,
            parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil,
            !text.contains(where: { "\"<>\\^`{|}?#@".contains($0) })
        else { return nil }
        switch parts.scheme?.lowercased() {
        case "https": break
        case "http" where ["127.0.0.1", "localhost", "[::1]", "::1"].contains(host.lowercased()): break
        default: return nil
        }
        var text = text
        while text.hasSuffix("/") { text.removeLast() }
        self.text = text
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let url = PublicURL(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no public URL")
        }
        self = url
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    /// Whether mail programs may be told to post to it (RFC 8058 §3.1).
    package var isSecure: Bool { text.lowercased().hasPrefix("https:") }

    package var description: String { text }
}

/// A site as browsers name it: scheme, host and port (RFC 6454 §4).
package enum WebOrigin {
    /// The origin of a URL, as a browser writes it.
    ///
    /// - Returns: Nil for anything but http and https.
    package static func of(_ url: String) -> String? {
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), let parts = URLComponents(string: url),
            let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = parts.host?.lowercased(), !host.isEmpty
        else { return nil }
        let standard = scheme == "https" ? 443 : 80
        let port = parts.port.flatMap { $0 == standard ? nil : ":\($0)" } ?? ""
        return "\(scheme)://\(host)\(port)"
    }
}

extension Transaction {
    private static let webKey = "web"

    /// How the web front is set up; as it comes where nobody has set it up.
    package func webSettings() throws -> WebSettings {
        try meta(Self.webKey).flatMap { Document.value(WebSettings.self, from: $0) } ?? WebSettings()
    }

    package func setWebSettings(_ settings: WebSettings) throws {
        try setMeta(Self.webKey, Document.text(of: settings))
    }
}
