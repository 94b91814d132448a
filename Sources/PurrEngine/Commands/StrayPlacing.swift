internal import Foundation
internal import PurrMail
internal import PurrSequences
internal import PurrStore

/// Enters mails that were found in Sent, the oldest first.
struct StrayPlacing {
    let request: RecoveryRequest
    let mailbox: MailboxRecord
    let own: Set<String>
    let sequences: [SequenceRecord]
    let now: Date
    var placed = 0
    var made: Set<EnrollmentID> = []
    /// Those that a mail in Sent has brought past the step that came next.
    var advanced: Set<EnrollmentID> = []
    private var unplaced: [String: Int] = [:]

    init(
        request: RecoveryRequest, mailbox: MailboxRecord, own: Set<String>, sequences: [SequenceRecord],
        now: Date
    ) {
        self.request = request
        self.mailbox = mailbox
        self.own = own
        self.sequences = sequences
        self.now = now
    }

    var reasons: [String] { unplaced.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" } }

    mutating func place(_ stray: StraySend, in transaction: Transaction) throws {
        guard stray.isSigned || request.trustsSent else {
            return leave("It bears the signature of another key: --key FILE, or --trust-sent.")
        }
        guard own.contains(stray.sender.key) else { return leave("Somebody else sent it.") }
        guard let mark = StepMark(stray.mark) else { return leave("Its mark cannot be read.") }
        guard let enrollment = try enrollment(of: stray, mark, in: transaction) else { return }
        guard let version = try KnownVersions().version(of: enrollment, in: transaction),
            let step = version.steps.first(where: {
                MailMarks.hash(of: $0.id.rawValue, in: stray.threadRoot) == mark.stepHash
            })
        else { return leave("Its step is none of the sequence as it is here.") }
        placed += 1
        try transaction.setPlaced(stray, of: mailbox.id)
        guard try transaction.enter(stray, of: enrollment.id, step: step.id, mailbox: mailbox.id) else {
            return
        }
        try transaction.append(
            Event(
                at: now, .found, mailbox: mailbox.id, enrollment: enrollment.id,
                "\(version.label(of: step.id)) was found in Sent and counts as sent.",
                evidence: [
                    "messageId": stray.messageID.text, "sent": stray.sentAt.formatted(.iso8601),
                ]))
        guard let present = try transaction.enrollment(enrollment.id), present.state.isOpen else { return }
        // A step before the one that comes next was counted already.
        let next = present.nextStep.flatMap { version.number(of: $0) } ?? 1
        guard (version.number(of: step.id) ?? 1) >= next else { return }
        advanced.insert(enrollment.id)
        try Outcomes(mailbox: mailbox.id, now: now).advance(
            enrollment.id, past: step.id, at: stray.sentAt, in: transaction)
    }

    /// The enrollment that a mail is of, made anew where it is not known.
    private mutating func enrollment(
        of stray: StraySend, _ mark: StepMark, in transaction: Transaction
    ) throws -> EnrollmentRecord? {
        if let known = try transaction.enrollment(withThreadRoot: stray.threadRoot) { return known }
        guard
            let sequence = sequences.first(where: {
                MailMarks.hash(of: $0.name, in: stray.threadRoot) == mark.sequenceHash
            }),
            let version = try transaction.document(of: sequence.id, version: sequence.version)
                .flatMap({ Document.value(SequenceVersion.self, from: $0) }),
            let first = version.steps.first
        else {
            leave("There is no sequence of its name here: apply it, then do this again.")
            return nil
        }
        let names = stray.recipientName.split(separator: " ", maxSplits: 1).map(String.init)
        let contact: ContactID
        if let known = try transaction.contact(stray.recipient) {
            contact = known.id
        } else {
            contact = try transaction.upsert(
                ContactDetails(
                    email: stray.recipient, firstName: names.first ?? "",
                    lastName: names.count > 1 ? names[1] : ""), at: now
            ).id
        }
        try WrittenMail.placeListed(now: now, in: transaction)
        let zone =
            try Zone(identifier: transaction.contact(contact)?.timeZone ?? "")
            ?? ZoneEvidence(
                transaction.clocks(of: stray.recipient.canonicalKey), preferred: [request.defaultZone])?
            .zone ?? request.defaultZone
        var draft = EnrollmentDraft(
            contact: contact, sequence: sequence.id, version: sequence.version, mailbox: mailbox.id,
            sender: stray.sender, zone: zone, firstStep: first, start: stray.sentAt,
            threadRoot: stray.threadRoot.text)
        draft.owner = try transaction.owner(of: mailbox.id)?.id
        draft.mayBeRecent = true
        guard let id = try transaction.insert(draft, at: stray.sentAt) else {
            leave("Its recipient is enrolled in the sequence already, in another thread.")
            return nil
        }
        made.insert(id)
        try transaction.append(
            Event(
                at: now, .enrolled, mailbox: mailbox.id, enrollment: id,
                "\(stray.recipient) was enrolled in \(sequence.name) anew: mail of it lies in Sent.",
                evidence: ["sequence": sequence.name, "version": "\(sequence.version)"]))
        try endOthers(of: contact, except: id, at: stray.sentAt, in: transaction)
        return try transaction.enrollment(id)
    }

    /// Nobody goes through two sequences at a time (spec S3.3): of two enrollments the earlier had ended when the
    /// later began, though what ended it is lost.
    private func endOthers(
        of contact: ContactID, except made: EnrollmentID, at began: Date, in transaction: Transaction
    ) throws {
        for other in try transaction.enrollments(of: contact) where other.id != made && other.state.isOpen {
            let earlier = other.createdAt <= began ? other.id : made
            guard
                try transaction.unenroll(
                    earlier, because: .manual,
                    detail:
                        "It had ended before the data was lost: a later enrollment of theirs has begun.",
                    at: now)
            else { continue }
            try transaction.append(
                Event(
                    at: now, .canceled, mailbox: other.mailbox, enrollment: earlier,
                    "A later enrollment of theirs had begun before the data was lost, so this one had ended.",
                    evidence: ["by": "recovery"]))
        }
    }

    private mutating func leave(_ why: String) { unplaced[why, default: 0] += 1 }
}
