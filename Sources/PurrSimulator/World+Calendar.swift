internal import Foundation
internal import PurrMail
internal import PurrSequences
internal import PurrStore

// Days, windows, delays and tasks, reckoned with Foundation's calendar and not with the engine's.
extension World {
    /// How far the engine's clock, its effects and its retries may be from the plan.
    private var slack: TimeInterval { 270 }
    /// How far days may be off: not at all where the clock was never set.
    private var clockSlack: TimeInterval { clockWasSet ? 200 : 0 }

    /// Something that ran, and from when the delay after it counts.
    private struct Run {
        let number: Int
        let at: Date
        /// Nil where that cannot be known.
        let moment: Date?
    }

    /// Delays between neighbouring steps, windows and days of follow-ups.
    mutating func checkTimes(_ dossier: Dossier) {
        guard let almanac = Almanac(dossier.enrollment.zone, dossier.plan.settings) else { return }
        let (plan, name) = (dossier.plan, dossier.name)
        let mails = dossier.taken.map {
            // Counted from the hand-over where the answer was lost: a moment before the server took it.
            Run(number: $0.mail.step, at: $0.at, moment: $0.at - 2)
        }
        let tasks = dossier.tasks.compactMap { task -> Run? in
            guard let number = plan.number(of: task.step) else { return nil }
            let holds = plan.steps[number - 1].task?.holds ?? false
            let moment = holds ? (reopened.contains(task.id) ? nil : task.doneAt) : task.createdAt
            return Run(
                number: number, at: task.createdAt, moment: task.state == .canceled && holds ? nil : moment)
        }
        let runs = (mails + tasks).sorted { ($0.number, $0.at) < ($1.number, $1.at) }
        for (previous, next) in zip(runs, runs.dropFirst()) where next.number == previous.number + 1 {
            guard let moment = previous.moment, plan.steps.indices.contains(next.number - 1) else {
                continue
            }
            let days = almanac.eligibleDays(from: moment - clockSlack, to: next.at + clockSlack)
            let delay = plan.steps[next.number - 1].delay
            if days < delay {
                violations.append(
                    "step \(next.number) ran after \(days) eligible days instead of \(delay): \(name)")
            }
        }
        for mail in dossier.taken.sorted(by: { $0.at < $1.at }).dropFirst() {
            if !almanac.isOpen(at: mail.at, slack: slack) {
                violations.append("step \(mail.mail.step) left outside the window: \(name)")
            }
            if !almanac.isEligible(mail.at - slack), !almanac.isEligible(mail.at + clockSlack) {
                violations.append("step \(mail.mail.step) left on a day that does not count: \(name)")
            }
        }
    }

    /// Tasks: made at local midnight, due at 17:00, and one that holds really holds (spec S1.3–S1.5).
    mutating func checkTasks(_ dossier: Dossier, isFaultless: Bool) {
        guard let almanac = Almanac(dossier.enrollment.zone, dossier.plan.settings) else { return }
        let (plan, name) = (dossier.plan, dossier.name)
        for (step, group) in Dictionary(grouping: dossier.tasks, by: \.step) where group.count > 1 {
            violations.append("the task of step \(step) was made \(group.count) times: \(name)")
        }
        for task in dossier.tasks {
            guard let number = plan.number(of: task.step) else {
                violations.append("a task was made of no step of its version: \(name)")
                continue
            }
            if task.dueAt != almanac.taskDue(createdAt: task.createdAt) {
                violations.append("task \(number) is due at \(task.dueAt), not at 17:00: \(name)")
            }
            let late = task.createdAt.timeIntervalSince(almanac.startOfDay(task.createdAt))
            if isFaultless, !steered.contains(dossier.enrollment.id), number > dossier.firstStep,
                plan.steps[number - 1].delay > 0, late > slack
            {
                violations.append("task \(number) was made \(late) s after midnight: \(name)")
            }
            if task.state == .done || task.state == .skipped, !isActedOn(task, of: dossier.contact) {
                violations.append("task \(number) is \(task.state.rawValue), and nobody did it: \(name)")
            }
        }
        checkHolding(dossier)
    }

