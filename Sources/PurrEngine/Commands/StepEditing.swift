internal import PurrFiles
package import PurrSequences
internal import PurrStore
package import PurrTemplates

/// What editing the steps of a sequence did.
package struct StepEdit: Sendable, Encodable {
    package let name: String
    package let version: Int
    /// Whether it is a new version; nothing changed, if not.
    package let isNewVersion: Bool
    /// What else had to change, in words.
    package let notes: [String]
    /// A mail that was edited in place is stored as this new template; null for others.
    @OrNull package var template: String?
    /// Enrollments that go on with an earlier version.
    package let underWay: Int
}

/// A change of a sequence's steps.
package enum StepChange: Sendable {
    /// - Parameter index: From 0; nil for the end.
    case add(Step, index: Int?)
    /// - Parameter index: From 0, as counted afterwards.
    case move(StepReference, index: Int, StepPlan.Repair?)
    case delete(StepReference, StepPlan.Repair?)
    /// Everything but the id; what `change` makes of the step as it is.
    case edit(StepReference, @Sendable (Step) -> Step)
    /// The step's mail says this from now on, saved as a new template.
    case rewrite(StepReference, MailTemplate)
}

/// A step as people name it.
package enum StepReference: Sendable, Hashable, CustomStringConvertible {
    /// From 1.
    case number(Int)
    case id(StepID)

    /// Reads a number, or else an id.
    package init(_ text: String) {
        self = Int(text).map(StepReference.number) ?? .id(StepID(rawValue: text))
    }

    package var description: String {
        switch self {
        case .number(let number): "\(number)"
        case .id(let id): "\(id)"
        }
    }
}

extension Commands {
    /// The id of a step as people name it, in the present version of a sequence.
    package func step(_ reference: StepReference, of name: String, as user: String? = nil) throws -> StepID
    {
        try look { transaction in
            let found = try sequence(name, for: Viewer(user, in: transaction), in: transaction)
            return try id(of: reference, in: version(of: found, in: transaction).steps, name)
        }
    }

    /// Changes the steps of a sequence: a new version for those who enroll from now on (spec S5.1, S1.7).
    ///
    /// - Parameter expected: The version that the change was made for; nil for whichever is the present one.
    package func editSteps(
        of name: String, _ edit: StepChange, expectedVersion expected: Int? = nil, as user: String? = nil
    ) throws -> StepEdit {
        try change { transaction in
            let found = try sequence(name, for: Viewer(user, in: transaction), in: transaction)
            if let expected, expected != found.version {
                throw CommandError(
                    .badData,
                    "Somebody else changed \"\(name)\" meanwhile: it has version \(found.version), and your change is for version \(expected). Nothing was changed; look at it first: purr sequence show \"\(name)\"."
                )
            }
            let present = try version(of: found, in: transaction)
            let snippets = try Snippets(transaction)
            var template: StoredTemplate?
            if case .rewrite(_, let mail) = edit {
                template = try saveAsNew(mail, in: transaction)
            }
            let written = try plan(edit, of: present.source, named: name, template: template?.name) { $0 }
            let expanded = try plan(edit, of: present.steps, named: name, template: template?.name) {
                do { return try snippets.expanded($0) } catch let problem as TemplateProblem {
                    throw CommandError(.badData, problem.text)
                }
            }
            let texts = try texts(
                of: expanded.steps, present, snippets, new: template, in: transaction)
            if let wrong = texts.problem(templateLimit: try AccountLimits(transaction).templates) {
                throw CommandError(.badData, wrong.text)
            }
            let saved = try transaction.saveVersion(
                Document.text(of: texts.version(written: written.steps)), of: found, at: now)
            return StepEdit(
                name: name, version: saved.version, isNewVersion: saved.isNew, notes: written.notes,
                template: template?.name, underWay: try underWay(found.id, in: transaction))
        }
    }

