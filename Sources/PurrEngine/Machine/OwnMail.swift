internal import Foundation
internal import PurrMail
internal import PurrReplies
internal import PurrSequences
internal import PurrStore

/// Mail from our own address, seen in the mailbox: a copy of what Purr sent, or what its user wrote.
struct OwnMail {
    let mailbox: MailboxID
    let folder: FolderRecord
    let now: Date
    /// Reads the marks of steps; nil where there are none.
    var marks: MailMarks?

    /// Takes note of one such message.
    ///
    /// - Returns: When it was sent, if the user sent it by hand and it was not counted yet.
    func take(
        _ header: MessageHeader, bytes: [UInt8], keys: MatchKeys, receivedAt: Date, known: Lookup,
        in transaction: Transaction
    ) throws -> Date? {
        if try takeMarked(header, receivedAt: receivedAt, in: transaction) { return nil }
        if let entry = try entry(
            of: header, keys: keys, receivedAt: receivedAt, known: known, in: transaction)
        {
            try takeCopy(of: entry, header: header, receivedAt: receivedAt, in: transaction)
            return nil
        }
        // Drafts lie in All Mail too: only what lies in Sent was sent.
        guard folder.role == .sent else { return nil }
        if try takeHandSent(header, keys: keys, receivedAt: receivedAt, in: transaction) {
            return receivedAt
        }
        try takeOver(keys: keys, receivedAt: receivedAt, in: transaction)
        guard receivedAt > now.addingTimeInterval(-86_400) else { return nil }
        let isNew = try transaction.countManualSend(MessageKey.of(bytes), of: mailbox, at: receivedAt)
        return isNew ? receivedAt : nil
    }

    /// A mail in Sent that says by its mark which step it is: our copy, or a mail that the journal does not know.
    ///
    /// - Returns: Whether it is either.
    private func takeMarked(_ header: MessageHeader, receivedAt: Date, in transaction: Transaction) throws
        -> Bool
    {
        guard folder.role == .sent, let marks, let mark = StepMark(header), let id = header.messageID,
            let root = header.references.first, marks.isOurs(mark, root: root) || !header.wasDelivered
        else { return false }
        let stray = CloneGuard(mailbox: mailbox, folder: folder, marks: marks, now: now)
        let known = try transaction.known(ids: [id.matchingKey])[id.matchingKey]?
            .compactMap(\.journal).first.flatMap { try transaction.journalEntry($0) }
        if let known {
            // Nothing of it was accepted, says the journal, and yet it was sent: by another copy of it.
            if known.state == .prepared, !known.isToGoAgain {
                try stray.takeStray(mark, header, receivedAt: receivedAt, in: transaction)
            } else {
                try takeCopy(of: known, header: header, receivedAt: receivedAt, in: transaction)
            }
            return true
        }
        // The server may have changed the id: the one copy of a step that was sent is ours all the same.
        let entry = try transaction.entries(ofThreadRoot: root.matchingKey).first {
            MailMarks.hash(of: $0.step.rawValue, in: root) == mark.stepHash
        }
        let mayBeOurs =
            entry.map { [.sent, .sending, .unknown, .held].contains($0.state) || $0.isToGoAgain } ?? false
        if let entry, mayBeOurs, entry.wireID == nil {
            try takeCopy(of: entry, header: header, receivedAt: receivedAt, in: transaction)
        } else if entry?.unknownAt == nil || mayBeOurs {
            try stray.takeStray(mark, header, receivedAt: receivedAt, in: transaction)
        }
        return true
    }

    /// The journal's entry that the message is a copy of: by its id or, where the server changed that, by the
    /// thread it carries and its date.
    private func entry(
        of header: MessageHeader, keys: MatchKeys, receivedAt: Date, known: Lookup,
        in transaction: Transaction
    ) throws -> JournalEntry? {
        guard let id = header.messageID else { return nil }
        if let row = try transaction.known(ids: [id.matchingKey])[id.matchingKey]?.first(where: {
            $0.journal != nil
        }),
            let journal = row.journal
        {
            let entry = try transaction.journalEntry(journal)
            // A draft lies in Drafts and All Mail before it is sent: that is no copy of a mail that left.
            guard entry?.state == .draft || entry?.state == .cancelled else { return entry }
            return folder.role == .sent ? nil : entry
        }
        guard
            let root = keys.ids.first(where: { known.ids[$0.key]?.contains(where: \.isThreadRoot) ?? false }
            )
        else {
            return nil
        }
        for entry in try transaction.entries(ofThreadRoot: root.key) {
            guard [.sent, .sending, .unknown, .held].contains(entry.state) || entry.isToGoAgain,
                entry.wireID == nil, !entry.isByHand
            else { continue }
            let ours = MessageHeader(try transaction.bytes(of: entry.id))
            if let date = header.date, date == ours.date,
                baseSubject(header.subject) == baseSubject(ours.subject)
            {
                return entry
            }
            let handedOver = entry.sentAt ?? entry.sendingAt ?? .distantPast
            if entry.filing != .seen, abs(receivedAt.timeIntervalSince(handedOver)) < 900,
                header.subject == ours.subject
            {
                return entry
            }
        }
        return nil
    }

