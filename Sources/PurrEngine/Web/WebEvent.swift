/// What somebody, or some machine, did at the web front.
package enum WebEvent: Sendable, Hashable {
    /// Fetched the picture in a mail.
    case open(LinkTokens.Content, agent: String)
    /// Followed a link in a mail.
    case click(LinkTokens.Content, agent: String)
    /// Asked where a link leads, without following it.
    case lookUp(LinkTokens.Content)
    /// Wants no more mail.
    case optOut(LinkTokens.Content, way: OptOutWay)

    /// How somebody opted out.
    package enum OptOutWay: String, Sendable, Hashable {
        /// The button on the page.
        case page
        /// Their mail program's own button (RFC 8058).
        case oneClick
    }
}

/// What came of a ``WebEvent``, durable already.
package enum WebOutcome: Sendable, Hashable {
    case done
    /// The address a click leads to.
    case leads(to: String)
    /// The mail, or the link in it, was never made.
    case unknown
}
