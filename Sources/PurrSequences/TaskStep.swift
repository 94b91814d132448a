/// Work for a human, as a sequence describes it (spec S1.3, S1.4).
package struct TaskStep: Hashable, Sendable {
    package let kind: TaskKind
    /// One line with tokens.
    package let title: String
    package let priority: TaskPriority
    /// A named list of tasks; empty for none.
    package let queue: String
    /// Markdown with tokens; empty for none.
    package let notes: String
    /// Whether the sequence waits until the task is completed (spec S1.3).
    package let holds: Bool
    /// The mail that a person is to send: for ``TaskKind/manualEmail`` and for no other.
    package let email: EmailStep?

    package init(
        kind: TaskKind, title: String, priority: TaskPriority = .none, queue: String = "",
        notes: String = "",
        holds: Bool = false, email: EmailStep? = nil
    ) {
        self.kind = kind
        self.title = title
        self.priority = priority
        self.queue = queue
        self.notes = notes
        self.holds = holds
        self.email = kind == .manualEmail ? email ?? EmailStep(template: "") : nil
    }
}

/// What a person is to do (spec S1).
package enum TaskKind: String, Hashable, Sendable, Codable, CaseIterable {
    /// Look through a filled draft and send it.
    case manualEmail
    case call
    case general
    /// Write to the contact in LinkedIn's Sales Navigator; nothing is posted by machine.
    case inMail
    /// Ask the contact on LinkedIn to connect; nothing is posted by machine.
    case connectionRequest

    package var stepKind: StepKind {
        switch self {
        case .manualEmail: .manualEmail
        case .call: .call
        case .general: .general
        case .inMail: .inMail
        case .connectionRequest: .connectionRequest
        }
    }

    /// In words, as a task without a title is called.
    package var words: String {
        switch self {
        case .manualEmail: "Write to"
        case .call: "Call"
        case .general: "See to"
        case .inMail: "Send an InMail to"
        case .connectionRequest: "Ask to connect with"
        }
    }
}

/// How urgent a task is (spec S1.4).
package enum TaskPriority: String, Hashable, Sendable, Codable, CaseIterable {
    case none, low, medium, high
}

/// How far a task has come.
package enum TaskState: String, Hashable, Sendable, Codable, CaseIterable {
    case open
    /// Somebody has begun; a manual e-mail's draft lies, or will lie, in Drafts.
    case started
    case done
    case skipped
    /// The enrollment ended before it was done.
    case canceled

    /// Whether somebody has still to do it.
    package var isOpen: Bool { self == .open || self == .started }
}

extension TaskStep: Codable {
    private enum CodingKeys: String, CodingKey { case kind, title, priority, queue, notes, holds, email }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            kind: try container.decode(TaskKind.self, forKey: .kind),
            title: try container.decode(String.self, forKey: .title),
            priority: try container.decodeIfPresent(TaskPriority.self, forKey: .priority) ?? .none,
            queue: try container.decodeIfPresent(String.self, forKey: .queue) ?? "",
            notes: try container.decodeIfPresent(String.self, forKey: .notes) ?? "",
            holds: try container.decodeIfPresent(Bool.self, forKey: .holds) ?? false,
            email: try container.decodeIfPresent(EmailStep.self, forKey: .email))
    }
}
