internal import PurrSequences
internal import PurrStore
internal import PurrTemplates

/// The links of ours that one mail carries: which of its own links are led past us, and how to opt out.
///
/// A value: the same mail composed again has the same links, and one that is no longer in it keeps leading
/// where it led.
struct MailLinks {
    let tokens: LinkTokens
    let url: PublicURL
    let mail: WebMailID
    let tracking: Tracking
    /// Where links lead, by position.
    private(set) var targets: [String]

    init(tokens: LinkTokens, url: PublicURL, mail: WebMailID, tracking: Tracking, targets: [String]) {
        self.tokens = tokens
        self.url = url
        self.mail = mail
        self.tracking = tracking
        self.targets = targets
    }

    /// The address past us for a link, or the link itself where it is none of the web's or clicks are not
    /// to be known.
    mutating func tracked(_ target: String) -> String {
        guard tracking.countsClicks, ClickTarget.isSafe(target) else { return target }
        var position = targets.firstIndex(of: target)
        if position == nil {
            targets.append(target)
            position = targets.count - 1
        }
        let content = LinkTokens.Content(mail: mail, position: position ?? 0)
        return "\(url)/c/\(tokens.token(for: .click, content))"
    }

    /// An invisible picture, where opens are to be known.
    var pixel: String {
        guard tracking.countsOpens else { return "" }
        let source = "\(url)/o/\(tokens.token(for: .open, LinkTokens.Content(mail: mail))).gif"
        return "<img src=\"\(source.escapedForHTML)\" width=\"1\" height=\"1\" alt=\"\">\n"
    }

    /// The page, and the address for one-click posts (RFC 8058), at which this mail's recipient opts out.
    var unsubscribe: String {
        "\(url)/u/\(tokens.token(for: .unsubscribe, LinkTokens.Content(mail: mail)))"
    }
}

/// Where a click may lead.
package enum ClickTarget {
    /// Whether it is a web address that can stand in a `Location` field: no other scheme, no line break.
    package static func isSafe(_ target: String) -> Bool {
        let folded = target.prefix(8).lowercased()
        return (folded.hasPrefix("https://") || folded.hasPrefix("http://"))
            && target.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && target.utf8.count <= 8_000
    }

    /// The target with a token for the user's own site, so that a page there knows whose click led to it.
    ///
    /// - Parameter origins: The user's own sites; others never learn a token.
    static func address(_ target: String, page token: String, origins: [String]) -> String {
        guard let origin = WebOrigin.of(target), origins.contains(origin) else { return target }
        let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let address = parts.first.map(String.init) ?? target
        let fragment = parts.count > 1 ? "#\(parts[1])" : ""
        return "\(address)\(address.contains("?") ? "&" : "?")purr=\(token)\(fragment)"
    }
}
