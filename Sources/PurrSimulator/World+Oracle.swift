internal import Foundation
internal import PurrEngine
internal import PurrMail
internal import PurrSequences
internal import PurrStore

// The oracle: reads the servers' log, the mailbox and the database, and believes none of them alone.
extension World {
    /// Promise P3, at the moment the body is handed over.
    mutating func checkGate(
        _ mailbox: MailboxID, recipient: EmailAddress, readySince: Date, at instant: Date
    ) {
        guard let began = surveyed[mailbox], began >= readySince else {
            violations.append("the gate was not asked after 354 (to \(recipient))")
            return
        }
        if instant.timeIntervalSince(began) > 20 {
            violations.append("the proof was older than 20 s (to \(recipient))")
        }
        if let stop = prospects[recipient.key]?.stops.first(where: { $0 < began }) {
            violations.append(
                "handed over to \(recipient) though their answer lay there since \(stop.timeIntervalSince1970)"
            )
        }
    }

    /// What must hold when all is over.
    mutating func checkEnd(_ store: Store, plan: Plan, isFaultless: Bool, hasCrashed: Bool) throws {
        let now = now
        let everything = try store.read { transaction in
            try transaction.enrollments(limit: 10_000).map { enrollment in
                (
                    enrollment, try transaction.journal(of: enrollment.id),
                    try transaction.contact(enrollment.contact)?.email.key ?? "",
                    try transaction.events(of: enrollment.id)
                )
            }
        }
        checkAcceptances(plan: plan, enrollments: everything.map(\.0), contacts: everything.map(\.2))
        for (enrollment, journal, contact, events) in everything {
            guard let prospect = prospects[contact] else { continue }
            let name =
                "\(contact) (\(prospect.behaviour.rawValue)) is \(enrollment.state.rawValue) \(enrollment.reason)"
            // P1 and the journal against the server's log.
            let taken = acceptances.filter { $0.root == enrollment.threadRoot }
            for (step, group) in Dictionary(grouping: taken, by: \.mail.step) where group.count > 1 {
                violations.append("step \(step) left \(group.count) times: \(name)")
            }
            let sent = journal.filter { $0.state == .sent }
            if sent.count > taken.count {
                violations.append("the journal says sent, the server never had it: \(name)")
            }
            for entry in journal where entry.state == .sending || entry.state == .unknown {
                violations.append("an outcome was left open: \(entry.step) \(name)")
            }
            // P2: everything is somewhere.
            if enrollment.state == .active {
                violations.append(
                    "still under way after the end of time: \(name), next \(String(describing: enrollment.nextAt))"
                )
            }
            if enrollment.state == .held, enrollment.reason.isEmpty {
                violations.append("held without a reason: \(name)")
            }
            if events.isEmpty { violations.append("nothing on record: \(name)") }
            // A process that stopped between its last durable word and the server's answer cannot know.
            let isHonestDoubt = hasCrashed && enrollment.reason == HoldReason.unknownOutcome.rawValue
            checkReason(
                enrollment, prospect: prospect, name: name, taken: taken.count, plan: plan,
                isFaultless: isFaultless && !isHonestDoubt)
            if enrollment.endedAt.map({ $0 > now.addingTimeInterval(86_400) }) ?? false {
                violations.append("ended in the future: \(name)")
            }
        }
    }

    private mutating func checkReason(
        _ enrollment: EnrollmentRecord, prospect: Prospect, name: String, taken: Int, plan: Plan,
        isFaultless: Bool
    ) {
        switch (enrollment.state, enrollment.reason) {
        case (.unenrolled, EndReason.replied.rawValue):
            if prospect.replies.isEmpty { violations.append("nobody replied: \(name)") }
        case (.unenrolled, EndReason.bounced.rawValue):
            if !prospect.hasBounced { violations.append("nothing bounced: \(name)") }
        case (.unenrolled, EndReason.unsubscribed.rawValue):
            if !prospect.hasOptedOut { violations.append("nobody opted out: \(name)") }
        case (.unenrolled, EndReason.sendRejected.rawValue):
            if !prospect.isRefused { violations.append("nobody was refused: \(name)") }
        case (.held, HoldReason.senderTookOver.rawValue):
            if !handWritten.contains(prospect.address.key) {
                violations.append("nobody took over: \(name)")
            }
        case (.finished, _):
            if taken < plan.steps.count {
                violations.append("finished with \(taken) of \(plan.steps.count) mails: \(name)")
            }
        default: break
        }
        let lastMail = acceptances.last { $0.root == enrollment.threadRoot }?.at ?? .distantPast
        if let stop = prospect.stops.first, stop < lastMail.addingTimeInterval(-60),
            enrollment.state == .finished
        {
            violations.append("went on after the answer: \(name)")
        }
        guard isFaultless, !handWritten.contains(prospect.address.key) else { return }
        switch prospect.behaviour {
        case .silent, .outOfOffice, .delayed:
            if enrollment.state != .finished {
                violations.append("should have finished: \(name) \(enrollment.detail)")
            }
        case .refusedAtOnce:
            if enrollment.state == .finished { violations.append("should have stopped: \(name)") }
        case .doesNotExist, .optsOut: break
        default:
            if enrollment.state != .finished, enrollment.reason != EndReason.replied.rawValue {
                violations.append("should have ended by a reply: \(name)")
            }
        }
    }

    /// Days, windows and delays, reckoned here with Foundation's calendar and not with the engine's.
    private mutating func checkAcceptances(plan: Plan, enrollments: [EnrollmentRecord], contacts: [String])
    {
        for (enrollment, contact) in zip(enrollments, contacts) {
            guard let zone = TimeZone(identifier: enrollment.zone.identifier) else { continue }
            var calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = zone
            let taken = acceptances.filter { $0.root == enrollment.threadRoot }.sorted { $0.at < $1.at }
            for (previous, next) in zip(taken, taken.dropFirst()) where next.mail.step > previous.mail.step
            {
                let slack = abs(clockError) + 180
                let parts = calendar.dateComponents([.hour, .minute, .second, .weekday], from: next.at)
                let second = (parts.hour ?? 0) * 3600 + (parts.minute ?? 0) * 60 + (parts.second ?? 0)
                let isInside =
                    Double(second) >= Double(plan.window.start * 60) - slack
                    && Double(second) <= Double(plan.window.end * 60 + 59) + slack
                if !isInside {
                    violations.append(
                        "step \(next.mail.step) to \(contact) left at \(second / 3600):\(second / 60 % 60) local, outside the window"
                    )
                }
                if plan.followUpDays == .weekdays, parts.weekday == 1 || parts.weekday == 7 {
                    violations.append("step \(next.mail.step) to \(contact) left on a weekend")
                }
                var days = 0
                var day = calendar.startOfDay(for: previous.at.addingTimeInterval(-slack))
                let last = calendar.startOfDay(for: next.at.addingTimeInterval(slack))
                while day < last {
                    guard let following = calendar.date(byAdding: .day, value: 1, to: day) else { break }
                    day = calendar.startOfDay(for: following)
                    let weekday = calendar.component(.weekday, from: day)
                    if plan.followUpDays == .everyday || (weekday != 1 && weekday != 7) { days += 1 }
                }
                let delay = plan.steps[next.mail.step - 1].delay
                if days < delay {
                    violations.append(
                        "step \(next.mail.step) to \(contact) left after \(days) eligible days instead of \(delay)"
                    )
                }
            }
        }
    }
}
