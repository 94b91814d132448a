/// Something that was seen of a contact, before anybody has asked whether a person did it.
package struct TrackedEvent: Hashable, Sendable {
    package let kind: MomentKind
    /// Seconds since 1970, as clocks on the wall count them.
    package let at: Int
    /// When the mail that was opened or answered had been sent, if known.
    package let sentAt: Int?
    /// The `User-Agent` that asked, if known.
    package let agent: String?

    package init(_ kind: MomentKind, at: Int, sentAt: Int? = nil, agent: String? = nil) {
        self.kind = kind
        self.at = at
        self.sentAt = sentAt
        self.agent = agent
    }

    var isFetch: Bool { kind == .open || kind == .click }
}

/// Why an event is no evidence about a person (spec T2).
package enum FilterReason: String, CaseIterable, Hashable, Sendable {
    /// Later than the day that is to be chosen for.
    case future
    /// A clock that was not set.
    case before1970 = "before 1970"
    /// Opened before it was sent.
    case beforeSent = "before it was sent"
    /// The same event once more.
    case duplicate
    /// Fetched within a minute of the delivery.
    case prefetch
    /// The agent is a security scanner, a crawler or a library.
    case scanner
    /// Apple Mail Privacy Protection fetches every picture at a time of its own.
    case privacyProxy = "privacy proxy"
    /// An agent that prefetches this contact's mail most of the time is a machine also when it is late.
    case prefetchingAgent = "prefetching agent"
    /// Many recipients, or many mails, in the same second.
    case manyAtOnce = "many at once"
    /// Many links within seconds, and what was opened with them.
    case everyLink = "every link"
    /// Far too often at the same minute of the day.
    case clockwork
    /// Far too often the same number of seconds after the delivery.
    case constantDelay = "constant delay"
    /// An answer that a program wrote: out of office, a ticket, a report.
    case automatic
}
