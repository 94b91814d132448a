internal import Foundation
internal import PurrMail
internal import PurrSequences
internal import PurrStore
internal import PurrTemplates

/// Makes the task of one enrollment whose step is work for a human, in one transaction (spec S1.3–S1.5).
struct TaskMaking {
    let enrollment: EnrollmentRecord
    let versions: KnownVersions
    let now: Date

    func make(in transaction: Transaction) throws {
        guard let contact = try transaction.contact(enrollment.contact),
            let sequence = try transaction.sequence(enrollment.sequence),
            let version = try versions.version(of: enrollment, in: transaction),
            let mailbox = try transaction.mailbox(enrollment.mailbox)
        else { return try hold("What the step needs is gone from the database", in: transaction) }
        guard let step = enrollment.nextStep.flatMap({ version.step($0) }), let task = step.task else {
            if try transaction.finish(enrollment.id, at: now) {
                try append(.finished, "No step is left.", in: transaction)
            }
            return
        }
        let sender =
            NamedAddress(name: mailbox.name, address: enrollment.sender) ?? NamedAddress(enrollment.sender)
        let values = Composer.values(
            contact: contact, sender: sender, sequence: sequence.name,
            owner: try transaction.owner(of: mailbox.id))
        let title: String
        let notes: String
        do {
            title = try TaskText(task.title).filled(with: values)
            notes = try TaskText(task.notes).filled(with: values)
        } catch let missing as TaskText.MissingToken {
            return try hold("No value for \(missing.name)", in: transaction)
        }
        let placement = Placement(enrollment: enrollment, sequence: sequence)
        let draft = TaskDraft(
            enrollment: enrollment, step: step, kind: task.kind, title: title, notes: notes,
            link: ContactPage.link(of: contact, for: task.kind), dueAt: placement.taskDue(createdAt: now))
        #if PLANTED_BUGS
            let holds = task.holds && Sabotage.active != .holdIgnored
        #else
            let holds = task.holds
        #endif
        let outcomes = Outcomes(mailbox: mailbox.id, now: now, versions: versions)
        guard let id = try transaction.insert(draft, at: now) else {
            // Made before: by a process that stopped before its next step was scheduled, or in another version.
            guard let known = try transaction.task(of: enrollment.id, step: step.id) else { return }
            guard holds, known.state.isOpen else {
                return try outcomes.advance(
                    enrollment.id, past: step.id, at: known.doneAt ?? now, in: transaction)
            }
            return try transaction.await(known.id, enrollment: enrollment.id)
        }
        let due = enrollment.zone.wall(of: draft.dueAt)
        try append(
            .taskCreated,
            "\(version.label(of: step.id)): “\(title)” is for you to do by \(due.day) at \(due.second.asClock) in \(enrollment.zone)\(task.holds ? "; the sequence waits for it" : "").",
            evidence: ["task": "\(id)", "kind": task.kind.rawValue], in: transaction)
        if let minute = sequence.settings.taskReminder {
            let at = placement.taskReminder(createdAt: now, minute: minute)
            try Notices(now: now).remind(of: id, at: at, in: transaction)
        }
        if holds {
            try transaction.await(id, enrollment: enrollment.id)
        } else {
            try outcomes.advance(enrollment.id, past: step.id, at: now, in: transaction)
        }
    }

    private func hold(_ detail: String, in transaction: Transaction) throws {
        guard try transaction.hold(enrollment.id, because: .missingToken, detail: detail, at: now) else {
            return
        }
        try append(.held, "\(detail). \(HoldReason.missingToken.advice)", in: transaction)
    }

    private func append(
        _ kind: Event.Kind, _ text: String, evidence: [String: String] = [:], in transaction: Transaction
    ) throws {
        try transaction.append(
            Event(
                at: now, kind, mailbox: enrollment.mailbox, enrollment: enrollment.id, text,
                evidence: evidence))
    }
}

/// Where a contact can be found on LinkedIn (spec S1).
enum ContactPage {
    /// Properties under which people keep such addresses, in small letters without separators.
    private static let names: [TaskKind: [String]] = [
        .inMail: [
            "salesnavigatorurl", "salesnavigator", "linkedinsalesnavigatorurl", "linkedinurl", "linkedin",
        ],
        .connectionRequest: [
            "linkedinurl", "linkedin", "linkedinprofile", "linkedinprofileurl", "salesnavigatorurl",
        ],
    ]

    /// The address of the contact's page, or of a search for them; empty for other tasks.
    static func link(of contact: Contact, for kind: TaskKind) -> String {
        guard let names = names[kind] else { return "" }
        let properties = Dictionary(
            contact.properties.map {
                ($0.key.lowercased().filter { $0.isLetter || $0.isNumber }, $0.value)
            },
            uniquingKeysWith: { first, _ in first })
        if let known = names.lazy.compactMap({ properties[$0] }).first(where: { $0.hasPrefix("https://") })
        {
            return known
        }
        let person = [contact.firstName, contact.lastName, contact.company].filter { !$0.isEmpty }.joined(
            separator: " ")
        var query = URLComponents(string: "https://www.linkedin.com/search/results/people/")
        query?.queryItems = [
            URLQueryItem(name: "keywords", value: person.isEmpty ? contact.email.text : person)
        ]
        return query?.string ?? ""
    }
}
