internal import Foundation
internal import PurrMail
internal import PurrReplies
internal import PurrSequences
internal import PurrStore

/// Sorts a slice of headers: ours, possibly an answer, or none of our business.
struct HeaderSorter {
    let mailbox: MailboxID
    let folder: FolderRecord
    let now: Date
    let settings: MachineSettings

    /// What a slice held.
    struct Taken {
        var pending = 0
        var manualSends: [Date] = []
    }

    /// One header, read.
    private struct Entry {
        let uid: UID
        let bytes: [UInt8]
        let receivedAt: Date
        let header: MessageHeader
        let keys: MatchKeys
    }

    /// Stores what concerns us.
    ///
    /// Doing it twice with the same slice changes nothing.
    func take(_ slice: HeaderSlice, in transaction: Transaction) throws -> Taken {
        var taken = Taken()
        let own = try transaction.ownAddressKeys()
        let entries = slice.headers.map { fetched in
            let header = MessageHeader(fetched.bytes)
            return Entry(
                uid: fetched.uid, bytes: fetched.bytes, receivedAt: fetched.receivedAt ?? now,
                header: header,
                keys: MatchKeys(header))
        }
        let known = try Lookup(entries.map(\.keys), in: transaction)
        var wrote: [String: Date] = [:]
        var written: [String: Date] = [:]
        for entry in entries {
            if let note = EpochNote(entry.header) {
                if let marks = settings.marks {
                    try CloneGuard(mailbox: mailbox, folder: folder, marks: marks, now: now)
                        .take(note, entry.header, in: transaction)
                }
                continue
            }
            let sender = entry.keys.senders.first
            let isOwn = sender.map { own.contains($0.key) } ?? false
            #if PLANTED_BUGS
                let isTaken = Sabotage.active != .ownCopyIsReply
            #else
                let isTaken = true
            #endif
            if isTaken, isOwn || (folder.role == .sent && !known.isContact(entry.keys)) {
                if let sent = try OwnMail(
                    mailbox: mailbox, folder: folder, now: now, marks: settings.marks
                ).take(
                    entry.header, bytes: entry.bytes, keys: entry.keys, receivedAt: entry.receivedAt,
                    known: known, in: transaction)
                {
                    taken.manualSends.append(sent)
                    for key in entry.keys.recipients.map(\.key) {
                        written[key] = max(written[key] ?? sent, sent)
                    }
                }
                continue
            }
            let isPending =
                known.concerns(entry.keys) || bodyIsNeeded(by: entry.header)
                || OptOutToken.token(in: entry.header) != nil
            let author = sender.flatMap {
                isRecent(entry.receivedAt) && looksPersonal(entry.header, $0) ? $0 : nil
            }
            guard isPending || author != nil else { continue }
            let key = MessageKey.of(entry.bytes)
            if let author {
                wrote[author.key] = max(wrote[author.key] ?? entry.receivedAt, entry.receivedAt)
                try WrittenMail(mailbox: mailbox, now: now).note(
                    entry.header, from: author, key: key, receivedAt: entry.receivedAt,
                    isJudgedSoon: isPending, in: transaction)
            }
            guard isPending else { continue }
            let draft = InboundDraft(
                key: key, folder: folder.name, uidValidity: slice.uidValidity,
                uid: entry.uid,
                header: entry.bytes, sender: sender?.key ?? "",
                subject: String(entry.header.subject.prefix(300)),
                messageID: entry.header.messageID?.text ?? "", receivedAt: entry.receivedAt)
            try transaction.insertPending(draft, of: mailbox)
            taken.pending += 1
        }
        try transaction.noteCorrespondents(wrote, ofMailbox: mailbox, isIncoming: true)
        try transaction.noteCorrespondents(written, ofMailbox: mailbox, isIncoming: false)
        for uid in slice.unreadable {
            try transaction.append(
                Event(
                    at: now, .messageUnreadable, mailbox: mailbox,
                    "A message in \(folder.name) cannot be fetched and was set aside; look at it in your mail program.",
                    evidence: ["folder": folder.name.wire, "uid": "\(uid.rawValue)"]))
        }
        return taken
    }

    /// Whether a message may matter to a later question about recent conversations (spec S3.6).
    private func isRecent(_ instant: Date) -> Bool {
        instant > now.addingTimeInterval(-Double(settings.readBackDays) * 86_400)
    }

    /// Whether a person seems to have written it, by its header alone.
    private func looksPersonal(_ header: MessageHeader, _ sender: EmailAddress) -> Bool {
        guard header.raw("List-Id") == nil, header.raw("List-Unsubscribe") == nil,
            header.raw("Auto-Submitted") == nil,
            folder.role != .junk
        else { return false }
        return !Self.machines.contains { sender.key.utf8.starts(with: $0.utf8) }
    }

    private static let machines = [
        "noreply@", "no-reply@", "donotreply@", "do-not-reply@", "mailer-daemon@", "postmaster@",
    ]
}

/// The opt-out mail that our `List-Unsubscribe` asks for (spec sending M1.4).
enum OptOutToken {
    /// The token in a subject that reads `unsubscribe TOKEN`.
    static func token(in header: MessageHeader) -> String? {
        guard let raw = header.raw("Subject"), raw.count < 200,
            header.mayHold("unsubscribe", in: "Subject")
        else { return nil }
        let words = header.subject.lowercased().split { !$0.isLetter && !$0.isNumber }
        guard let index = words.firstIndex(of: "unsubscribe"), index + 1 < words.count else { return nil }
        let token = words[index + 1]
        return token.count == 26 && token.allSatisfy(\.isASCII) ? String(token) : nil
    }
}
