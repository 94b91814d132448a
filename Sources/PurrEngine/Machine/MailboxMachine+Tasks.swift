internal import Foundation
internal import PurrMail
internal import PurrSequences
internal import PurrStore

// Work for humans: tasks, the drafts of manual e-mails, digests and reminders (spec S1, S2.6).
extension MailboxMachine {
    /// Makes all tasks that are due: nothing outside is needed for it.
    mutating func taskWork(now: Date, wake: inout Wake) throws(StoreError) {
        let id = id
        for _ in 0..<10_000 {
            guard let due = try store.read({ try $0.dueTask(of: id, at: now) }) else {
                return wake.consider(try store.read { try $0.nextTaskDue(of: id) })
            }
            var known = versions
            try store.read { try known.learn(due, in: $0) }
            versions = known
            let making = TaskMaking(enrollment: due, versions: known, now: now)
            try write { try making.make(in: $0) }
        }
        wake.consider(now)
    }

    // MARK: Drafts

    /// Puts a filled draft into Drafts; one whose filing was begun before is looked for first, so that it does
    /// not lie there twice.
    mutating func draftWork(now: Date, wake: inout Wake) throws(StoreError) -> Effect? {
        let id = id
        guard let entry = try store.read({ try $0.unfiledDrafts(of: id, limit: 1).first }) else {
            return nil
        }
        guard
            let drafts = folders.values.first(where: {
                $0.isListed && $0.role == .drafts && $0.refusal.isEmpty
            })
        else {
            try write { transaction in
                try transaction.setFiling(.none, of: entry.id)
                try transaction.append(
                    Event(
                        at: now, .noted, mailbox: id, enrollment: entry.enrollment,
                        "The mailbox has no Drafts folder for the mail to lie in; print it instead: purr task show."
                    ))
            }
            return nil
        }
        if entry.attempts > 0 { return .find([entry.messageID], in: [drafts.name]) }
        let bytes = try write { transaction in
            try transaction.countDraftAttempt(of: entry.id)
            return try transaction.bytes(of: entry.id)
        }
        return .fileDraft(entry.id, bytes: bytes, drafts.name, at: now)
    }

    mutating func recordDraftFiled(_ id: JournalID, _ verdict: FilingVerdict, now: Date) throws(StoreError)
    {
        let mailbox = self.id
        let refusal: String? = if case .refused(let words) = verdict { words } else { nil }
        try write { transaction in
            try transaction.setFiling(refusal == nil ? .filed : .none, of: id)
            guard let entry = try transaction.journalEntry(id) else { return }
            try transaction.append(
                Event(
                    at: now, .filed, mailbox: mailbox, enrollment: entry.enrollment,
                    refusal.map { "The server takes no draft: \($0)" }
                        ?? "The draft lies in Drafts, to be looked through and sent.",
                    evidence: ["messageId": entry.messageID.text]))
        }
    }

    /// Whether a draft that was looked for lies in Drafts.
    static func recordDraftsFound(
        _ folder: FolderName?, ids: [MessageID], mailbox: MailboxID, in transaction: Transaction
    ) throws {
        for entry in try transaction.unfiledDrafts(of: mailbox, limit: 10)
        where ids.contains(entry.messageID) {
            if folder == nil {
                try transaction.forgetDraftAttempts(of: entry.id)
            } else {
                try transaction.setFiling(.filed, of: entry.id)
            }
        }
    }

    // MARK: Digests and reminders

    /// The next mail to one of the mailbox's own users.
    mutating func noticeWork(now: Date, wake: inout Wake) throws(StoreError) -> Effect? {
        let id = id
        if digestAt.map({ $0 <= now }) ?? true {
            digestAt = try write { transaction in
                guard let mailbox = try transaction.mailbox(id) else { return Date.distantFuture }
                return try transaction.users(of: id).compactMap {
                    try Notices(now: now).digest(of: $0, mailbox: mailbox, in: transaction)
                }.min() ?? Date.distantFuture
            }
        }
        if let digestAt, digestAt < .distantFuture { wake.consider(digestAt) }
        guard submitTrouble.isOver(at: now), open == nil else { return nil }
        for _ in 0..<1_000 {
            let (notice, next, address) = try store.read {
                (
                    try $0.dueNotice(of: id, at: now), try $0.nextNoticeDue(of: id),
                    try $0.mailbox(id)?.address
                )
            }
            guard let notice, let address else {
                wake.consider(next)
                return nil
            }
            let bytes: [UInt8]? = try write { transaction in
                guard try transaction.isWanted(notice, at: now) else {
                    try transaction.setNotice(notice.id, .dropped, at: now)
                    return nil
                }
                try transaction.beginSending(notice.id)
                return try transaction.bytes(of: notice.id)
            }
            if let bytes { return .post(notice.id, bytes: bytes, from: address, to: notice.recipient) }
        }
        wake.consider(now)
        return nil
    }

    mutating func recordPosted(_ verdict: PostingVerdict, notice id: NoticeID, now: Date) throws(StoreError)
    {
        let later = now.addingTimeInterval(settings.backOff.first)
        let outcome: (state: NoticeRecord.State, words: String, again: Date?) =
            switch verdict {
            case .delivered(.accepted(let reply)): (.sent, "\(reply.code) \(reply.text)", nil)
            case .delivered(.unknown(let failure)): (.unknown, failure.text, nil)
            case .delivered(.notAccepted(let failure)), .notOpened(.failed(let failure)):
                (.prepared, failure.text, later)
            case .delivered(.refused(let reply)), .notOpened(.refused(_, let reply)):
                reply.isPermanent
                    ? (.failed, "\(reply.code) \(reply.text)", nil)
                    : (.prepared, "\(reply.code) \(reply.text)", later)
            case .notOpened(.ready): (.prepared, "broken off", later)
            }
        let mailbox = self.id
        try write { transaction in
            guard let notice = try transaction.notice(id) else { return }
            try transaction.setNotice(
                id, outcome.state, reply: outcome.words, at: now, dueAt: outcome.again)
            guard outcome.state != .prepared else { return }
            let words =
                switch outcome.state {
                case .sent: "“\(notice.subject)” was sent to \(notice.recipient)."
                case .unknown:
                    "“\(notice.subject)” may have been sent to \(notice.recipient) or not; it is not sent again."
                default: "“\(notice.subject)” was refused: \(outcome.words)"
                }
            try transaction.append(
                Event(at: now, .noticed, mailbox: mailbox, words, evidence: ["notice": notice.key]))
        }
        if outcome.state == .sent { recent.append(now) }
    }
}

extension Transaction {
    /// Whether a notice still says something new: not days late, and its task still to be done.
    fileprivate func isWanted(_ notice: NoticeRecord, at now: Date) throws -> Bool {
        guard now.timeIntervalSince(notice.dueAt) < 2 * 86_400, notice.attempts < 20 else { return false }
        return try notice.task.map { try task($0)?.state.isOpen ?? false } ?? true
    }
}
