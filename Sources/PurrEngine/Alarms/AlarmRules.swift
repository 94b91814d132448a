package import Foundation
internal import PurrMail

/// What a person must know of at once.
package enum AlarmKind: String, Sendable, Hashable, Codable, CaseIterable {
    case mailboxUnreachable = "mailbox.unreachable"
    case loginRefused = "mailbox.loginRefused"
    case consentRevoked = "mailbox.consentRevoked"
    case mailboxStopped = "mailbox.stopped"
    case held = "enrollment.held"
    case workOverdue = "work.overdue"
    case backupOverdue = "backup.overdue"
    case diskNearlyFull = "disk.nearlyFull"
    /// What `purr alarm test` sends.
    case test

    /// Whether work stands still while it holds, so that the health page says no.
    package var stopsWork: Bool {
        switch self {
        case .mailboxUnreachable, .loginRefused, .consentRevoked, .mailboxStopped, .workOverdue,
            .diskNearlyFull:
            true
        case .held, .backupOverdue, .test: false
        }
    }
}

/// One condition: what holds, about what, and what to do about it.
package struct Alarm: Sendable, Hashable {
    /// What makes it the same condition: it is said once as long as it holds.
    package struct Key: Sendable, Hashable {
        package let kind: AlarmKind
        /// A mailbox, or a mailbox and a reason; empty for the whole of Purr.
        package let subject: String

        package init(_ kind: AlarmKind, _ subject: String = "") {
            self.kind = kind
            self.subject = subject
        }
    }

    package let key: Key
    /// One sentence: what is the matter.
    package let text: String
    /// One sentence: what to do.
    package let advice: String

    package init(_ kind: AlarmKind, _ subject: String = "", text: String, advice: String) {
        key = Key(kind, subject)
        self.text = text
        self.advice = advice
    }
}

