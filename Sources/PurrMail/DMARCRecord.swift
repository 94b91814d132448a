/// What a domain wants done with mail that claims to be its and cannot show it.
///
/// Source: RFC 7489 §6.3.
package struct DMARCRecord: Hashable, Sendable {
    package enum Policy: String, Sendable, Codable { case none, quarantine, reject }

    /// Nil where `p` is missing or says nothing known.
    package let policy: Policy?
    /// For names below the domain; as ``policy`` where it is not said.
    package let subdomainPolicy: Policy?
    /// Of a hundred mails, to how many the policy applies.
    package let percent: Int
    /// Where reports go, as written.
    package let reports: [String]
    /// Whether SPF's and DKIM's domains have to be the very same as the sender's.
    package let isStrictSPF: Bool
    package let isStrictDKIM: Bool
    /// What cannot be understood in it.
    package let problem: String?

    /// - Returns: Nil when the `TXT` record is no DMARC record.
    package init?(_ text: String) {
        guard Self.isOne(text) else { return nil }
        var policy: Policy?
        var subdomains: Policy?
        var percent = 100
        var reports: [String] = []
        var isStrict = (spf: false, dkim: false)
        var problem: String?
        for (name, value) in TagList.tags(of: text).dropFirst() {
            switch name {
            case "p":
                policy = Policy(rawValue: value.lowercased())
                if policy == nil { problem = "p=\(value.prefix(20)) is no policy" }
            case "sp":
                subdomains = Policy(rawValue: value.lowercased())
                if subdomains == nil { problem = problem ?? "sp=\(value.prefix(20)) is no policy" }
            case "pct":
                guard let number = Int(value), (0...100).contains(number) else {
                    problem = problem ?? "pct=\(value.prefix(20)) is no number from 0 to 100"
                    continue
                }
                percent = number
            case "rua":
                reports = value.split(separator: ",").map { String($0.filter { !$0.isWhitespace }) }
            case "adkim": isStrict.dkim = value.lowercased() == "s"
            case "aspf": isStrict.spf = value.lowercased() == "s"
            default: continue
            }
        }
        if policy == nil { problem = problem ?? "it has no p=" }
        self.policy = policy
        subdomainPolicy = subdomains ?? policy
        self.percent = percent
        self.reports = reports
        isStrictSPF = isStrict.spf
        isStrictDKIM = isStrict.dkim
        self.problem = problem
    }

    /// Whether a `TXT` record is meant as DMARC: its version comes first (RFC 7489 §6.4).
    package static func isOne(_ text: String) -> Bool {
        guard let first = TagList.tags(of: text).first else { return false }
        return first.name == "v" && first.value == "DMARC1"
    }
}

/// `name=value; name=value`, as DKIM and DMARC write them (RFC 6376 §3.2).
enum TagList {
    static func tags(of text: String) -> [(name: String, value: String)] {
        text.split(separator: ";").compactMap { tag in
            guard let equals = tag.firstIndex(of: "=") else { return nil }
            let name = tag[..<equals].filter { !$0.isWhitespace }.lowercased()
            return (name, trimmed(tag[tag.index(after: equals)...]))
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
