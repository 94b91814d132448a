/// The identity of a step, which it keeps across versions and moves (spec S1.7).
package struct StepID: RawRepresentable, Hashable, Sendable, Codable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}

extension StepID: CustomStringConvertible {
    package var description: String { rawValue }
}

/// One step of a sequence.
package struct Step: Hashable, Sendable {
    package let id: StepID
    /// Eligible days between the step before and this one, 0 to 90 (spec S1.2).
    package let delay: Int
    package let action: Action

    package init(id: StepID, delay: Int, action: Action) {
        self.id = id
        self.delay = delay
        self.action = action
    }

    /// What happens when the step runs.
    package enum Action: Hashable, Sendable {
        /// Sent unattended.
        case email(EmailStep)
        /// Work for a human.
        case task(TaskStep)
    }

    /// The e-mail of the step, whether Purr sends it or a person does (spec S1.1).
    package var email: EmailStep? {
        switch action {
        case .email(let email): email
        case .task(let task): task.email
        }
    }

    /// The work for a human, if that is what the step is.
    package var task: TaskStep? {
        switch action {
        case .email: nil
        case .task(let task): task
        }
    }

    /// The name of the step's template; nil where it has none.
    package var template: String? { email.flatMap { $0.template.isEmpty ? nil : $0.template } }

    /// What the step is, in the word that files, reports and programs use.
    package var kind: StepKind {
        switch action {
        case .email: .email
        case .task(let task): task.kind.stepKind
        }
    }
}

/// What kinds of steps there are (spec S1).
package enum StepKind: String, Hashable, Sendable, Codable, CaseIterable {
    case email, manualEmail, call, general, inMail, connectionRequest
}

/// The e-mail of a step: its template and its thread (spec S1.1).
package struct EmailStep: Hashable, Sendable, Codable {
    /// The template's name; empty where a person writes the mail without one.
    package let template: String
    /// The earlier e-mail step that is answered; `nil` starts a new thread.
    package let replyTo: StepID?

    package init(template: String, replyTo: StepID? = nil) {
        self.template = template
        self.replyTo = replyTo
    }
}

extension Step: Codable {
    // One key per kind of action, so that kinds can be added beside it.
    private enum CodingKeys: String, CodingKey { case id, delay, email, task }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let task = try container.decodeIfPresent(TaskStep.self, forKey: .task)
        self.init(
            id: try container.decode(StepID.self, forKey: .id),
            delay: try container.decode(Int.self, forKey: .delay),
            action: try task.map(Action.task)
                ?? .email(try container.decode(EmailStep.self, forKey: .email)))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(delay, forKey: .delay)
        switch action {
        case .email(let email): try container.encode(email, forKey: .email)
        case .task(let task): try container.encode(task, forKey: .task)
        }
    }
}
