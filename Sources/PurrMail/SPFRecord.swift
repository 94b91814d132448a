/// Who may send mail of a domain, as the domain says it.
///
/// Read as far as a look at an installation needs it: what is wrong with the record, how many questions it
/// costs, and what it says of everybody else.
///
/// Source: RFC 7208.
package struct SPFRecord: Hashable, Sendable {
    /// What a mechanism says of whom it matches (RFC 7208 §4.6.2).
    package enum Qualifier: Character, Sendable {
        case pass = "+"
        case fail = "-"
        case softFail = "~"
        case neutral = "?"
    }

    /// Why a record is no record (RFC 7208 §4.6, §5).
    package let problem: String?
    /// What it says of everybody whom nothing else matches; nil where it has no `all`.
    package let all: Qualifier?
    /// Domains whose records are taken in, in order; those with macros, whose target follows from a mail, are not.
    package let includes: [String]
    /// The domain whose record stands in for the rest; nil where `all` makes it void (RFC 7208 §6.1).
    package let redirect: String?
    /// Questions to name servers that its own terms cost, those for ``includes`` and ``redirect`` among them.
    package let lookups: Int

    /// - Parameter text: One whole `TXT` record.
    /// - Returns: Nil when it is no SPF record at all, but something else that stands there.
    package init?(_ text: String) {
        guard Self.isOne(text) else { return nil }
        var all: Qualifier?
        var includes: [String] = []
        var redirect: String?
        var lookups = 0
        var problem: String?
        var modifiers: Set<String> = []
        for term in text.split(separator: " ").dropFirst() {
            let (qualifier, rest) = Self.qualified(term)
            if let equals = rest.firstIndex(of: "="),
                !rest[..<equals].contains(where: { ":/".contains($0) })
            {
                let name = rest[..<equals].lowercased()
                let value = String(rest[rest.index(after: equals)...])
                guard ["redirect", "exp"].contains(name) else { continue }
                if !modifiers.insert(name).inserted { problem = problem ?? "\(name)= stands in it twice" }
                guard name == "redirect" else { continue }
                if value.isEmpty { problem = problem ?? "redirect= names no domain" }
                redirect = value
                continue
            }
            let name = rest.prefix { $0 != ":" && $0 != "/" }.lowercased()
            let value = rest.dropFirst(name.count)
            let target = value.hasPrefix(":") ? String(value.dropFirst()) : ""
            switch name {
            case "all":
                // What follows is never reached (RFC 7208 §5.1).
                if all == nil { all = qualifier }
            case "include", "exists":
                if target.isEmpty { problem = problem ?? "\(name) names no domain" }
                lookups += all == nil ? 1 : 0
                if name == "include", all == nil, !target.isEmpty, !target.contains("%") {
                    includes.append(Self.domain(target))
                }
            case "a", "mx", "ptr": lookups += all == nil ? 1 : 0
            case "ip4", "ip6":
                if target.isEmpty { problem = problem ?? "\(name) names no address" }
            default: problem = problem ?? "it holds the unknown term \"\(rest.prefix(40))\""
            }
        }
        if all != nil { redirect = nil }
        if redirect != nil { lookups += 1 }
        self.problem = problem
        self.all = all
        self.includes = includes
        self.redirect = redirect.flatMap { $0.contains("%") ? nil : Self.domain($0) }
        self.lookups = lookups
    }

    /// Whether a `TXT` record is meant as SPF (RFC 7208 §4.5).
    package static func isOne(_ text: String) -> Bool {
        let start = text.prefix(7).lowercased()
        return start == "v=spf1" || start == "v=spf1 "
    }

    private static func qualified(_ term: Substring) -> (Qualifier, Substring) {
        guard let first = term.first, let qualifier = Qualifier(rawValue: first) else {
            return (.pass, term)
        }
        return (qualifier, term.dropFirst())
    }

    private static func domain(_ text: String) -> String {
        let name = text.prefix { $0 != "/" }.lowercased()
        return name.hasSuffix(".") ? String(name.dropLast()) : name
    }
}
