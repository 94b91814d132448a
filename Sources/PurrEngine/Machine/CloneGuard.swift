internal import Foundation
internal import PurrMail
internal import PurrSequences
internal import PurrStore

/// Tells, from what lies in the mailbox, whether this database is the one that sends from it (spec sending M5.4).
///
/// Two things are evidence. A note with an epoch above ours, or with ours and another token: some copy has
/// raised it. Mail in Sent that bears a mark of ours and that the journal does not know: some copy has sent it.
/// Both are read by the passes that every hand-over asks for, so they are known before anything leaves.
struct CloneGuard {
    let mailbox: MailboxID
    let folder: FolderRecord
    let marks: MailMarks
    let now: Date

    // MARK: Notes

    /// Takes note of a note, whoever left it.
    func take(_ note: EpochNote, _ header: MessageHeader, in transaction: Transaction) throws {
        guard let record = try transaction.mailbox(mailbox) else { return }
        // Anybody can send mail with any field: what came by delivery counts only with our signature.
        let isOurs = marks.isOurs(note, address: record.address)
        guard isOurs || !header.wasDelivered else { return }
        var known = try transaction.mailboxGuard(of: mailbox)
        let before = known
        known.seenEpoch = max(known.seenEpoch, note.epoch)
        if isOurs, note.token == known.pending, note.epoch == known.epoch + 1 {
            // It lies there though we never heard so.
            known.epoch = note.epoch
            known.token = note.token
            known.pending = ""
        }
        if known != before { try transaction.save(known, of: mailbox) }
        let isOther =
            note.epoch > known.epoch
            || (note.epoch == known.epoch && note.token != known.token && !known.token.isEmpty)
        guard isOther else { return }
        try stop(
            .otherNote,
            isOurs
                ? "A newer copy of this data has sent from this mailbox (epoch \(note.epoch), this one has \(known.epoch))."
                : "Another Purr sends from this mailbox (epoch \(note.epoch), this one has \(known.epoch)).",
            evidence: ["folder": folder.name.wire, "epoch": "\(note.epoch)"], in: transaction)
    }

    // MARK: Mail

    /// Takes note of a mail of Purr's in Sent that the journal does not know as sent.
    func takeStray(
        _ mark: StepMark, _ header: MessageHeader, receivedAt: Date, in transaction: Transaction
    ) throws {
        guard let id = header.messageID, let root = header.references.first,
            let from = header.from.first?.address, let to = header.to.first
        else { return }
        let isSigned = marks.isOurs(mark, root: root)
        guard isSigned || !header.wasDelivered else { return }
        let stray = StraySend(
            messageID: id, threadRoot: root, mark: mark.textAsRead, isSigned: isSigned, sender: from,
            recipient: to.address, recipientName: to.name ?? "", subject: header.subject,
            inReplyTo: header.inReplyTo.first, references: header.references,
            sentAt: header.date.map { min($0, receivedAt) } ?? receivedAt)
        guard try transaction.insert(stray, of: mailbox) else { return }
        try stop(
            .otherMail,
            "\(folder.name) holds mail of Purr's that this data does not know, so another copy of it sends or has sent.",
            evidence: ["folder": folder.name.wire, "messageId": id.text], in: transaction)
    }

    /// Stops sending from the mailbox; the first trouble is the one that is shown.
    private func stop(
        _ trouble: MailboxGuard.Trouble, _ words: String, evidence: [String: String],
        in transaction: Transaction
    ) throws {
        #if PLANTED_BUGS
            if Sabotage.active == .cloneGuardSkipped { return }
        #endif
        var known = try transaction.mailboxGuard(of: mailbox)
        guard known.trouble == nil else { return }
        known.trouble = trouble
        known.detail = words
        known.since = now
        try transaction.save(known, of: mailbox)
        try transaction.append(
            Event(
                at: now, .copyFound, mailbox: mailbox, "\(words) Nothing is sent. \(MailboxGuard.advice)",
                evidence: evidence))
    }
}

extension MailboxGuard {
    /// What to do about any trouble, as a sentence.
    static let advice =
        "Stop all Purrs on this mailbox but one, and have that one look into the mailbox: purr recover."
}

extension MailboxMachine {
    /// What the guard says before something is sent.
    enum GuardWord {
        case free
        /// Nothing is sent until a person has recovered the mailbox.
        case stopped
        /// A note is to be filed first.
        case files(Effect)
    }

    /// Whether this database is known to be a stale or a second one.
    func isStopped() throws(StoreError) -> Bool {
        guard settings.marks != nil else { return false }
        let id = id
        return try store.read { try $0.mailboxGuard(of: id).trouble != nil }
    }

