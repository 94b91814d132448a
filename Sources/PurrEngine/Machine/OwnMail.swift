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

    /// Takes note of one such message.
    ///
    /// - Returns: When it was sent, if the user sent it by hand and it was not counted yet.
    func take(
        _ header: MessageHeader, bytes: [UInt8], keys: MatchKeys, receivedAt: Date, known: Lookup,
        in transaction: Transaction
    ) throws -> Date? {
        if let entry = try entry(of: header, keys: keys, receivedAt: receivedAt, known: known, in: transaction) {
            try takeCopy(of: entry, header: header, receivedAt: receivedAt, in: transaction)
            return nil
        }
        // Drafts lie in All Mail too: only what lies in Sent was sent.
        guard folder.role == .sent else { return nil }
        try takeOver(keys: keys, receivedAt: receivedAt, in: transaction)
        guard receivedAt > now.addingTimeInterval(-86_400) else { return nil }
        let isNew = try transaction.countManualSend(MessageKey.of(bytes), of: mailbox, at: receivedAt)
        return isNew ? receivedAt : nil
    }

    /// The journal's entry that the message is a copy of: by its id or, where the server changed that, by the
    /// thread it carries and its date.
    private func entry(
        of header: MessageHeader, keys: MatchKeys, receivedAt: Date, known: Lookup, in transaction: Transaction
    ) throws -> JournalEntry? {
        guard let id = header.messageID else { return nil }
        if let row = try transaction.known(ids: [id.matchingKey])[id.matchingKey]?.first(where: { $0.journal != nil }),
            let journal = row.journal
        {
            return try transaction.journalEntry(journal)
        }
        guard let root = keys.ids.first(where: { known.ids[$0.key]?.contains(where: \.isThreadRoot) ?? false }) else {
            return nil
        }
        for entry in try transaction.entries(ofThreadRoot: root.key) {
            guard [.sent, .sending, .unknown, .held].contains(entry.state), entry.wireID == nil else { continue }
            let ours = MessageHeader(try transaction.bytes(of: entry.id))
            if let date = header.date, date == ours.date, baseSubject(header.subject) == baseSubject(ours.subject) {
                return entry
            }
            let handedOver = entry.sentAt ?? entry.sendingAt ?? .distantPast
            if entry.filing != .seen, abs(receivedAt.timeIntervalSince(handedOver)) < 900, header.subject == ours.subject {
                return entry
            }
        }
        return nil
    }

    /// Our copy: its wire id is learnt (spec R2.a), and it proves that an open outcome was a send (M5.1).
    private func takeCopy(
        of entry: JournalEntry, header: MessageHeader, receivedAt: Date, in transaction: Transaction
    ) throws {
        if let wireID = header.messageID { try transaction.learn(wireID: wireID, of: entry) }
        if entry.filing != .seen, entry.state != .prepared, entry.state != .cancelled {
            try transaction.setFiling(.seen, of: entry.id)
        }
        if [.sending, .unknown, .held].contains(entry.state) {
            try Outcomes(mailbox: mailbox, now: now).resolve(
                entry, sentAt: entry.sendingAt ?? receivedAt, evidence: ["copyIn": folder.name.wire],
                because: "Its copy lies in \(folder.name).", in: transaction)
        }
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