    /// Our copy: its wire id is learnt (spec R2.a), and it proves that an open outcome was a send (M5.1).
    private func takeCopy(
        of entry: JournalEntry, header: MessageHeader, receivedAt: Date, in transaction: Transaction
    ) throws {
        guard entry.state != .draft, entry.state != .cancelled else { return }
        if let wireID = header.messageID { try transaction.learn(wireID: wireID, of: entry) }
        if let index = header.raw("Thread-Index").flatMap(MatchKeys.threadIndexKey) {
            try transaction.learn(threadIndex: index, of: entry.enrollment)
        }
        if entry.filing != .seen, entry.state != .prepared, entry.state != .cancelled {
            try transaction.setFiling(.seen, of: entry.id)
        }
        // Allowed to go once more, and there it lies: the copy outranks what a person found when they looked.
        if [.sending, .unknown, .held].contains(entry.state) || entry.isToGoAgain {
            let handedOver = entry.isToGoAgain ? receivedAt : entry.sendingAt ?? receivedAt
            try Outcomes(mailbox: mailbox, now: now).resolve(
                entry, sentAt: handedOver, evidence: ["copyIn": folder.name.wire],
                because: "Its copy lies in \(folder.name).", in: transaction)
        }
    }

    /// The user sent the mail that a manual e-mail task asks for, from whatever program: it counts, and later
    /// steps answer it (spec S1).
    ///
    /// It is known by its draft's id or by the thread that drafts carry. Some programs give a draft another
    /// Message-ID and drop its thread: to whom it is addressed decides then, once the task was started. What else
    /// is written to a contact is no step (spec S4.6).
    private func takeHandSent(
        _ header: MessageHeader, keys: MatchKeys, receivedAt: Date, in transaction: Transaction
    ) throws -> Bool {
        guard let id = header.messageID else { return false }
        let tasks = try transaction.openManualEmails(
            to: Array(Set(keys.recipients.flatMap { [$0.key, $0.canonicalKey] })), mailbox: mailbox)
        let skew: TimeInterval = 60
        let candidates = tasks.filter { receivedAt >= $0.createdAt.addingTimeInterval(-skew) }
        let named = try candidates.first { task in
            guard let enrollment = try transaction.enrollment(task.enrollment) else { return false }
            let entry = try transaction.journalEntry(of: task.enrollment, step: task.step)
            let root = MessageID(enrollment.threadRoot)?.matchingKey
            return entry?.messageID.matchingKey == id.matchingKey || keys.ids.contains { $0.key == root }
        }
        let started = candidates.filter { $0.state == .started }
        let addressed =
            named != nil || started.isEmpty
            ? []
            : try transaction.openManualEmails(
                to: header.bareAddresses("To").flatMap { [$0.key, $0.canonicalKey] }, mailbox: mailbox)
        guard let task = named ?? started.first(where: { task in addressed.contains { $0.id == task.id } }),
            let recipient = try transaction.contact(task.contact)?.email,
            let enrollment = try transaction.enrollment(task.enrollment)
        else { return false }
        let sender = header.from.first?.address ?? enrollment.sender
        guard
            try transaction.recordSentByHand(
                id, inReplyTo: header.inReplyTo.first, references: header.references,
                subject: header.subject,
                sender: sender, recipient: recipient, task: task, at: receivedAt) != nil
        else { return false }
        let label = try transaction.label(of: task.step, in: task.enrollment)
        try transaction.append(
            Event(
                at: now, .sentByHand, mailbox: mailbox, enrollment: task.enrollment,
                "\(label) was sent by you to \(recipient).",
                evidence: ["messageId": id.text, "folder": folder.name.wire]))
        _ = try TaskCompletion(task: task, now: now).complete(
            as: .done, at: receivedAt, "The task “\(task.title)” is done: its mail was sent.",
            in: transaction)
        return true
    }

    /// The user wrote to a contact by hand: the sequence asks before it goes on (spec S4.6).
    private func takeOver(keys: MatchKeys, receivedAt: Date, in transaction: Transaction) throws {
        let known = try transaction.known(senders: keys.recipients.flatMap { [$0.key, $0.canonicalKey] })
        for row in Set(known.values.joined()) where row.isOpen && receivedAt >= row.createdAt {
            let detail = "You wrote to them yourself."
            if try transaction.hold(row.enrollment, because: .senderTookOver, detail: detail, at: now) {
                try transaction.append(
                    Event(
                        at: now, .held, mailbox: mailbox, enrollment: row.enrollment,
                        "You wrote to \(row.contactKey) yourself, so the sequence asks before it goes on.",
                        evidence: ["folder": folder.name.wire]))
            }
        }
    }
}
