internal import Foundation
internal import PurrMail
internal import PurrSequences
internal import PurrStore

// Outcomes that nobody knows, and copies in Sent (spec sending M5).
extension MailboxMachine {
    /// The final dot went out, or may have: the entry waits for evidence and nothing of its enrollment is due.
    static func doubt(
        _ entry: JournalEntry, because words: String, at now: Date, in transaction: Transaction
    ) throws {
        try transaction.recordUnknown(entry.id, at: now, reply: words)
        try transaction.setInDoubt(true, entry.enrollment)
        try transaction.append(
            Event(
                at: now, .unknown, mailbox: entry.mailbox, enrollment: entry.enrollment,
                "\(try transaction.label(of: entry.step, in: entry.enrollment)) may have been accepted or not; the mailbox is searched for it. \(words)",
                evidence: ["messageId": entry.messageID.text]))
    }

    /// The next look for evidence that is due (spec M5.1).
    mutating func doubtWork(now: Date, wake: inout Wake) throws(StoreError) -> Effect? {
        guard mayHaveDoubt else { return nil }
        let (id, looks) = (id, settings.looks)
        let entries = try store.read { try $0.openEntries(of: id) }
        mayHaveDoubt = !entries.isEmpty
        for entry in entries where entry.state == .unknown {
            guard entry.looks < looks.count else {
                try giveUp(entry, now: now)
                continue
            }
            let due = (entry.unknownAt ?? now).addingTimeInterval(looks[entry.looks])
            guard due <= now else {
                wake.consider(due)
                continue
            }
            // Everything that is new has been read first: a copy or an answer is evidence by itself.
            guard let proof, proof >= due else { return proofOrNothing(now: now, wake: &wake) }
            return .find([entry.messageID], in: evidenceFolders)
        }
        return nil
    }

    private func proofOrNothing(now: Date, wake: inout Wake) -> Effect? {
        let isBlocked = watched.contains { !$0.refusal.isEmpty }
        if isBlocked, let surveyedAt, now.timeIntervalSince(surveyedAt) < settings.pollInterval {
            wake.consider(surveyedAt.addingTimeInterval(settings.pollInterval))
            return nil
        }
        return .survey
    }

    /// Where a mail of ours may lie: Sent, All Mail, then INBOX and Junk.
    private var evidenceFolders: [FolderName] {
        let order: [FolderRole] = [.sent, .all, .inbox, .junk]
        return order.flatMap { role in
            folders.values.filter { $0.isListed && $0.role == role && $0.refusal.isEmpty }.map(\.name)
                .sorted { $0.wire < $1.wire }
        }
    }

    mutating func recordFound(_ folder: FolderName?, ids: [MessageID], now: Date) throws(StoreError) {
        let (mailbox, looks) = (id, settings.looks.count)
        try write { transaction in
            try Self.recordDraftsFound(folder, ids: ids, mailbox: mailbox, in: transaction)
            for entry in try transaction.openEntries(of: mailbox) where ids.contains(entry.messageID) {
                if let folder {
                    try Outcomes(mailbox: mailbox, now: now).resolve(
                        entry, sentAt: entry.sendingAt ?? now, evidence: ["foundIn": folder.wire],
                        because: "It lies in \(folder).", in: transaction)
                } else {
                    try transaction.countLook(at: entry.id)
                    guard entry.looks + 1 >= looks else { continue }
                    try Self.giveUp(entry, mailbox: mailbox, now: now, in: transaction)
                }
            }
        }
    }

    private func giveUp(_ entry: JournalEntry, now: Date) throws(StoreError) {
        let id = id
        try write { try Self.giveUp(entry, mailbox: id, now: now, in: $0) }
    }

