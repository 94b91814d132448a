internal import Foundation
internal import PurrEngine
internal import PurrSequences
internal import PurrTemplates

/// The sequence of one simulated world.
struct Plan: Sendable {
    let steps: [Step]
    let followUpDays: FollowUpDays
    let window: SendWindow

    init(random: inout SeededNumbers) {
        let count = 2 + Int(random.next() % 3)
        steps = (0..<count).map { index in
            Step(
                id: StepID(rawValue: "s\(index + 1)"), delay: index == 0 ? 0 : 1 + Int(random.next() % 4),
                action: .email(
                    EmailStep(
                        template: "t\(index + 1)",
                        replyTo: index == 0 || random.next() % 4 == 0
                            ? nil : StepID(rawValue: "s\(1 + Int(random.next() % UInt64(index)))"))))
        }
        followUpDays = random.next() % 2 == 0 ? .weekdays : .everyday
        let start = 60 * Int(6 + random.next() % 6)
        window = SendWindow(start: start, end: start + 60 * Int(2 + random.next() % 6)) ?? .standard
    }

    var settings: SequenceSettings {
        var settings = SequenceSettings()
        settings.followUpDays = followUpDays
        settings.sendWindow = window
        return settings
    }

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