/// Decides which alarms hold.
package struct AlarmRules: Sendable {
    package let limits: AlarmLimits

    package init(_ limits: AlarmLimits = AlarmLimits()) { self.limits = limits }

    /// The alarms that hold, given the facts.
    ///
    /// - Parameter open: Those that were said and not taken back: a disk must get clearly better before it is
    ///   well again, so that an alarm does not come and go at the limit.
    package func alarms(given facts: AlarmFacts, open: Set<Alarm.Key> = []) -> [Alarm] {
        facts.mailboxes.compactMap { alarm(of: $0, at: facts.now) } + facts.held.map(alarm)
            + [backup(facts), disk(facts, open: open)].compactMap(\.self)
    }

    /// A mailbox has one thing the matter with it at most, the first that explains the others.
    private func alarm(of mailbox: AlarmFacts.Mailbox, at now: Date) -> Alarm? {
        switch mailbox.pause {
        case .byUser: return nil
        case .byPurr(let reason):
            return Alarm(
                .mailboxStopped, mailbox.address,
                text: "Purr stopped \(mailbox.address): \(closed(reason))",
                advice: "Mend the cause, then: purr mailbox resume \(mailbox.address).")
        case .byGuard(let reason):
            return Alarm(
                .mailboxStopped, mailbox.address,
                text: "Purr sends nothing from \(mailbox.address): \(closed(reason))",
                advice: "Have it look into the mailbox: purr recover --mailbox \(mailbox.address).")
        case .none: break
        }
        if let failure = mailbox.failure { return alarm(of: mailbox, failing: failure, at: now) }
        return overdue(mailbox, at: now)
    }

    private func alarm(
        of mailbox: AlarmFacts.Mailbox, failing failure: AlarmFacts.Failure, at now: Date
    ) -> Alarm? {
        let length = now.timeIntervalSince(failure.since)
        let address = mailbox.address
        guard failure.reason == .loginRefused else {
            guard length >= limits.unreachable else { return nil }
            return Alarm(
                .mailboxUnreachable, address,
                text: "\(address) cannot be used since \(minutes(length)): \(closed(failure.text))",
                advice:
                    "Nothing is sent meanwhile; see what its servers say: purr mailbox check \(address).")
        }
        guard length >= limits.loginRefused else { return nil }
        guard failure.isSignIn else {
            return Alarm(
                .loginRefused, address, text: "The login to \(address) is refused: \(closed(failure.text))",
                advice: "Give the password again: purr mailbox add \(address) --update.")
        }
        return Alarm(
            .consentRevoked, address, text: "The sign-in of \(address) is refused: \(closed(failure.text))",
            advice: "Sign in again: purr mailbox sign-in \(address).")
    }

    /// Expected work that did not happen, with no reason known (spec R1.6).
    private func overdue(_ mailbox: AlarmFacts.Mailbox, at now: Date) -> Alarm? {
        let limit = now.addingTimeInterval(-limits.overdue)
        let address = mailbox.address
        if let proven = mailbox.provenAt, proven < limit {
            return Alarm(
                .workOverdue, address,
                text:
                    "\(address) has not been read to its end for \(minutes(now.timeIntervalSince(proven))).",
                advice: "Nothing is sent meanwhile; see which folder stands in the way: purr status.")
        }
        // What waits for a limit waits with reason, and the first after it gets its time too.
        guard let due = mailbox.oldestDue, due < limit, mailbox.freeAt.map({ $0 < limit }) ?? true else {
            return nil
        }
        return Alarm(
            .workOverdue, address,
            text:
                "A mail from \(address) is overdue by \(minutes(now.timeIntervalSince(due))) and nothing says why.",
            advice: "Look at purr status and at the log of purr run.")
    }

    private func alarm(of held: AlarmFacts.Held) -> Alarm {
        let number = held.count == 1 ? "1 enrollment is" : "\(held.count) enrollments are"
        return Alarm(
            .held, "\(held.address) \(held.reason)",
            text: "\(number) held for \(held.address): \(held.reason).",
            advice: "See what each waits for, and what to do: purr held.")
    }

    private func backup(_ facts: AlarmFacts) -> Alarm? {
        guard let last = facts.lastBackup, facts.now.timeIntervalSince(last) > limits.backup else {
            return nil
        }
        return Alarm(
            .backupOverdue,
            text: "The last backup is \(days(facts.now.timeIntervalSince(last))) old.",
            advice: "Make one, and see why the usual one was not made.")
    }

    private func disk(_ facts: AlarmFacts, open: Set<Alarm.Key>) -> Alarm? {
        guard let free = facts.freeBytes else { return nil }
        let isOpen = open.contains(Alarm.Key(.diskNearlyFull))
        guard free < (isOpen ? limits.freeBytes / 4 * 5 : limits.freeBytes) else { return nil }
        return Alarm(
            .diskNearlyFull, text: "The disk that holds the data has \(free >> 20) MB left.",
            advice: "Free some space: on a full disk nothing can be written down, so nothing is sent.")
    }

    /// With one full stop at the end.
    private func closed(_ text: String) -> String { text.hasSuffix(".") ? text : text + "." }

    private func minutes(_ length: TimeInterval) -> String {
        switch length {
        case ..<7_200: "\(Int(length / 60)) min"
        case ..<172_800: "\(Int(length / 3_600)) h"
        default: days(length)
        }
    }

    private func days(_ length: TimeInterval) -> String {
        let days = Int(length / 86_400)
        return days == 1 ? "1 day" : "\(days) days"
    }
}

/// What is to be said anew, given what holds and what was said.
package struct AlarmChanges: Sendable, Hashable {
    /// Conditions that nobody was told of.
    package let raised: [Alarm]
    /// Conditions that are over.
    package let cleared: [Alarm.Key]

    /// - Parameters:
    ///   - holding: What holds now.
    ///   - open: What was said and not taken back.
    package init(holding: [Alarm], open: [Alarm.Key]) {
        let known = Set(open)
        let current = Set(holding.map(\.key))
        raised = holding.filter { !known.contains($0.key) }
        cleared = open.filter { !current.contains($0) }
    }
}

/// When to say again what could not be said.
package enum AlarmBackOff {
    /// Given up after a day: what is still true then is for `purr status` to say.
    package static let longest: TimeInterval = 86_400

    /// When to make the next attempt; nil when it is given up.
    ///
    /// - Parameters:
    ///   - attempts: How many have failed, at least 1.
    ///   - began: The first of them.
    ///   - rate: How fast time runs; the waits are real.
    package static func next(after attempts: Int, began: Date, now: Date, rate: Double = 1) -> Date? {
        let wait = min(15 * Double(1 << min(max(attempts, 1) - 1, 12)), 3_600) * rate
        let next = now.addingTimeInterval(wait)
        return next.timeIntervalSince(began) <= longest * rate ? next : nil
    }
}
