internal import Foundation
internal import PurrMail
internal import PurrReplies
internal import PurrSequences
internal import PurrStore

/// What a judged message does to the enrollments it concerns.
///
/// Every change is noted beside the message, so that a person who reads it otherwise can take it back
/// (spec replies R3.e).
struct InboundEffect {
    let mailbox: MailboxID
    let inbound: InboundID
    let message: IncomingMessage
    let judgement: Judgement
    let matches: [Match<EnrollmentID>]
    /// Those whose List-Unsubscribe token the message carries.
    let optedOut: Set<EnrollmentID>
    let folder: FolderName
    let receivedAt: Date
    let now: Date
    /// Seconds that clocks may differ by.
    let skew: TimeInterval
    /// A person says what the message is: no proof is asked for.
    var isByHand = false

    func apply(in transaction: Transaction) throws {
        switch judgement.kind {
        case .own: return
        case .human: try stop(matches, because: .replied, .answered, "answered", in: transaction)
        case .calendar: try meet(in: transaction)
        case .unsubscribe: try optOut(in: transaction)
        case .left: try left(in: transaction)
        case .outOfOffice: try away(in: transaction)
        case .challenge: try hold(.challenge, "asks for a proof that a person wrote", in: transaction)
        case .unreadable:
            try hold(.unreadableMessage, "sent a message that cannot be read", in: transaction)
        case .complaint: try complaint(in: transaction)
        case .bounce: try bounce(in: transaction)
        case .automatic, .ticket: try noteAutomatic(in: transaction)
        case .delay, .delivered, .receipt:
            try note(
                .noted, "A \(judgement.kind.rawValue) report came; it changes nothing", in: transaction)
        }
    }

    // MARK: Whom it concerns

    var sender: EmailAddress? { MatchKeys(message.header).senders.first }

    /// Those in whose thread it stands: whoever wrote it has had a mail of ours in hand.
    var proven: [Match<EnrollmentID>] { isByHand ? matches : matches.filter { $0.rung <= .threadIndex } }

    /// Those whose own machine may have written it: a colleague's says nothing of them.
    var personal: [Match<EnrollmentID>] {
        matches.filter { isByHand || ($0.rung != .sameCompany && !$0.isOnlyNoted) }
    }

    func contacts(of matches: [Match<EnrollmentID>], in transaction: Transaction) throws -> [Contact] {
        let ids = Set(try matches.compactMap { try transaction.enrollment($0.owner)?.contact })
        return try ids.sorted().compactMap { try transaction.contact($0) }.filter { !$0.isDeleted }
    }

    // MARK: Changes, each on record

    /// - Returns: Whether anything changed.
    func end(
        _ enrollment: EnrollmentRecord, because reason: EndReason, detail: String,
        in transaction: Transaction
    ) throws -> Bool {
        let earlier = try earlierState(of: enrollment, in: transaction)
        guard try transaction.unenroll(enrollment.id, because: reason, detail: detail, at: now) else {
            return false
        }
        try transaction.record(
            .ended, of: inbound, enrollment: enrollment.id, subject: reason.rawValue, earlier: earlier,
            at: now)
        return true
    }

    /// - Returns: Whether anything changed.
    func hold(
        _ enrollment: EnrollmentRecord, because reason: HoldReason, detail: String,
        in transaction: Transaction
    ) throws -> Bool {
        let earlier = try earlierState(of: enrollment, in: transaction)
        guard try transaction.hold(enrollment.id, because: reason, detail: detail, at: now) else {
            return false
        }
        try transaction.record(
            .held, of: inbound, enrollment: enrollment.id, subject: reason.rawValue, earlier: earlier,
            at: now)
        return true
    }

    /// Moves the next step.
    func wait(
        _ enrollment: EnrollmentRecord, until instant: Date, detail: String, in transaction: Transaction
    ) throws {
        try transaction.record(
            .waiting, of: inbound, enrollment: enrollment.id, subject: "\(instant.milliseconds)",
            earlier: earlierState(of: enrollment, in: transaction), at: now)
        try transaction.replan(enrollment.id, to: instant, because: .returnDate, detail: detail)
    }

    func suppress(_ address: EmailAddress, because reason: EndReason, in transaction: Transaction) throws {
        guard
            try transaction.suppress(address, because: reason, evidence: judgement.rule, at: now)
        else { return }
        try transaction.record(.suppressed, of: inbound, enrollment: nil, subject: address.key, at: now)
    }

    /// What reports count: on the step whose mail is answered, also after the end (spec S4.3, S7.1).
    func note(_ fact: Fact, of enrollment: EnrollmentID, in transaction: Transaction) throws {
        let keys = MatchKeys(message).ids.map(\.key)
        let step = try transaction.step(of: enrollment, idKeys: keys, before: receivedAt)
        guard try transaction.note(fact, of: enrollment, step: step, at: receivedAt) else { return }
        try transaction.record(
            .fact, of: inbound, enrollment: enrollment, subject: "\(fact.rawValue) \(step?.rawValue ?? "")",
            at: now)
    }

    private func earlierState(of enrollment: EnrollmentRecord, in transaction: Transaction) throws
        -> EarlierState
    {
        EarlierState(
            enrollment,
            openTasks: try transaction.tasks(of: enrollment.id).filter { $0.state.isOpen }.map(\.id))
    }

    // MARK: The record

    func note(_ kind: Event.Kind, _ words: String, in transaction: Transaction) throws {
        for match in matches { try append(kind, words, match, in: transaction) }
    }

    func name(_ enrollment: EnrollmentRecord, _ transaction: Transaction) throws -> String {
        try transaction.contact(enrollment.contact)?.email.text ?? "The contact"
    }

    func append(
        _ kind: Event.Kind, _ words: String, _ match: Match<EnrollmentID>?, enrollment: EnrollmentID? = nil,
        in transaction: Transaction
    ) throws {
        var evidence = [
            "rule": judgement.rule, "kind": judgement.kind.rawValue, "folder": folder.wire,
            "message": "\(inbound)",
        ]
        if let match {
            evidence["rung"] = "\(match.rung.rawValue)"
            evidence["matchedBy"] = match.evidence
        }
        if let status = judgement.status { evidence["status"] = status }
        if let id = message.header.messageID { evidence["messageId"] = id.text }
        if let sender { evidence["from"] = sender.text }
        if isByHand { evidence["by"] = "hand" }
        try transaction.append(
            Event(
                at: now, kind, mailbox: mailbox, enrollment: enrollment ?? match?.owner, words + ".",
                evidence: evidence))
    }
}
