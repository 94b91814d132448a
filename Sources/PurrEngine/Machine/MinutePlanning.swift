internal import Foundation
internal import PurrMail
internal import PurrSendTime
internal import PurrSequences
internal import PurrStore

/// Chooses the minute of a follow-up inside the day and the window that its sequence gives (spec T4 to T7).
struct MinutePlanning {
    let enrollment: EnrollmentRecord
    let placement: Placement
    let settings: SequenceSettings
    let now: Date

    /// A step's time, and why it is that.
    struct Planned {
        var due: Date
        var arm: ChoiceArm
        var score: Double = 1
        /// A clause for people; empty without evidence.
        var words = ""
        /// What ``words`` rests on, for `explain`.
        var evidence: [String: String] = [:]
    }

    /// - Parameters:
    ///   - moment: What the delay counts from.
    ///   - lastSent: The send whose wall time is kept where nothing better is known (spec S2.2).
    func plan(_ step: Step, after moment: Date, lastSent: Date, in transaction: Transaction) throws
        -> Planned
    {
        let kept = placement.zone.wall(of: lastSent).second / 60
        let plain = placement.due(after: moment, delay: step.delay) { _, _ in kept }
        guard settings.sendTime == .best, let contact = try transaction.contact(enrollment.contact) else {
            return Planned(due: plain, arm: .none)
        }
        let evidence = try SendTime.Evidence(
            of: contact.email, mailbox: enrollment.mailbox, in: transaction)
        guard !evidence.isEmpty else { return Planned(due: plain, arm: .none) }
        let seed = Self.seed(enrollment.threadRoot, step.id)
        // Drawn by the enrollment's own random thread id, so that looking twice draws the same.
        if Self.percent(seed) < settings.holdout {
            return Planned(
                due: plain, arm: .holdout,
                words: "; at the time of the mail before, to measure the best minute against it",
                evidence: ["minute": "holdout"])
        }
        return try best(
            step, evidence, contact: contact.email, after: moment, kept: kept, seed: seed, in: transaction)
    }

    private func best(
        _ step: Step, _ evidence: SendTime.Evidence, contact: EmailAddress, after moment: Date, kept: Int,
        seed: UInt64, in transaction: Transaction
    ) throws -> Planned {
        // Where a day is full, the next one (spec T6).
        for delay in step.delay..<(step.delay + 10) {
            var day = placement.zone.wall(of: moment).day
            _ = placement.due(after: moment, delay: delay) {
                day = $0
                return $1
            }
            guard
                let choice = try choice(
                    on: day, evidence, earliest: max(moment, now), kept: kept, seed: seed, in: transaction)
            else { continue }
            return Planned(
                due: placement.due(after: moment, delay: delay) { _, _ in choice.minute }, arm: .best,
                score: Double(choice.score), words: Self.words(choice, evidence),
                evidence: try reasons(choice, evidence, contact: contact, in: transaction))
        }
        return Planned(due: placement.due(after: moment, delay: step.delay) { _, _ in kept }, arm: .none)
    }

    /// The best minute of a day that the limits leave free; nil when that day is full (spec T6).
    private func choice(
        on day: LocalDay, _ evidence: SendTime.Evidence, earliest: Date, kept: Int, seed: UInt64,
        in transaction: Transaction
    ) throws -> SendTime.Choice? {
        let today = placement.zone.wall(of: earliest)
        var start = placement.window.start
        if day == today.day { start = min(max(start, today.second / 60 + 1), placement.window.end) }
        let window = (start: start, end: placement.window.end)
        let weekday = day.weekday.rawValue - 1
        let choice = SendTime.choose(
            evidence: evidence, window: window, weekday: weekday, previous: kept, seed: seed)
        if try isFree(choice.minute, of: day, in: transaction) { return choice }
        return try SendTime.alternatives(
            evidence: evidence, window: window, weekday: weekday, previous: kept, taken: [choice.minute]
        ).first { try isFree($0.minute, of: day, in: transaction) }
    }