    /// Nothing goes past a task that holds before somebody has done or skipped it.
    private mutating func checkHolding(_ dossier: Dossier) {
        for mail in dossier.taken {
            for number in dossier.firstStep..<max(dossier.firstStep, mail.mail.step) {
                guard dossier.plan.steps.indices.contains(number - 1),
                    case let step = dossier.plan.steps[number - 1], step.task?.holds == true
                else { continue }
                let task = dossier.tasks.first { $0.step == step.id }
                let isDone =
                    task.map { task in
                        acts(on: task, of: dossier.contact).contains { $0 < mail.at + slack }
                    } ?? false
                if !isDone {
                    violations.append(
                        "step \(mail.mail.step) left though task \(number) holds the sequence: \(dossier.name)"
                    )
                }
            }
        }
    }

    /// When the user did something that may have completed a task.
    private func acts(on task: TaskRecord, of contact: String) -> [Date] {
        let byHand = task.kind == .manualEmail ? handWritten[contact] ?? [] : []
        return (taskActs[task.id] ?? []) + byHand
    }

    private func isActedOn(_ task: TaskRecord, of contact: String) -> Bool {
        acts(on: task, of: contact).contains { act in
            task.doneAt.map { abs($0.timeIntervalSince(act)) < slack } ?? false
        }
    }
}

/// The days and hours of one zone, by Foundation's calendar.
private struct Almanac {
    private var calendar = Calendar(identifier: .gregorian)
    private let settings: SequenceSettings

    init?(_ zone: Zone, _ settings: SequenceSettings) {
        guard let zone = TimeZone(identifier: zone.identifier) else { return nil }
        calendar.timeZone = zone
        self.settings = settings
    }

    func startOfDay(_ instant: Date) -> Date { calendar.startOfDay(for: instant) }

    func isEligible(_ instant: Date) -> Bool {
        let parts = calendar.dateComponents([.year, .month, .day, .weekday], from: instant)
        let isWeekend = parts.weekday == 1 || parts.weekday == 7
        switch settings.followUpDays {
        case .everyday: return true
        case .weekdays: return !isWeekend
        case .businessDays:
            let day = LocalDay(year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0)
            return !isWeekend && !(day.map(settings.holidays.contains) ?? false)
        }
    }

    /// Eligible days after the one of `start`, that of `end` included.
    func eligibleDays(from start: Date, to end: Date) -> Int {
        var count = 0
        var day = startOfDay(start)
        let last = startOfDay(end)
        while day < last, let following = calendar.date(byAdding: .day, value: 1, to: day) {
            day = startOfDay(following)
            if isEligible(day) { count += 1 }
        }
        return count
    }

    func isOpen(at instant: Date, slack: TimeInterval) -> Bool {
        let parts = calendar.dateComponents([.hour, .minute, .second], from: instant)
        let second = Double((parts.hour ?? 0) * 3600 + (parts.minute ?? 0) * 60 + (parts.second ?? 0))
        let window = settings.sendWindow
        let (opens, closes) = (Double(window.start * 60), Double(window.end * 60 + 59))
        // Just past midnight is just past the end of a window that lasts to midnight.
        return [second, second + 86_400, second - 86_400].contains {
            $0 >= opens - slack && $0 <= closes + slack
        }
    }

    /// 17:00 of the day or, where that has passed, of the next eligible one.
    func taskDue(createdAt created: Date) -> Date? {
        guard let today = calendar.date(bySettingHour: 17, minute: 0, second: 0, of: created) else {
            return nil
        }
        guard created > today else { return today }
        var day = startOfDay(created)
        for _ in 0..<60 {
            guard let following = calendar.date(byAdding: .day, value: 1, to: day) else { return nil }
            day = startOfDay(following)
            if isEligible(day) { return calendar.date(bySettingHour: 17, minute: 0, second: 0, of: day) }
        }
        return nil
    }
}
