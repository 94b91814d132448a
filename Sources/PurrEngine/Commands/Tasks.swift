package import Foundation
package import PurrMail
package import PurrSequences
internal import PurrStore

/// One task as people see it.
package struct TaskReport: Sendable, Encodable {
    package let id: Int64
    package let kind: TaskKind
    package let title: String
    package let contact: String
    /// The contact's name and company, as far as they are known.
    package let who: String
    package let sequence: String
    /// As people count, from 1.
    @OrNull package var step: Int?
    package let stepId: String
    @OrNull package var owner: String?
    package let queue: String
    package let priority: TaskPriority
    package let state: TaskState
    package let notes: String
    @OrNull package var link: String?
    package let createdAt: Date
    package let dueAt: Date
    package let zone: String
    @OrNull package var doneAt: Date?
    /// Due, and still to be done.
    package let isOverdue: Bool
    /// The sequence waits for it.
    package let holds: Bool
    @OrNull package var mail: Mail?

    /// The mail of a manual e-mail task.
    package struct Mail: Sendable, Encodable {
        /// `draft` while it is to be sent, `sent` when it was found in Sent.
        package let state: JournalState
        /// Whether the draft lies in the mailbox.
        package let isFiled: Bool
        package let messageId: String
        package let subject: String
        @OrNull package var sentAt: Date?
        @OrNull package var inReplyTo: String?
    }
}

/// What doing something to a task did.
package struct TaskChange: Sendable {
    package let task: TaskReport
    /// Nil when it was done; else why nothing changed.
    package let refusal: String?
    /// What comes next in the sequence, if the task held it.
    package let next: String?
}

extension Commands {
    /// Tasks by due time.
    ///
    /// - Parameter owner: A user's name.
    package func tasks(
        states: [TaskState]? = nil, queue: String? = nil, owner: String? = nil,
        contact: EmailAddress? = nil,
        dueBefore: Date? = nil
    ) throws -> [TaskReport] {
        try look { transaction in
            var filter = TaskFilter()
            if let states { filter.states = states }
            filter.queue = queue
            filter.dueBefore = dueBefore
            filter.owner = try owner.map { try user(named: $0, in: transaction).id }
            filter.contact = try contact.map { try self.contact($0, in: transaction).id }
            var reader = TaskReader(transaction: transaction, now: now)
            return try transaction.tasks(filter).map { try reader.report($0) }
        }
    }

    package func task(_ id: Int64) throws -> TaskReport {
        try look { transaction in
            var reader = TaskReader(transaction: transaction, now: now)
            return try reader.report(try task(id, in: transaction))
        }
    }

    /// Begins a task; a manual e-mail's draft is filled, threaded and put into Drafts by the daemon.
    package func startTask(_ id: Int64) throws -> TaskChange {
        var entropy = entropy
        return try change { transaction in
            let task = try task(id, in: transaction)
            guard task.state.isOpen else {
                return try unchanged(
                    task, "is \(task.state.rawValue); open it again first: purr task reopen \(id)",
                    in: transaction)
            }
            if task.kind == .manualEmail { try prepareDraft(of: task, entropy: &entropy, in: transaction) }
            if try transaction.setTask(task.id, from: [.open], to: .started, doneAt: nil) {
                try transaction.append(
                    Event(
                        at: now, .taskStarted, mailbox: task.mailbox, enrollment: task.enrollment,
                        "The task “\(task.title)” was started.", evidence: ["task": "\(id)", "by": "hand"]))
            }
            return try changed(task.id, in: transaction)
        }
    }

    /// Says that a task is done; what waited for it goes on from now.
    package func completeTask(_ id: Int64) throws -> TaskChange {
        try end(id, as: .done) { "The task “\($0.title)” is done." }
    }

    /// Leaves a task out; what waited for it goes on from now (spec S1, sending M1.3).
    package func skipTask(_ id: Int64) throws -> TaskChange {
        try end(id, as: .skipped) { "The task “\($0.title)” was skipped." }
    }