    /// The note that a new worker leaves as soon as anything is planned, not only when it is due: another copy
    /// plans the same for the same instant.
    mutating func announcement(_ mailbox: MailboxRecord, now: Date) throws(StoreError) -> Effect? {
        guard !isAnnounced else { return nil }
        if case .files(let effect) = try guardWork(mailbox, now: now) { return effect }
        isAnnounced = true
        return nil
    }

    /// Raises the epoch where that is due: by a new worker, daily, and after a backup.
    ///
    /// - Parameter mailbox: Whose passes have been read to their end just now.
    mutating func guardWork(_ mailbox: MailboxRecord, now: Date) throws(StoreError) -> GuardWord {
        guard let marks = settings.marks else { return .free }
        let id = id
        var known = try store.read { try $0.mailboxGuard(of: id) }
        guard known.trouble == nil else { return .stopped }
        let age = known.raisedAt.map { now.timeIntervalSince($0) } ?? .infinity
        guard known.isRaiseDue || known.raisedBy != owner || !(-3_600..<86_400).contains(age) else {
            return .free
        }
        guard let folder = noteFolder(known) else { return .free }
        if known.pending.isEmpty { known.pending = MessageID.token(from: &entropy) }
        // Above whatever was seen, so that a recovered copy outranks the others.
        known.epoch = max(known.epoch, known.seenEpoch)
        let (intent, token) = (known, known.pending)
        try write { try $0.save(intent, of: id) }
        let bytes = Self.note(
            epoch: known.epoch + 1, token: token, for: mailbox.address, marks: marks, at: now)
        return .files(.fileNote(bytes, folder, at: now))
    }

    /// Where the note goes: a folder of its own or, where the server makes none, Sent, or INBOX.
    private func noteFolder(_ known: MailboxGuard) -> FolderName? {
        let listed = folders.values.filter { $0.isListed && !$0.isExcluded && $0.refusal.isEmpty }
        let isBelowInbox =
            listed.contains { $0.name.wire.hasPrefix("INBOX.") }
            && listed.allSatisfy { $0.name.isInbox || $0.name.wire.hasPrefix("INBOX.") }
        let own = FolderName(wire: isBelowInbox ? "INBOX.Purr" : "Purr")
        let kept = listed.first { $0.name.wire == known.folder }?.name
        let isOwnExcluded = folders[own].map { $0.isExcluded || !$0.refusal.isEmpty } ?? false
        let candidates =
            [kept, isOwnExcluded ? nil : own, listed.first { $0.role == .sent }?.name, FolderName.inbox]
        return candidates.compactMap { $0 }.first { !noteRefusals.contains($0) }
    }

    mutating func recordNoteFiled(_ verdict: FilingVerdict, in folder: FolderName, now: Date)
        throws(StoreError)
    {
        // The proof is to be from after the note, so that two who raise at once see each other.
        surveyedAt = nil
        proof = nil
        let (id, owner) = (id, owner)
        guard case .refused(let refusal) = verdict else {
            return try write { transaction in
                var known = try transaction.mailboxGuard(of: id)
                if !known.pending.isEmpty {
                    known.epoch += 1
                    known.token = known.pending
                    known.pending = ""
                    known.seenEpoch = max(known.seenEpoch, known.epoch)
                }
                known.raisedBy = owner
                known.raisedAt = now
                known.isRaiseDue = false
                known.folder = folder.wire
                try transaction.save(known, of: id)
            }
        }
        noteRefusals.insert(folder)
        try write { transaction in
            var known = try transaction.mailboxGuard(of: id)
            if known.folder == folder.wire { known.folder = "" }
            try transaction.save(known, of: id)
            try transaction.append(
                Event(
                    at: now, .noted, mailbox: id,
                    "The server takes no note of Purr's into \(folder), by which copies of this data are told apart: \(refusal)",
                    evidence: ["folder": folder.wire]))
        }
    }

    /// The message that holds the epoch; nothing personal but the mailbox's own address.
    private static func note(
        epoch: Int64, token: String, for address: EmailAddress, marks: MailMarks, at now: Date
    ) -> [UInt8] {
        guard let id = MessageID("purr-\(token)@\(address.domain)"),
            let subject = HeaderText("Purr was here; please leave this note"),
            let text = HeaderText(marks.text(ofEpoch: epoch, token: token, address: address)),
            let field = OutgoingMessage.Field(EpochNote.field, text)
        else { return [] }
        let own = NamedAddress(address)
        return OutgoingMessage(
            from: own, to: own, subject: subject, messageID: id, date: now,
            text: """
                Purr sends follow-ups from this mailbox and keeps this note so that a copy of it, started from a \
                backup or twice, notices that it is not the only one and sends nothing a second time.

                Older notes can be deleted; the newest one is best left alone.

                """,
            extra: [field]
        ).rendered()
    }
}
