internal import Foundation
internal import PurrEngine
internal import PurrSequences
internal import PurrTemplates

/// The sequence of one simulated world, in one of its versions.
struct Plan: Sendable {
    var steps: [Step]
    let settings: SequenceSettings

    var followUpDays: FollowUpDays { settings.followUpDays }
    var window: SendWindow { settings.sendWindow }

    /// Draws up to five steps of every kind, with settings of every kind.
    init(random: inout SeededNumbers, start: Date) {
        func chance(_ probability: Double) -> Bool { random.fraction() < probability }
        var settings = SequenceSettings()
        settings.followUpDays = FollowUpDays.allCases[Int(random.next() % 3)]
        if settings.followUpDays == .businessDays {
            // Several holidays, some in a row, as at Christmas.
            let today = Zone.utc.wall(of: start).day
            for _ in 0..<(1 + Int(random.next() % 6)) {
                let first = today.adding(days: Int(random.next() % 40))
                for length in 0..<(1 + Int(random.next() % 3)) {
                    settings.holidays.insert(first.adding(days: length))
                }
            }
        }
        let opens = chance(0.1) ? 0 : 60 * Int(6 + random.next() % 8)
        let closes = chance(0.1) ? 1_439 : min(1_439, opens + 30 * Int(1 + random.next() % 16))
        settings.sendWindow = SendWindow(start: opens, end: max(opens + 1, closes)) ?? .standard
        settings.companyReplyStops = chance(0.4)
        settings.companyMeetingStops = settings.companyReplyStops
        settings.isTransactional = chance(0.2)
        settings.quotesEarlier = chance(0.3)
        self.settings = settings

        var steps: [Step] = []
        for index in 0..<(1 + Int(random.next() % 5)) {
            steps.append(Self.step(index, after: steps, random: &random))
        }
        // Somebody must be written to.
        if !steps.contains(where: { $0.task == nil }) {
            steps.append(Self.mail(steps.count, delay: 1, replyTo: nil))
        }
        self.steps = steps
    }

    private init(steps: [Step], settings: SequenceSettings) {
        self.steps = steps
        self.settings = settings
    }

    private static func step(_ index: Int, after earlier: [Step], random: inout SeededNumbers) -> Step {
        func chance(_ probability: Double) -> Bool { random.fraction() < probability }
        let mails = earlier.filter { $0.email != nil }
        let parent =
            mails.isEmpty || chance(0.25) ? nil : mails[Int(random.next() % UInt64(mails.count))].id
        let delay = index == 0 ? 0 : Int(random.next() % 5)
        guard chance(index == 0 ? 0.15 : 0.35) else {
            // A mail right after a mail would be one too many in the same minute.
            let isAfterTask = earlier.last?.task != nil
            return mail(index, delay: index == 0 || isAfterTask ? delay : max(1, delay), replyTo: parent)
        }
        let kind = TaskKind.allCases[Int(random.next() % UInt64(TaskKind.allCases.count))]
        return task(index, kind, delay: delay, holds: chance(0.5), replyTo: parent)
    }

    static func mail(_ index: Int, delay: Int, replyTo: StepID?) -> Step {
        Step(
            id: StepID(rawValue: "s\(index + 1)"), delay: delay,
            action: .email(EmailStep(template: "t\(index + 1)", replyTo: replyTo)))
    }

    static func task(_ index: Int, _ kind: TaskKind, delay: Int, holds: Bool, replyTo: StepID? = nil)
        -> Step
    {
        Step(
            id: StepID(rawValue: "s\(index + 1)"), delay: delay,
            action: .task(
                TaskStep(
                    kind: kind, title: "\(kind.words) {{contact.firstName}}", holds: holds,
                    email: kind == .manualEmail
                        ? EmailStep(template: "t\(index + 1)", replyTo: replyTo) : nil)))
    }

    /// One of everything that can be stopped at: for ``CrashMatrix``.
    static let fixed: Plan = {
        var settings = SequenceSettings()
        settings.followUpDays = .weekdays
        let first = StepID(rawValue: "s1")
        return Plan(
            steps: [
                mail(0, delay: 0, replyTo: nil), task(1, .call, delay: 1, holds: true),
                mail(2, delay: 1, replyTo: first),
                task(3, .manualEmail, delay: 1, holds: false, replyTo: first),
                mail(4, delay: 2, replyTo: first),
            ], settings: settings)
    }()

    /// The next version, as somebody edits it while people are under way: a step more, or other delays.
    func edited(random: inout SeededNumbers) -> Plan {
        var next = self
        if random.next() % 2 == 0, steps.count < 6 {
            next.steps.append(
                Self.mail(
                    steps.count, delay: 1 + Int(random.next() % 3),
                    replyTo: steps.first { $0.email != nil }?.id))
        } else {
            next.steps = steps.enumerated().map { index, step in
                index == 0
                    ? step : Step(id: step.id, delay: step.delay % 4 + 2, action: step.action)
            }
        }
        return next
    }

    /// The numbers of the steps that Purr sends itself, from 1.
    var mailNumbers: [Int] { steps.indices.filter { steps[$0].task == nil }.map { $0 + 1 } }

    func number(of id: StepID) -> Int? { steps.firstIndex { $0.id == id }.map { $0 + 1 } }

    func version() throws -> SequenceVersion {
        let templates = try steps.indices.map { index in
            StoredTemplate(
                try MailTemplate(
                    name: "t\(index + 1)", subject: "About {{contact.firstName}} \(index + 1)",
                    body: "Hello {{contact.firstName}}\n\nmarker-\(index + 1) here.\n"))
        }
        return SequenceVersion(
            steps: steps, templates: Dictionary(uniqueKeysWithValues: templates.map { ($0.name, $0) }))
    }
}