    package func reopenTask(_ id: Int64) throws -> TaskChange {
        try change { transaction in
            let task = try task(id, in: transaction)
            guard task.state != .canceled else {
                return try unchanged(task, "was canceled when the enrollment ended", in: transaction)
            }
            guard try TaskCompletion(task: task, now: now).reopen(in: transaction) != nil else {
                return try unchanged(task, "is open already", in: transaction)
            }
            return try changed(task.id, in: transaction)
        }
    }

    private func end(_ id: Int64, as state: TaskState, _ words: (TaskRecord) -> String) throws -> TaskChange
    {
        try change { transaction in
            let task = try task(id, in: transaction)
            guard
                try TaskCompletion(task: task, now: now).complete(
                    as: state, at: now, words(task), evidence: ["by": "hand"], in: transaction)
            else { return try unchanged(task, "is \(task.state.rawValue) already", in: transaction) }
            return try changed(task.id, in: transaction)
        }
    }

    // MARK: Drafts

    /// Fills the draft of a manual e-mail, in the thread of the step it answers.
    private func prepareDraft(
        of task: TaskRecord, entropy: inout any RandomNumberGenerator & Sendable,
        in transaction: Transaction
    ) throws {
        let known = try transaction.journalEntry(of: task.enrollment, step: task.step)
        if let known, known.state == .sent { return }
        guard let enrollment = try transaction.enrollment(task.enrollment),
            let contact = try transaction.contact(task.contact),
            let mailbox = try transaction.mailbox(task.mailbox),
            let sequence = try transaction.sequence(enrollment.sequence),
            let version = try transaction.document(of: enrollment.sequence, version: enrollment.version)
                .flatMap({ Document.value(SequenceVersion.self, from: $0) }),
            let step = version.step(task.step),
            let settings = Document.value(MailboxSettings.self, from: mailbox.settings),
            let id = known?.messageID ?? MessageID.fresh(at: enrollment.sender, from: &entropy)
        else { throw CommandError(.software, "What the task needs is gone from the database.") }
        guard try transaction.suppression(of: contact.email) == nil else {
            throw CommandError(
                .badData,
                "\(contact.email) must not be written to; skip the task: purr task skip \(task.id).")
        }
        let composer = Composer(
            enrollment: enrollment, sequence: sequence, version: version, contact: contact,
            mailbox: mailbox,
            settings: try settings.completed(in: transaction), owner: try transaction.owner(of: mailbox.id),
            earlier: try transaction.journal(of: enrollment.id),
            edit: try transaction.edit(of: enrollment.id, step: step.id)
                .flatMap { Document.value(StoredTemplate.self, from: $0) })
        do {
            let mail = try composer.mail(of: step, messageID: id, at: now, bytesOf: transaction.bytes(of:))
            _ = try transaction.prepareDraft(
                mail, enrollment: enrollment.id, step: step.id, mailbox: mailbox.id)
        } catch Composer.Obstacle.missingTokens(let names) {
            throw CommandError(
                .badData,
                "\(contact.email) has no \(names.joined(separator: ", ")). Give it a value (purr contact import), then start the task again."
            )
        } catch Composer.Obstacle.unusable(let words) {
            throw CommandError(.badData, words)
        }
    }

    // MARK: Lookups

    private func task(_ id: Int64, in transaction: Transaction) throws -> TaskRecord {
        guard let task = try transaction.task(TaskID(rawValue: id)) else {
            throw CommandError(.badData, "There is no task \(id). See: purr task list --all.")
        }
        return task
    }

    func contact(_ email: EmailAddress, in transaction: Transaction) throws -> Contact {
        guard let contact = try transaction.contact(email) else {
            throw CommandError(.badData, "\(email) is not a contact. See: purr contact list.")
        }
        return contact
    }

