package import PurrMail

/// How a message was found to belong to somebody, strongest first.
///
/// Source: spec R2; the raw value is the number of the rung there, and is kept as evidence.
package enum Rung: Int, Codable, Sendable, Comparable, CaseIterable {
    case inReplyTo = 1
    case references
    /// A vendor's field, or an id in a returned header.
    case vendorHeader
    case threadRoot
    /// The first 22 bytes of Exchange's `Thread-Index`.
    case threadIndex
    /// The sender is a contact with an open enrollment.
    case contactAddress
    /// A colleague answered: same company, same subject, within 60 days.
    case sameCompany
    /// The sender is a contact, in the thread or not.
    case contactMail

    package static func < (left: Rung, right: Rung) -> Bool { left.rawValue < right.rawValue }
}

/// What the database knows of one key of ``MatchKeys/ids``.
package struct KnownID<Owner: Hashable & Sendable>: Hashable, Sendable {
    package let owner: Owner
    /// Whether it is the synthetic id that every mail of a thread carries.
    package let isThreadRoot: Bool

    package init(owner: Owner, isThreadRoot: Bool = false) {
        self.owner = owner
        self.isThreadRoot = isThreadRoot
    }
}

/// What the database knows of one key of ``MatchKeys/senderKeys``.
package struct KnownSender<Owner: Hashable & Sendable>: Hashable, Sendable {
    /// Whose address the key is.
    package enum Relation: Hashable, Sendable {
        /// The contact's own: the address or an alias.
        case contact
        /// Another address of the contact's company (the key is `@domain`).
        case colleague(of: EmailAddress)
    }

    package let owner: Owner
    package let relation: Relation
    package let hasOpenEnrollment: Bool
    /// ``baseSubject(_:)`` of what we sent this contact in the last 60 days; compared whatever the case.
    package let recentSubjects: Set<String>

    package init(
        owner: Owner, relation: Relation = .contact, hasOpenEnrollment: Bool,
        recentSubjects: Set<String> = []
    ) {
        self.owner = owner
        self.relation = relation
        self.hasOpenEnrollment = hasOpenEnrollment
        self.recentSubjects = Set(recentSubjects.map { baseSubject($0).lowercased() })
    }
}

/// One owner a message concerns, and why.
package struct Match<Owner: Hashable & Sendable>: Hashable, Sendable {
    package let owner: Owner
    package let rung: Rung
    /// For people: the field and the id, or the sender's address.
    package let evidence: String
    /// A colleague's mail in which the contact is neither `To` nor `Cc`: noted, stops nothing.
    package let isOnlyNoted: Bool

    package init(owner: Owner, rung: Rung, evidence: String, isOnlyNoted: Bool = false) {
        self.owner = owner
        self.rung = rung
        self.evidence = evidence
        self.isOnlyNoted = isOnlyNoted
    }
}

/// Everybody a message concerns, strongest rung first; each owner once, by its strongest rung.
///
/// Several owners are no contradiction: one mail may answer two sequences, and all of them stop
/// (spec R2.b). Rungs 6 to 8 ignore list mail: their newsletter is no answer.
///
/// - Parameters:
///   - ids: What is known of ``MatchKeys/ids``, by key.
///   - senders: What is known of ``MatchKeys/senderKeys``, by key.
package func matches<Owner>(
    of keys: MatchKeys, ids: [String: [KnownID<Owner>]], senders: [String: [KnownSender<Owner>]]
) -> [Match<Owner>] {
    var found: [Match<Owner>] = []
    for (key, rung) in keys.ids {
        for known in ids[key] ?? [] {
            found.append(
                Match(
                    owner: known.owner, rung: known.isThreadRoot ? max(rung, .threadRoot) : rung,
                    evidence: "\(rung.field) <\(key)>"))
        }
    }
    if !keys.isListMail {
        for key in keys.senderKeys {
            for known in senders[key] ?? [] {
                if let match = match(of: keys, senderKey: key, known) { found.append(match) }
            }
        }
    }
    var best: [Owner: Match<Owner>] = [:]
    for match in found {
        guard let other = best[match.owner] else {
            best[match.owner] = match
            continue
        }
        if match.rung < other.rung || (match.rung == other.rung && other.isOnlyNoted && !match.isOnlyNoted)
        {
            best[match.owner] = match
        }
    }
    // In the order found, so that the same facts give the same answer.
    var seen: Set<Owner> = []
    return found.compactMap { seen.insert($0.owner).inserted ? best[$0.owner] : nil }.sorted {
        $0.rung < $1.rung
    }
}

/// Rungs 6 to 8.
private func match<Owner>(of keys: MatchKeys, senderKey: String, _ known: KnownSender<Owner>) -> Match<
    Owner
>? {
    switch known.relation {
    case .contact:
        return Match(
            owner: known.owner, rung: known.hasOpenEnrollment ? .contactAddress : .contactMail,
            evidence: "From \(senderKey)")
    case .colleague(let contact):
        guard !keys.baseSubject.isEmpty, known.recentSubjects.contains(keys.baseSubject) else { return nil }
        let includesContact = keys.recipients.contains { $0.canonicalKey == contact.canonicalKey }
        return Match(
            owner: known.owner, rung: .sameCompany, evidence: "From \(senderKey), same subject",
            isOnlyNoted: !includesContact)
    }
}

extension Rung {
    /// What the key was found in, for people.
    fileprivate var field: String {
        switch self {
        case .inReplyTo: "In-Reply-To"
        case .references: "References"
        case .vendorHeader: "Returned or vendor's id"
        case .threadRoot: "Thread root"
        case .threadIndex: "Thread-Index"
        case .contactAddress, .sameCompany, .contactMail: "From"
        }
    }
}