    /// No evidence either way: a person decides, unless the user chose otherwise where that is safe (spec M5.2).
    private static func giveUp(
        _ entry: JournalEntry, mailbox id: MailboxID, now: Date, in transaction: Transaction
    ) throws {
        try transaction.recordHeld(entry.id)
        try transaction.setInDoubt(false, entry.enrollment)
        let mailbox = try transaction.mailbox(id)
        let settings = mailbox.flatMap { Document.value(MailboxSettings.self, from: $0.settings) }
        if settings?.sendsUnknownAgain == true, mailbox?.filesSent == true, entry.attempts < 2 {
            try transaction.allowAgain(entry.id)
            return try transaction.append(
                Event(
                    at: now, .released, mailbox: id, enrollment: entry.enrollment,
                    "The server files what it sends, and \(try transaction.label(of: entry.step, in: entry.enrollment)) is nowhere: it goes once more, byte for byte."
                ))
        }
        let detail =
            "\(try transaction.label(of: entry.step, in: entry.enrollment)) was handed over and the server's answer was lost; no copy of it was found"
        guard try transaction.hold(entry.enrollment, because: .unknownOutcome, detail: detail, at: now)
        else { return }
        try transaction.append(
            Event(
                at: now, .held, mailbox: id, enrollment: entry.enrollment,
                "\(detail). \(HoldReason.unknownOutcome.advice)",
                evidence: ["messageId": entry.messageID.text, "server": entry.reply]))
    }

    // MARK: Copies in Sent

    /// Files a copy where the server does not do so by itself (spec M5.3).
    mutating func filingWork(now: Date, wake: inout Wake) throws(StoreError) -> Effect? {
        guard mayHaveUnfiled else { return nil }
        let id = id
        let filesSent = try store.read { try $0.mailbox(id)?.filesSent }
        // The server does it: nothing to look for.
        guard filesSent != true,
            let sent = folders.values.first(where: { $0.isListed && $0.role == .sent && $0.refusal.isEmpty }
            )
        else {
            freshlySent = []
            return nil
        }
        // The one that left first is the one that is filed first.
        let first = try store.read { try $0.unfiledEntries(of: id, limit: 1).first }
        mayHaveUnfiled = first != nil
        guard let entry = first else {
            freshlySent = []
            return nil
        }
        let patience = filesSent == false ? 0 : settings.filingPatience
        let due = (entry.sentAt ?? now).addingTimeInterval(patience)
        guard due <= now else {
            wake.consider(due)
            return nil
        }
        // What lies there already must have been read, so that nothing is filed twice. Of a mail that this worker
        // has just sent itself, nobody else files a copy here.
        if !(filesSent == false && freshlySent.contains(entry.id)) {
            guard let proof, proof >= due else { return proofOrNothing(now: now, wake: &wake) }
        }
        let bytes = try store.read { try $0.bytes(of: entry.id) }
        return .file(entry.id, bytes: bytes, sent.name, at: entry.sentAt ?? now)
    }

    mutating func recordFiled(
        _ id: JournalID, _ verdict: FilingVerdict, in folder: FolderName, now: Date
    ) throws(StoreError) {
        freshlySent.remove(id)
        if case .taken(let place?) = verdict, let (record, status) = nextMessage(at: place, in: folder) {
            try write { transaction in
                try transaction.setFiling(.seen, of: id)
                try transaction.save(record, of: self.id)
            }
            folders[folder] = record
            statuses[folder] = status
            return
        }
        let mailbox = self.id
        // The copy is read back like any other message, and then counts as seen.
        surveyedAt = nil
        try write { transaction in
            try transaction.setFiling(.filed, of: id)
            guard case .refused(let refusal) = verdict, let entry = try transaction.journalEntry(id) else {
                return
            }
            try transaction.append(
                Event(
                    at: now, .noted, mailbox: mailbox, enrollment: entry.enrollment,
                    "The server takes no copy into Sent: \(refusal)"))
        }
    }

    /// A folder as it is known after a message of ours, if that is the very next after all that was read.
    ///
    /// Then there is nothing to be read back, and what the last pass proved still holds: nothing came in
    /// between.
    private func nextMessage(at place: AppendedUID, in folder: FolderName) -> (FolderRecord, FolderStatus)?
    {
        guard var record = folders[folder], let status = statuses[folder], record.refusal.isEmpty,
            record.uidValidity == place.uidValidity, status.uidValidity == place.uidValidity,
            record.readThrough == status.lastUID, place.uid == status.uidNext, place.uid.rawValue < .max
        else { return nil }
        record.readThrough = place.uid
        return (
            record,
            FolderStatus(
                uidValidity: status.uidValidity, uidNext: UID(rawValue: place.uid.rawValue + 1),
                messages: status.messages + 1)
        )
    }
}
