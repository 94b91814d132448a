internal import Foundation
internal import PurrMail
internal import PurrSequences
internal import PurrStore

/// Whom a server's no concerns (spec M4, M6).
enum Refusal: Hashable, Sendable {
    /// The address does not exist: final for it, and for it alone.
    case rejectsAddress
    /// This mail, for now: greylisting, a full mailbox.
    case delaysMail
    /// The account, for now: too fast, a service that shuts down.
    case slowsMailbox
    /// The account, until a person has looked: quota, policy, sender refused.
    case pausesMailbox

    /// The codes that are about the address alone (RFC 3463 §3.2): no such mailbox, no such domain, bad
    /// syntax, has moved away without forwarding, domain takes no mail (RFC 7505).
    private static let addressCodes: Set<String> = ["5.1.1", "5.1.2", "5.1.6", "5.1.10"]

    init(_ reply: ServerReply, at stage: SubmissionStage) {
        if reply.isPermanent {
            let isAddress =
                stage == .recipient && reply.enhancedCode.map(Self.addressCodes.contains) ?? false
            self = isAddress ? .rejectsAddress : .pausesMailbox
        } else if reply.code == 421 || stage == .connect || stage == .mail {
            self = .slowsMailbox
        } else {
            self = .delaysMail
        }
    }
}

/// Writes down a refusal.
struct RefusalRecord {
    let mailbox: MailboxID
    let reply: ServerReply
    let stage: SubmissionStage
    let now: Date
    let backOff: BackOff

    func apply(_ refusal: Refusal, to id: JournalID, seed: UInt64, in transaction: Transaction) throws {
        guard let entry = try transaction.journalEntry(id),
            let enrollment = try transaction.enrollment(entry.enrollment)
        else { return }
        let words = "\(reply.code) \(reply.text)"
        if refusal == .pausesMailbox, isAboutSender,
            let address = try transaction.mailbox(mailbox)?.address, address.key != entry.sender.key
        {
            return try holdAlias(entry, words, in: transaction)
        }
        switch refusal {
        case .rejectsAddress:
            try transaction.recordRejected(id, reply: words)
            try transaction.suppress(entry.recipient, because: .bounced, evidence: words, at: now)
            try transaction.note(.bounced, of: enrollment.id, step: entry.step, at: now)
            let detail = "The server refuses \(entry.recipient): \(words)"
            if try transaction.unenroll(enrollment.id, because: .sendRejected, detail: detail, at: now) {
                try append(.failed, enrollment.id, detail, words, in: transaction)
            }
            try CircuitBreaking(mailbox: mailbox, now: now).look(in: transaction)
        case .delaysMail:
            try transaction.recordNotAccepted(id, reply: words)
            try delay(entry, enrollment, words: words, seed: seed, in: transaction)
        case .slowsMailbox:
            try transaction.recordNotAccepted(id, reply: words)
            // Asked for again and again, it is one failure that lasts.
            let since = try transaction.mailbox(mailbox)?.failingSince ?? now
            try transaction.setFailure(words, since: since, of: mailbox)
            try append(
                .delayed, enrollment.id, "The server slows the mailbox down: \(words)", words,
                in: transaction)
        case .pausesMailbox:
            try transaction.recordNotAccepted(id, reply: words)
            try transaction.pauseMailbox(mailbox, because: "The server refused a mail: \(words)")
            try append(
                .mailboxPaused, enrollment.id,
                "The server refused the mail, so the mailbox is paused. Mend the cause, then: purr mailbox resume ADDRESS. It said: \(words)",
                words, in: transaction)
        }
    }

    /// Whether the server refuses whom the mail is from: at MAIL FROM; later by its code (RFC 3463 §3.2, 5.1.7 and
    /// 5.1.8; Exchange's 5.7.60) or, as Postfix does at RCPT TO with 5.7.1, by its words.
    private var isAboutSender: Bool {
        if stage == .mail { return true }
        guard stage != .connect else { return false }
        if let code = reply.enhancedCode, ["5.1.7", "5.1.8", "5.7.60"].contains(code) { return true }
        let text = reply.text.lowercased()
        return ["sender address rejected", "sender rejected", "not owned by", "send as this"].contains {
            text.contains($0)
        }
    }

    /// An alias that the server does not let the mailbox send from concerns those who are written to from it
    /// (spec S3.1).
    private func holdAlias(_ entry: JournalEntry, _ words: String, in transaction: Transaction) throws {
        try transaction.recordNotAccepted(entry.id, reply: words)
        let detail = "The server does not let the mailbox send as \(entry.sender): \(words)"
        guard
            try transaction.hold(entry.enrollment, because: .aliasRefused, detail: detail, at: now)
        else { return }
        try append(.held, entry.enrollment, detail, words, in: transaction)
    }

    private func delay(
        _ entry: JournalEntry, _ enrollment: EnrollmentRecord, words: String, seed: UInt64,
        in transaction: Transaction
    ) throws {
        let due = enrollment.plannedAt ?? now
        if let next = backOff.nextAttempt(
            after: max(entry.attempts, 1), now: now, due: due, in: enrollment.zone, seed: seed)
        {
            try transaction.postpone(enrollment.id, to: next, because: .temporaryFailure, detail: words)
            try append(
                .delayed, enrollment.id, "The server asks to try again later: \(words)", words,
                in: transaction)
        } else if try transaction.hold(enrollment.id, because: .tooLate, detail: words, at: now) {
            try append(
                .held, enrollment.id, "The server put the mail off for longer than its day: \(words)",
                words, in: transaction)
        }
    }

    private func append(
        _ kind: Event.Kind, _ enrollment: EnrollmentID, _ text: String, _ words: String,
        in transaction: Transaction
    ) throws {
        try transaction.append(
            Event(
                at: now, kind, mailbox: mailbox, enrollment: enrollment, text,
                evidence: ["smtp": words, "at": stage.rawValue]))
    }
}
