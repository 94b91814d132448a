/// Whose signature a mail bears, and where its key is found.
///
/// Source: RFC 6376 §3.5.
package struct DKIMSignature: Hashable, Sendable, Codable {
    /// `d=`, in small letters.
    package let domain: String
    /// `s=`, as written.
    package let selector: String

    package init(domain: String, selector: String) {
        self.domain = domain
        self.selector = selector
    }

    /// Reads the value of a `DKIM-Signature` field.
    package init?(field: String) {
        var domain: String?
        var selector: String?
        for (name, value) in TagList.tags(of: field) {
            let value = value.filter { !$0.isWhitespace }
            if name == "d" { domain = value.lowercased() }
            if name == "s" { selector = value }
        }
        guard let domain, let selector, !domain.isEmpty, !selector.isEmpty else { return nil }
        self.init(domain: domain, selector: selector)
    }

    /// The name whose `TXT` record holds the key (RFC 6376 §3.6.2.1).
    package var keyName: String { "\(selector)._domainkey.\(domain)" }
}

/// The key that a signature is verified with, as its domain publishes it.
///
/// Source: RFC 6376 §3.6.1.
package struct DKIMKey: Hashable, Sendable {
    /// `p=` is empty: whoever signs with it is not believed.
    package let isRevoked: Bool
    /// `t=y`: the domain tries it out, so a signature changes nothing.
    package let isTesting: Bool
    /// The bits of an RSA key, by the length of its ASN.1 form; nil for other kinds.
    package let bits: Int?

    /// - Returns: Nil when the record holds no key.
    package init?(_ text: String) {
        let tags = TagList.tags(of: text)
        guard let key = tags.first(where: { $0.name == "p" })?.value.filter({ !$0.isWhitespace }) else {
            return nil
        }
        let version = tags.first { $0.name == "v" }?.value
        guard version == nil || version == "DKIM1" else { return nil }
        isRevoked = key.isEmpty
        let flags = tags.first { $0.name == "t" }?.value.split(separator: ":") ?? []
        isTesting = flags.contains { $0.filter { !$0.isWhitespace } == "y" }
        let kind = tags.first { $0.name == "k" }?.value.lowercased() ?? "rsa"
        // SubjectPublicKeyInfo of an RSA key: modulus and some 38 bytes around it.
        let bytes = key.utf8.count * 3 / 4
        bits =
            kind == "rsa" && !key.isEmpty
            ? [512, 768, 1_024, 1_536, 2_048, 3_072, 4_096].min {
                abs($0 / 8 + 36 - bytes) < abs($1 / 8 + 36 - bytes)
            } : nil
    }
}