    func user(named name: String, in transaction: Transaction) throws -> UserRecord {
        guard let user = try transaction.user(named: name) else {
            throw CommandError(.badData, "There is no user \"\(name)\". See: purr user list.")
        }
        return user
    }

    private func unchanged(_ task: TaskRecord, _ why: String, in transaction: Transaction) throws
        -> TaskChange
    {
        var reader = TaskReader(transaction: transaction, now: now)
        return TaskChange(task: try reader.report(task), refusal: why, next: nil)
    }

    private func changed(_ id: TaskID, in transaction: Transaction) throws -> TaskChange {
        var reader = TaskReader(transaction: transaction, now: now)
        guard let task = try transaction.task(id) else {
            throw CommandError(.software, "The task is gone.")
        }
        let report = try reader.report(task)
        var enrollments = try EnrollmentReader(transaction, now: now)
        guard !task.state.isOpen, report.holds, let record = try transaction.enrollment(task.enrollment)
        else {
            return TaskChange(task: report, refusal: nil, next: nil)
        }
        return TaskChange(task: report, refusal: nil, next: next(try enrollments.report(record), record))
    }
}

/// Looks up what task reports need, each sequence once.
struct TaskReader {
    let transaction: Transaction
    let now: Date
    private var versions: [SequenceID: [Int: SequenceVersion]] = [:]
    private var names: [UserID: String] = [:]

    init(transaction: Transaction, now: Date) {
        self.transaction = transaction
        self.now = now
    }

    mutating func report(_ task: TaskRecord) throws -> TaskReport {
        let enrollment = try transaction.enrollment(task.enrollment)
        let sequence = try enrollment.flatMap { try transaction.sequence($0.sequence) }
        var version: SequenceVersion?
        if let enrollment { version = try self.version(of: enrollment) }
        var owner: String?
        if let user = task.owner { owner = try self.name(of: user) }
        let contact = try transaction.contact(task.contact)
        let name = [contact?.firstName ?? "", contact?.lastName ?? ""].filter { !$0.isEmpty }.joined(
            separator: " ")
        let entry =
            try task.kind == .manualEmail
            ? transaction.journalEntry(of: task.enrollment, step: task.step) : nil
        return TaskReport(
            id: task.id.rawValue, kind: task.kind, title: task.title, contact: contact?.email.text ?? "",
            who: [name, contact?.company ?? ""].filter { !$0.isEmpty }.joined(separator: ", "),
            sequence: sequence?.name ?? "", step: version?.number(of: task.step),
            stepId: task.step.rawValue,
            owner: owner, queue: task.queue, priority: task.priority,
            state: task.state, notes: task.notes, link: task.link.isEmpty ? nil : task.link,
            createdAt: task.createdAt,
            dueAt: task.dueAt, zone: enrollment?.zone.identifier ?? "UTC", doneAt: task.doneAt,
            isOverdue: task.state.isOpen && task.dueAt < now,
            holds: version?.step(task.step)?.task?.holds ?? false,
            mail: entry.map(mail))
    }

    private func mail(_ entry: JournalEntry) -> TaskReport.Mail {
        TaskReport.Mail(
            state: entry.state, isFiled: entry.state == .draft && entry.filing == .filed,
            messageId: (entry.wireID ?? entry.messageID).description, subject: entry.subject,
            sentAt: entry.sentAt,
            inReplyTo: entry.inReplyTo?.description)
    }

    private mutating func name(of user: UserID) throws -> String? {
        if let known = names[user] { return known }
        names[user] = try transaction.user(user)?.name
        return names[user]
    }

    private mutating func version(of record: EnrollmentRecord) throws -> SequenceVersion? {
        if let known = versions[record.sequence]?[record.version] { return known }
        let version = try transaction.document(of: record.sequence, version: record.version)
            .flatMap { Document.value(SequenceVersion.self, from: $0) }
        versions[record.sequence, default: [:]][record.version] = version
        return version
    }
}
