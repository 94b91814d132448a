internal import Foundation
internal import PurrMail
internal import PurrSequences
internal import PurrStore
internal import PurrTemplates

/// Writes mail of Purr to its own users: the daily digest of tasks, and reminders (spec S2.6).
struct Notices {
    let now: Date

    // MARK: The digest

    /// Writes the digest of a user if its time has come and there is something in it.
    ///
    /// - Returns: When the next one is due; nil where the user wants none.
    func digest(of user: UserRecord, mailbox: MailboxRecord, in transaction: Transaction) throws -> Date? {
        guard let minute = user.digestMinute else { return nil }
        let zone = user.zone ?? .utc
        if let due = user.digestAt, due <= now {
            let day = zone.wall(of: now).day
            // A day that went by while Purr was stopped gets none: today's says all that is still open.
            if zone.wall(of: due).day == day || zone.instant(of: day, second: minute * 60) <= now {
                try writeDigest(of: user, on: day, zone: zone, mailbox: mailbox, in: transaction)
            }
        }
        let next = next(after: now, minute: minute, zone: zone)
        if user.digestAt != next { try transaction.setDigest(of: user.id, at: next) }
        return next
    }

    private func next(after instant: Date, minute: Int, zone: Zone) -> Date {
        let day = zone.wall(of: instant).day
        let today = zone.instant(of: day, second: minute * 60)
        return today > instant ? today : zone.instant(of: day.adding(days: 1), second: minute * 60)
    }

    private func writeDigest(
        of user: UserRecord, on day: LocalDay, zone: Zone, mailbox: MailboxRecord,
        in transaction: Transaction
    ) throws {
        var filter = TaskFilter()
        filter.owner = user.id
        let tasks = try transaction.tasks(filter, limit: 200)
        guard !tasks.isEmpty else { return }
        let late = tasks.filter { $0.dueAt < now }.count
        var lines = [
            "\(count(tasks.count, "task")) open\(late == 0 ? "" : ", \(late) of them overdue"):", "",
        ]
        for task in tasks { lines.append(try line(of: task, zone: zone, in: transaction)) }
        lines += ["", "See them all: purr task list. When one is done: purr task done NUMBER."]
        let subject = "Your tasks for \(day): \(tasks.count) open\(late == 0 ? "" : ", \(late) overdue")"
        try store(
            .digest, key: "digest:\(user.id):\(day)", subject: subject, lines: lines, mailbox: mailbox,
            at: now, in: transaction)
    }

    private func line(of task: TaskRecord, zone: Zone, in transaction: Transaction) throws -> String {
        let contact = try transaction.contact(task.contact)?.email.text ?? ""
        let due = zone.wall(of: task.dueAt)
        let urgency = task.priority == .none ? "" : " [\(task.priority.rawValue)]"
        let late = task.dueAt < now ? ", overdue" : ""
        return
            "\(task.id). \(task.title)\(urgency) (\(contact), due \(due.day) \(due.second.asClock)\(late))"
    }

    // MARK: Reminders

    /// Plans the reminder of one task.
    func remind(of id: TaskID, at instant: Date, in transaction: Transaction) throws {
        guard let task = try transaction.task(id), let mailbox = try transaction.mailbox(task.mailbox)
        else { return }
        let zone = try transaction.enrollment(task.enrollment)?.zone ?? .utc
        var lines = [try line(of: task, zone: zone, in: transaction)]
        if !task.notes.isEmpty { lines += ["", task.notes] }
        if !task.link.isEmpty { lines += ["", task.link] }
        lines += ["", "When it is done: purr task done \(task.id)."]
        try store(
            .reminder, key: "reminder:\(id)", task: id, subject: "To do: \(task.title)", lines: lines,
            mailbox: mailbox,
            at: instant, in: transaction)
    }

    // MARK: The mail

    /// Stores one mail of Purr's, once for each key.
    ///
    /// - Parameter recipient: Nil for the mailbox itself.
    /// - Returns: False when no mail can be made of it.
    @discardableResult
    func store(
        _ kind: NoticeRecord.Kind, key: String, task: TaskID? = nil, subject: String, lines: [String],
        mailbox: MailboxRecord, to recipient: EmailAddress? = nil, at instant: Date,
        in transaction: Transaction
    ) throws -> Bool {
        let recipient = recipient ?? mailbox.address
        guard
            let bytes = mail(
                key: key, subject: subject, lines: lines, mailbox: mailbox, to: recipient, at: instant)
        else { return false }
        try transaction.insertNotice(
            kind, key: key, task: task, mailbox: mailbox.id, to: recipient, subject: subject, bytes: bytes,
            dueAt: instant)
        return true
    }

    /// A plain mail from the mailbox, to itself or to another address of its user's.
    private func mail(
        key: String, subject: String, lines: [String], mailbox: MailboxRecord, to recipient: EmailAddress,
        at instant: Date
    ) -> [UInt8]? {
        let name = key.map { $0.isLetter || $0.isNumber ? $0 : "-" }
        guard let subject = HeaderText(String(subject.prefix(200).map { $0.isNewline ? " " : $0 })),
            let id = MessageID("purr-\(String(name))-\(instant.milliseconds)@\(mailbox.address.domain)")
        else { return nil }
        let text = lines.joined(separator: "\n") + "\n"
        let html = "<p>" + lines.map(\.escapedForHTML).joined(separator: "<br>\n") + "</p>\n"
        return OutgoingMessage(
            from: NamedAddress(name: "Purr", address: mailbox.address) ?? NamedAddress(mailbox.address),
            to: NamedAddress(recipient), subject: subject, messageID: id, date: instant, utcOffset: 0,
            inReplyTo: nil, references: [], text: text, html: html,
            extra: [HeaderText("auto-generated").flatMap { OutgoingMessage.Field("Auto-Submitted", $0) }]
                .compactMap { $0 }
        ).rendered()
    }

    private func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}
