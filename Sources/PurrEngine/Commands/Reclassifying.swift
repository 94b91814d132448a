internal import Foundation
package import PurrReplies
internal import PurrMail
internal import PurrSequences
internal import PurrStore

/// What a person's word on a message did.
package struct Reclassified: Sendable, Encodable {
    package let from: String
    package let to: String
    /// The message as it stands now.
    package let reply: ReplyReport
}

// A person reads a message otherwise than Purr did (spec replies R3.e).
extension Commands {
    /// Takes back what a message did, and does what follows from the judgement of a person.
    ///
    /// - Parameter returnDate: For ``Judgement/Kind/outOfOffice``: the first day back.
    package func reclassify(
        _ id: Int64, as kind: Judgement.Kind, returnDate: ReturnDate? = nil
    ) throws -> Reclassified {
        try change { transaction in
            let message = try message(id, in: transaction)
            let old = judgement(of: message)
            guard old.kind != kind || (returnDate != nil && returnDate != old.returnDate) else {
                throw CommandError(.badData, "Message \(id) is read as \(kind.rawValue) already.")
            }
            var new = old
            new.kind = kind
            new.rule = Self.byHand
            new.returnDate = returnDate ?? (kind == .outOfOffice ? old.returnDate : nil)
            new.permanent = kind == .bounce ? true : nil
            new.isAddressLevel = kind == .bounce && old.isAddressLevel
            try transaction.reclassify(
                message.id, from: Document.text(of: old), to: Document.text(of: new), at: now)
            return try replace(old, by: new, of: message, in: transaction)
        }
    }

    /// Takes a person's last word on a message back: what Purr had read it as counts again.
    package func undoReclassification(of id: Int64) throws -> Reclassified {
        try change { transaction in
            let message = try message(id, in: transaction)
            guard let word = try transaction.reclassification(of: message.id),
                let before = Document.value(Judgement.self, from: word.from)
            else {
                throw CommandError(
                    .badData, "Nobody has reclassified message \(id), so there is nothing to undo.")
            }
            try transaction.setUndone(word, at: now)
            return try replace(judgement(of: message), by: before, of: message, in: transaction)
        }
    }

    private static let byHand = "R3.e by hand"

    private func replace(
        _ old: Judgement, by new: Judgement, of message: InboundMessage, in transaction: Transaction
    ) throws -> Reclassified {
        let id = message.id
        let matches = try matches(of: message, in: transaction)
        let reopened = try EffectUndo(inbound: id, now: now).undo(in: transaction)
        try transaction.recordJudgement(
            id, kind: new.kind.rawValue, rule: new.rule, excerpt: message.excerpt,
            judgement: Document.text(of: new), at: now)
        for match in matches {
            try transaction.append(
                Event(
                    at: now, .reclassified, mailbox: message.mailbox, enrollment: match.owner,
                    "The message of \(message.sender), read as \(old.kind.rawValue), is \(new.kind.rawValue): a person said so.",
                    evidence: ["by": "hand", "message": "\(id)", "was": old.rule]))
        }
        try effect(of: message, new, matches).apply(in: transaction)
        for contact in reopened.sorted() {
            try honourOthers(of: contact, except: id, in: transaction)
        }
        guard let changed = try transaction.inboundMessage(id) else {
            throw CommandError(.software, "Message \(id) is gone.")
        }
        return Reclassified(
            from: old.kind.rawValue, to: new.kind.rawValue, reply: try report(changed, in: transaction))
    }

    /// Other messages that had come after the end count now: promise P3 asks for every answer.
    private func honourOthers(of contact: ContactID, except id: InboundID, in transaction: Transaction)
        throws
    {
        func isOpen() throws -> Bool {
            try transaction.enrollments(of: contact).contains { $0.state.isOpen }
        }
        for other in try transaction.endingMessages(of: contact, except: id) {
            guard try isOpen() else { return }
            guard let message = try transaction.inboundMessage(other) else { continue }
            try applyAgain(message, in: transaction)
        }
        guard let person = try transaction.contact(contact) else { return }
        for enrollment in try transaction.enrollments(of: contact) where enrollment.state.isOpen {
            try endForCompany(enrollment, of: person, since: .distantPast, in: transaction)
        }
    }

    /// Ends an enrollment for a colleague's answer to the same sequence, where that speaks for the company.
    ///
    /// - Parameter since: When that answer came in, at the earliest.
    func endForCompany(
        _ enrollment: EnrollmentRecord, of person: Contact, since: Date, in transaction: Transaction
    ) throws {
        let domain = isMailProvider(domain: person.email.domain) ? nil : "@" + person.email.domain
        guard let settings = try transaction.sequence(enrollment.sequence)?.settings else { return }
        let rules: [(isOn: Bool, theirs: EndReason, ours: EndReason)] = [
            (settings.companyReplyStops, .replied, .companyReplied),
            (settings.companyMeetingStops, .meetingBooked, .companyMeetingBooked),
        ]
        for rule in rules where rule.isOn {
            let hasColleague = try transaction.ended(
                in: enrollment.sequence, because: rule.theirs, since: since
            ).contains { other in
                let isSameCompany = !person.company.isEmpty && other.company == person.company
                return other.contact != person.id
                    && (isSameCompany || domain.map { other.email.hasSuffix($0) } ?? false)
            }
            let detail = "Somebody else of the company has answered"
            guard hasColleague,
                try transaction.unenroll(enrollment.id, because: rule.ours, detail: detail, at: now)
            else { continue }
            try transaction.append(
                Event(
                    at: now, .answered, mailbox: enrollment.mailbox, enrollment: enrollment.id,
                    detail + "."))
        }
    }

    /// Does once more what follows from a message, as it was read.
    func applyAgain(_ message: InboundMessage, in transaction: Transaction) throws {
        try effect(of: message, judgement(of: message), matches(of: message, in: transaction))
            .apply(in: transaction)
    }

    private func effect(
        of message: InboundMessage, _ judgement: Judgement, _ matches: [Match<EnrollmentID>]
    ) -> InboundEffect {
        InboundEffect(
            mailbox: message.mailbox, inbound: message.id, message: IncomingMessage.read(message.header),
            judgement: judgement, matches: matches, optedOut: [], folder: message.folder,
            receivedAt: message.receivedAt, now: now, skew: MachineSettings().clockSkew,
            isByHand: judgement.rule == Self.byHand)
    }

    /// Whose it is, as it was found; found anew for what an older Purr judged.
    private func matches(of message: InboundMessage, in transaction: Transaction) throws -> [Match<
        EnrollmentID
    >] {
        let known = try transaction.matches(of: message.id).compactMap(Match.init)
        guard known.isEmpty, message.judgement.isEmpty else { return known }
        let keys = MatchKeys(MessageHeader(message.header))
        let found = try Lookup([keys], in: transaction)
            .matches(of: keys, receivedAt: message.receivedAt, skew: MachineSettings().clockSkew)
        try transaction.record(found.map(KnownMatch.init), of: message.id)
        return found
    }
}
