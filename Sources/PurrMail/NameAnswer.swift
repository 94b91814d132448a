/// What a name server said to a question.
package enum NameAnswer<Record: Sendable & Hashable>: Hashable, Sendable {
    /// What there is; empty when the name is not there or has no such record.
    case records([Record])
    /// Nobody answered, or what came is no answer; the text tells why.
    case failed(String)
}

/// A host that takes mail for a domain.
///
/// Source: RFC 5321 §5.1.
package struct MailExchanger: Hashable, Sendable {
    /// Without a final dot; empty where the domain says that it takes no mail (RFC 7505).
    package let host: String
    /// Lower is tried first.
    package let preference: Int

    package init(host: String, preference: Int) {
        self.host = host
        self.preference = preference
    }
}
