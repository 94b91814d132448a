import ArgumentParser
import PurrEngine
import PurrSequences

/// What a step can be.
struct StepContent: ParsableArguments {
    @Option(help: ArgumentHelp("An automated e-mail with this template.", valueName: "template"))
    var email: String?
    @Option(help: ArgumentHelp("An e-mail that you send by hand.", valueName: "title"))
    var manualEmail: String?
    @Option(help: ArgumentHelp("A call.", valueName: "title")) var call: String?
    @Option(help: ArgumentHelp("Anything else to do.", valueName: "title")) var task: String?
    @Option(help: ArgumentHelp("An InMail.", valueName: "title")) var inMail: String?
    @Option(help: ArgumentHelp("A connection request.", valueName: "title")) var connectionRequest: String?
    @Option(help: ArgumentHelp("Eligible days after the step before.", valueName: "days")) var after: Int?
    @Option(help: ArgumentHelp("The earlier e-mail it replies to.", valueName: "step")) var replyTo: String?
    @Option(help: ArgumentHelp("Of an e-mail sent by hand.", valueName: "template")) var template: String?
    @Option(help: "Of a task: where it stands with its like.") var queue: String?
    @Option(help: "Of a task: none, low, medium or high.") var priority: String?
    @Option(help: ArgumentHelp("Of a task: Markdown with tokens.", valueName: "text")) var notes: String?
    @Flag(inversion: .prefixedNo, help: "Of a task: the sequence waits until it is done.") var hold: Bool?

    private var kinds: [(StepKind, String)] {
        let all: [(StepKind, String?)] = [
            (.email, email), (.manualEmail, manualEmail), (.call, call), (.general, task),
            (.inMail, inMail), (.connectionRequest, connectionRequest),
        ]
        return all.compactMap { kind, head in head.map { (kind, $0) } }
    }

    private func taskPriority() throws -> TaskPriority? {
        try priority.map { text in
            guard let known = TaskPriority(rawValue: text) else {
                throw CommandError(
                    .usage, "--priority \(Terminal.quoted(text)) should be none, low, medium or high.")
            }
            return known
        }
    }

    /// A new step.
    func step(id: String?, replyTo: StepID?) throws -> Step {
        guard kinds.count == 1, let (kind, head) = kinds.first else {
            throw CommandError(
                .usage,
                "A step is one thing: --email, --manual-email, --call, --task, --in-mail or --connection-request."
            )
        }
        guard !head.isEmpty, !head.contains(where: \.isNewline) else {
            throw CommandError(.usage, "A template's name or a task's title is one line.")
        }
        let blank = Step(
            id: StepID(rawValue: id ?? (kind == .email ? head : template ?? kind.rawValue)),
            delay: after ?? 0,
            action: kind == .email
                ? .email(EmailStep(template: head, replyTo: replyTo))
                : .task(
                    TaskStep(
                        kind: TaskKind(rawValue: kind.rawValue) ?? .general, title: head,
                        email: EmailStep(template: template ?? "", replyTo: replyTo))))
        return try changing(replyTo: nil)(blank)
    }

    /// What is different about a step that is there.
    func changing(replyTo: StepID?) throws -> @Sendable (Step) -> Step {
        let title = kinds.first(where: { $0.0 != .email })?.1
        let (priority, after, email, template) = (try taskPriority(), after, email, template)
        let (queue, notes, hold) = (queue, notes, hold)
        return { step in
            let thread = replyTo ?? step.email?.replyTo
            let delay = after ?? step.delay
            guard let task = step.task else {
                let mail = EmailStep(template: email ?? step.email?.template ?? "", replyTo: thread)
                return Step(id: step.id, delay: delay, action: .email(mail))
            }
            let mail = EmailStep(template: template ?? task.email?.template ?? "", replyTo: thread)
            return Step(
                id: step.id, delay: delay,
                action: .task(
                    TaskStep(
                        kind: task.kind, title: title ?? task.title, priority: priority ?? task.priority,
                        queue: queue ?? task.queue, notes: notes ?? task.notes, holds: hold ?? task.holds,
                        email: mail)))
        }
    }

    /// Refuses what does not fit a step.
    func check(fits step: Step) throws {
        let isTask = step.task != nil
        if let (kind, _) = kinds.first(where: { $0.0 != step.kind }) {
            throw CommandError(
                .badData,
                "Step \(step.id) is a \(step.kind.rawValue) and no \(kind.rawValue); delete it and add another."
            )
        }
        if !isTask, queue != nil || priority != nil || notes != nil || hold != nil || template != nil {
            throw CommandError(
                .badData,
                "Step \(step.id) is an e-mail; --queue, --priority, --notes, --hold and --template are for tasks."
            )
        }
        if step.email == nil, replyTo != nil || template != nil {
            throw CommandError(.badData, "Step \(step.id) is no e-mail; it replies to nothing.")
        }
    }
}