    /// The minute by what is known by now, of the day that a waiting step is planned for.
    ///
    /// - Returns: nil when it stays: it is near, a person or another rule moved it, it is measured against, or
    ///   the new minute is hardly another.
    func replanned(_ step: Step, in transaction: Transaction) throws -> Planned? {
        guard settings.sendTime == .best, enrollment.state == .active, !enrollment.isInDoubt,
            enrollment.reason == WaitReason.delay.rawValue, let due = enrollment.nextAt,
            due > now.addingTimeInterval(3_600), enrollment.plannedAt == due,
            let earlier = try transaction.choice(of: step.id, in: enrollment.id), earlier.at == due,
            earlier.arm != .holdout, let lastSent = try transaction.lastSent(of: enrollment.id),
            let contact = try transaction.contact(enrollment.contact)
        else { return nil }
        let evidence = try SendTime.Evidence(
            of: contact.email, mailbox: enrollment.mailbox, in: transaction)
        let seed = Self.seed(enrollment.threadRoot, step.id)
        let planned = placement.zone.wall(of: due)
        guard !evidence.isEmpty, Self.percent(seed) >= settings.holdout,
            let choice = try choice(
                on: planned.day, evidence, earliest: now,
                kept: placement.zone.wall(of: lastSent).second / 60, seed: seed, in: transaction),
            abs(choice.minute - planned.second / 60) >= 15
        else { return nil }
        let moved = placement.zone.instant(of: planned.day, second: choice.minute * 60)
        guard moved > now else { return nil }
        return Planned(
            due: moved, arm: .best, score: Double(choice.score), words: Self.words(choice, evidence),
            evidence: try reasons(choice, evidence, contact: contact.email, in: transaction))
    }

    /// Whether the mailbox may send one more mail around that minute by its own limit.
    private func isFree(_ minute: Int, of day: LocalDay, in transaction: Transaction) throws -> Bool {
        let perMinute = try transaction.mailbox(enrollment.mailbox)
            .flatMap { Document.value(MailboxSettings.self, from: $0.settings) }?.limits.perMinute
        let quarter = minute / 15 * 15
        let start = placement.zone.instant(of: day, second: quarter * 60)
        let planned = try transaction.plannedCount(
            of: enrollment.mailbox, in: start..<start.addingTimeInterval(900))
        return planned < 15 * min(perMinute ?? SendingLimits.standard.perMinute, 1_000_000)
    }

    private static func words(_ choice: SendTime.Choice, _ evidence: SendTime.Evidence) -> String {
        let tenths = Int((choice.score * 10).rounded())
        return
            "; then \(tenths / 10).\(tenths % 10) times the attention of an even choice is expected, from "
            + "\(evidence.contact.moments) \(evidence.contact.moments == 1 ? "moment" : "moments") of theirs, \(evidence.company.moments) of their company and "
            + "\(evidence.mailbox.moments) of all who write to the mailbox"
    }

    private func reasons(
        _ choice: SendTime.Choice, _ evidence: SendTime.Evidence, contact: EmailAddress,
        in transaction: Transaction
    ) throws -> [String: String] {
        let filtered = try transaction.filteredCounts(of: contact.canonicalKey)
            .sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        let hundredths = Int((choice.score * 100).rounded())
        return [
            "minute": choice.reason.rawValue,
            "score": "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)",
            "evidence":
                "contact \(evidence.contact.moments), company \(evidence.company.moments), mailbox \(evidence.mailbox.moments)",
            "filtered": filtered.joined(separator: ", "),
        ]
    }

    /// 0 to 99: below the holdout's share, the step is in it.
    private static func percent(_ seed: UInt64) -> Int { Int((seed >> 32) % 100) }

    /// Random by the enrollment and the step: FNV-1a of both, finished by SplitMix64.
    static func seed(_ threadRoot: String, _ step: StepID) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in "\(threadRoot)/\(step)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        var numbers = SeededNumbers(seed: hash)
        return numbers.next()
    }
}

extension SendTime.Evidence {
    /// What the bins know that bears on an address.
    init(of email: EmailAddress, mailbox: MailboxID, in transaction: Transaction) throws {
        self.init()
        if let known = try transaction.attention(.contact, of: email.canonicalKey) { contact = known }
        if let domain = AttentionUpkeep.company(of: email.canonicalKey),
            let known = try transaction.attention(.company, of: domain)
        {
            company = known
        }
        if let known = try transaction.attention(.mailbox, of: "\(mailbox.rawValue)") {
            self.mailbox = known
        }
    }
}
