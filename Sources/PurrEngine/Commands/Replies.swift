package import Foundation
package import PurrMail
package import PurrReplies
internal import PurrSequences
internal import PurrStore

/// One message that came in, as people see it (spec replies R2, R3).
package struct ReplyReport: Sendable, Encodable {
    /// One enrollment that it concerns, and how that is known.
    package struct Concerned: Sendable, Encodable {
        package let contact: String
        package let sequence: String
        /// The number of the rung in the rules of matching.
        package let rung: Int
        package let matchedBy: String
        /// Stops nothing: a colleague's mail that the contact has no part in.
        package let isOnlyNoted: Bool
    }

    package let id: Int64
    package let at: Date
    package let kind: String
    /// The rule that says so.
    package let rule: String
    /// Of the first enrollment it concerns; null where it concerns none.
    @OrNull package var rung: Int?
    @OrNull package var contact: String?
    @OrNull package var sequence: String?
    package let mailbox: String
    package let folder: String
    package let from: String
    package let subject: String
    /// What the sender wrote, without quotes and signature.
    package let excerpt: String
    /// What a person said against Purr's judgement: what it was read as before.
    @OrNull package var reclassifiedFrom: String?
    package let concerns: [Concerned]
    /// What it did and nobody took back, in words.
    package let effects: [String]
}

/// A message with all that speaks for its judgement.
package struct ReplyDetails: Sendable, Encodable {
    package let reply: ReplyReport
    /// At most 4,000 characters of the sender's own words.
    package let ownText: String
    @OrNull package var messageId: String?
    @OrNull package var status: String?
    @OrNull package var permanent: Bool?
    @OrNull package var proof: String?
    @OrNull package var returnDate: String?
    package let standIns: [String]
    package let recipients: [String]
}

/// Which messages to list.
package struct ReplyFilter: Sendable {
    package var kinds: [Judgement.Kind] = []
    package var contact: EmailAddress?
    package var sequence: String?
    package var mailbox: EmailAddress?
    package var since: Date?
    package var isReclassified = false

    package init() {}
}

extension Commands {
    /// Messages that came in and concern somebody, the latest first.
    package func replies(_ filter: ReplyFilter = ReplyFilter(), limit: Int = 100) throws -> [ReplyReport] {
        try look { transaction in
            let wanted = try stored(filter, in: transaction)
            return try transaction.inboundMessages(wanted, limit: limit).map {
                try report($0, in: transaction)
            }
        }
    }

    /// One message, with what speaks for its judgement.
    package func reply(_ id: Int64) throws -> ReplyDetails {
        try look { transaction in
            let message = try message(id, in: transaction)
            let judgement = judgement(of: message)
            return ReplyDetails(
                reply: try report(message, in: transaction),
                ownText: judgement.ownText.isEmpty ? message.excerpt : judgement.ownText,
                messageId: MessageHeader(message.header).messageID?.text, status: judgement.status,
                permanent: judgement.permanent,
                proof: judgement.kind.isReport ? judgement.proof.rawValue : nil,
                returnDate: judgement.returnDate?.description, standIns: judgement.standIns.map(\.text),
                recipients: judgement.recipients.map(\.text))
        }
    }

    private func stored(_ filter: ReplyFilter, in transaction: Transaction) throws -> InboundFilter {
        var wanted = InboundFilter()
        wanted.kinds = filter.kinds.map(\.rawValue)
        wanted.since = filter.since
        wanted.isReclassified = filter.isReclassified
        wanted.contact = try filter.contact.map { email in
            guard let contact = try transaction.contact(email) else {
                throw CommandError(.badData, "\(email) is not a contact. See: purr contact list.")
            }
            return contact.id
        }
        wanted.sequence = try filter.sequence.map { name in
            guard let sequence = try transaction.sequence(named: name) else {
                throw CommandError(
                    .badData, "There is no sequence \"\(name)\". See: purr sequence list.")
            }
            return sequence.id
        }
        wanted.mailbox = try filter.mailbox.map { address in
            let known = try transaction.mailboxes().first { $0.address.key == address.key }
            guard let known else {
                throw CommandError(
                    .badData, "\(address) is not a connected mailbox. See: purr mailbox list.")
            }
            return known.id
        }
        return wanted
    }

    func message(_ id: Int64, in transaction: Transaction) throws -> InboundMessage {
        guard let message = try transaction.inboundMessage(InboundID(rawValue: id)) else {
            throw CommandError(.badData, "There is no message \(id). See: purr reply list.")
        }
        return message
    }

    func judgement(of message: InboundMessage) -> Judgement {
        if let judgement = Document.value(Judgement.self, from: message.judgement) { return judgement }
        var judgement = Judgement(
            kind: Judgement.Kind(rawValue: message.kind) ?? .human, rule: message.rule)
        judgement.ownText = message.excerpt
        return judgement
    }

    func report(_ message: InboundMessage, in transaction: Transaction) throws -> ReplyReport {
        let concerns = try transaction.matches(of: message.id).map { match in
            let enrollment = try transaction.enrollment(match.enrollment)
            return ReplyReport.Concerned(
                contact: try enrollment.flatMap { try transaction.contact($0.contact) }?.email.text ?? "",
                sequence: try enrollment.flatMap { try transaction.sequence($0.sequence) }?.name ?? "",
                rung: match.rung, matchedBy: match.evidence, isOnlyNoted: match.isOnlyNoted)
        }
        let before = try transaction.reclassification(of: message.id)
            .flatMap { Document.value(Judgement.self, from: $0.from) }
        return ReplyReport(
            id: message.id.rawValue, at: message.receivedAt, kind: message.kind, rule: message.rule,
            rung: concerns.first?.rung, contact: concerns.first?.contact,
            sequence: concerns.first?.sequence,
            mailbox: try transaction.mailbox(message.mailbox)?.address.text ?? "",
            folder: message.folder.description, from: message.sender, subject: message.subject,
            excerpt: message.excerpt, reclassifiedFrom: before?.kind.rawValue, concerns: concerns,
            effects: try transaction.effects(of: message.id).reversed().compactMap {
                try words(for: $0, in: transaction)
            })
    }

    private func words(for effect: InboundEffectRecord, in transaction: Transaction) throws -> String? {
        let enrollment = try effect.enrollment.flatMap { try transaction.enrollment($0) }
        let contact = try enrollment.flatMap { try transaction.contact($0.contact) }?.email.text ?? ""
        let sequence = try enrollment.flatMap { try transaction.sequence($0.sequence) }?.name ?? ""
        return switch effect.kind {
        case .ended: "\(contact) was taken out of \(sequence): \(effect.subject)"
        case .held: "\(contact) is held in \(sequence): \(effect.subject)"
        case .waiting:
            Int64(effect.subject).map { milliseconds in
                let zone = enrollment?.zone ?? .utc
                let wall = zone.wall(of: Date(milliseconds: milliseconds))
                return
                    "\(contact) waits in \(sequence) until \(wall.day) at \(wall.second.asClock) in \(zone)"
            }
        case .suppressed: "nothing is sent to \(effect.subject) any more"
        case .address: "\(contact) also writes from \(effect.subject)"
        case .task: "task \(effect.subject) was made"
        case .fact: nil
        }
    }
}
