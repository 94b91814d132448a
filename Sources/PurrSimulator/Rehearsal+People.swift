package import Foundation
internal import PurrEngine
internal import PurrMail
package import PurrSequences
internal import PurrStore

/// What one contact does in a rehearsal, and what the user does with the tasks about them.
package struct RehearsedPerson: Sendable {
    /// What comes back on a mail.
    package enum Answer: Sendable, Hashable {
        case reply, bounce, away(until: LocalDay), unsubscribe, meeting
    }

    package struct Reaction: Sendable, Hashable {
        package let answer: Answer
        /// From 1.
        package let step: Int
        package let after: TimeInterval

        package init(_ answer: Answer, step: Int, after: TimeInterval) {
            self.answer = answer
            self.step = step
            self.after = after
        }
    }

    package var reactions: [Reaction] = []
    /// What becomes of tasks: done, skipped or, nil, nothing.
    package var tasks: TaskState? = .done
    /// How long after its making a task is seen to; nil for when it falls due.
    package var tasksAfter: TimeInterval?

    package init() {}
}

// Contacts who answer with real messages, which the engine judges like any others; and the user.
extension Rehearsal {
    func person(_ contact: EmailAddress) -> RehearsedPerson { people[contact.key] ?? others }

    mutating func react(to bytes: [UInt8], contact: EmailAddress, enrollment: EnrollmentID, step: StepID)
        throws
    {
        let reactions = person(contact).reactions
        guard !reactions.isEmpty, let number = try number(of: step, in: enrollment) else { return }
        let header = MessageHeader(SimulatedAccount.header(of: bytes))
        guard let id = header.messageID else { return }
        let mail = ReceivedMail(
            messageID: id, references: header.references, subject: header.subject, sender: sender,
            recipient: contact,
            step: number, bytes: bytes)
        for reaction in reactions where reaction.step == number {
            let at = now.addingTimeInterval(reaction.after)
            schedule(.arrive(message(reaction.answer, to: mail, at: at)), at: at)
        }
    }

    private func message(_ answer: RehearsedPerson.Answer, to mail: ReceivedMail, at instant: Date)
        -> [UInt8]
    {
        let id = "answer\(serial)@\(mail.recipient.domain)"
        func reply(_ text: String, extra: [String] = [], subject: String? = nil) -> [UInt8] {
            Correspondence.reply(
                to: mail, from: mail.recipient.text, id: id, at: instant, threaded: .full, text: text,
                extra: extra,
                subject: subject)
        }
        switch answer {
        case .reply: return reply("Thank you, let us talk.")
        case .unsubscribe: return reply("Please unsubscribe me.")
        case .away(let until):
            return reply(
                "I am out of office until \(Correspondence.words(for: until)).",
                extra: ["Auto-Submitted: auto-replied"],
                subject: "Out of office: \(mail.subject)")
        case .bounce:
            return Correspondence.report(
                about: mail, action: "failed", status: "5.1.1", id: id, at: instant)
        case .meeting: return Correspondence.invitation(to: mail, id: id, at: instant)
        }
    }

    private mutating func number(of step: StepID, in enrollment: EnrollmentID) throws -> Int? {
        if let known = steps[enrollment] { return known[step] }
        let version = try store.read { transaction in
            try transaction.enrollment(enrollment).flatMap {
                try transaction.document(of: $0.sequence, version: $0.version)
            }.flatMap { Document.value(SequenceVersion.self, from: $0) }
        }
        steps[enrollment] = Dictionary(
            (version?.steps ?? []).enumerated().map { ($1.id, $0 + 1) },
            uniquingKeysWith: { first, _ in first })
        return steps[enrollment]?[step]
    }

    // MARK: The user

    /// Plans when the user sees to the tasks that were made since the last look.
    mutating func planTasks() throws {
        while let task = try store.read({ try $0.task(TaskID(rawValue: lastTask + 1)) }) {
            lastTask += 1
            guard let contact = try store.read({ try $0.contact(task.contact)?.email }) else { continue }
            let person = person(contact)
            guard let state = person.tasks else { continue }
            schedule(
                .task(task.id, state),
                at: person.tasksAfter.map { task.createdAt.addingTimeInterval($0) } ?? task.dueAt)
        }
    }

    mutating func see(to id: TaskID, _ state: TaskState) throws {
        guard let task = try store.read({ try $0.task(id) }), task.state.isOpen else { return }
        switch (state, task.kind) {
        case (.skipped, _): _ = try commands.skipTask(id.rawValue)
        case (_, .manualEmail):
            // Done by sending it: the machine files the draft, and finds the mail in Sent.
            do { _ = try commands.startTask(id.rawValue) } catch is CommandError {
                // Nothing to fill a draft with: the user writes the mail, and says so.
                _ = try commands.completeTask(id.rawValue)
            }
        default: _ = try commands.completeTask(id.rawValue)
        }
    }

    /// The draft goes out as most programs send it: with an id and a date of their own.
    mutating func sendByHand(_ draft: [UInt8]) {
        serial += 1
        let header = MessageHeader(SimulatedAccount.header(of: draft))
        var text = String(decoding: draft, as: UTF8.self)
        if let id = header.messageID {
            text = text.replacing("Message-ID: \(id)", with: "Message-ID: <hand\(serial)@\(sender.domain)>")
        }
        account.store(Array(text.utf8), in: "Sent", at: now)
        machine.notice()
    }
}