    func version(of sequence: SequenceRecord, in transaction: Transaction) throws -> SequenceVersion {
        guard
            let version = try transaction.document(of: sequence.id, version: sequence.version)
                .flatMap({ Document.value(SequenceVersion.self, from: $0) })
        else {
            throw CommandError(
                .badData, "The sequence \"\(sequence.name)\" is damaged; apply its file again.")
        }
        return version
    }

    private func id(of reference: StepReference, in steps: [Step], _ name: String) throws -> StepID {
        switch reference {
        case .number(let number):
            if steps.indices.contains(number - 1) { return steps[number - 1].id }
        case .id(let id):
            if steps.contains(where: { $0.id == id }) { return id }
        }
        throw CommandError(
            .badData,
            "\"\(name)\" has no step \(reference); it has 1 to \(steps.count): \(steps.map(\.id.rawValue).joined(separator: ", "))."
        )
    }

    private func plan(
        _ edit: StepChange, of steps: [Step], named name: String, template: String?,
        expand: (Step) throws -> Step
    ) throws -> StepPlan {
        var plan = StepPlan(steps)
        do {
            switch edit {
            case .add(let step, let index): try plan.insert(expand(step), at: index ?? steps.count)
            case .move(let step, let index, let repair):
                try plan.move(id(of: step, in: steps, name), to: index, repair: repair)
            case .delete(let step, let repair):
                try plan.delete(id(of: step, in: steps, name), repair: repair)
            case .edit(let step, let change):
                let id = try id(of: step, in: steps, name)
                if let old = steps.first(where: { $0.id == id }) {
                    try plan.replace(id, with: expand(change(old)))
                }
            case .rewrite(let step, _):
                let id = try id(of: step, in: steps, name)
                guard let old = steps.first(where: { $0.id == id }), old.email != nil else {
                    throw CommandError(.badData, "Step \(step) is no e-mail; it has no mail to edit.")
                }
                try plan.replace(id, with: old.with(template: template ?? ""))
            }
        } catch let refusal as StepPlan.Refusal { throw CommandError(.badData, refusal.text) }
        return plan
    }

    /// The texts of a version, and those of templates that are new to it as they are stored now.
    private func texts(
        of steps: [Step], _ present: SequenceVersion, _ snippets: Snippets, new: StoredTemplate?,
        in transaction: Transaction
    ) throws -> SequenceTexts {
        var templates = present.templates
        if let new { templates[new.name] = StoredTemplate(try snippets.expanded(new.checked())) }
        for step in steps {
            if let task = step.task {
                for text in [task.title, task.notes] {
                    guard let tokens = try? PlainTokens(text) else { continue }
                    try KnownTokens.check(tokens, of: "Step \(step.id)", in: transaction)
                }
            }
            guard let name = step.template, templates[name] == nil else { continue }
            guard
                let stored = try transaction.template(name)
                    .flatMap({ Document.value(StoredTemplate.self, from: $0) }),
                let template = try? stored.checked()
            else {
                throw CommandError(
                    .badData, "There is no template \"\(name)\"; add it: purr template add \(name).md.")
            }
            templates[name] = StoredTemplate(try snippets.expanded(template))
        }
        return SequenceTexts(
            steps, keeping: SequenceVersion(steps: steps, templates: templates))
    }

    /// Stores a mail under its name, or the next free one: what other sequences use stays as it is (spec S5.1).
    private func saveAsNew(_ mail: MailTemplate, in transaction: Transaction) throws -> StoredTemplate {
        var name = mail.name
        var number = 1
        while let known = try transaction.template(name) {
            if Document.value(StoredTemplate.self, from: known)?.says(mail) == true { break }
            number += 1
            name = "\(mail.name)-\(number)"
        }
        let new = try MailTemplate(
            name: name, subject: mail.subject, body: mail.body, fallbacks: mail.fallbacks)
        _ = try store(new, in: transaction)
        return StoredTemplate(new)
    }
}

extension StoredTemplate {
    /// Whether it has the same words, whatever its name.
    fileprivate func says(_ mail: MailTemplate) -> Bool {
        subject == mail.subject && body == mail.body && fallbacks == mail.fallbacks
    }
}
