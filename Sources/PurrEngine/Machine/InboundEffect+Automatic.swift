internal import Foundation
internal import PurrMail
internal import PurrReplies
internal import PurrSequences
internal import PurrStore

// What automatic mail does: it delays, holds, or changes nothing (spec replies R3.b to R3.d).
extension InboundEffect {
    /// Waits until the contact is back (spec R3.c).
    func away(in transaction: Transaction) throws {
        if try isLoop(in: transaction) { return }
        for match in matches {
            guard let enrollment = try transaction.enrollment(match.owner),
                let sequence = try transaction.sequence(enrollment.sequence)
            else { continue }
            let name = try name(enrollment, transaction)
            guard personal.contains(match) else {
                try append(
                    .automatic, "A colleague of \(name) is out of office; it changes nothing", match,
                    in: transaction)
                continue
            }
            let placement = Placement(enrollment: enrollment, sequence: sequence)
            let today = placement.zone.wall(of: now).day
            let back = judgement.returnDate.flatMap {
                LocalDay(year: $0.year, month: $0.month, day: $0.day)
            }
            if let back, back < today {
                try append(
                    .automatic, "\(name) was away until \(back); it changes nothing", match,
                    in: transaction)
                continue
            }
            let until = back.map { " until \($0)" } ?? ""
            guard enrollment.state == .active || enrollment.state == .paused else {
                let standing = enrollment.state.isOpen ? "the enrollment is held anyway" : "after the end"
                try append(
                    .automatic, "\(name) is out of office\(until); \(standing)", match, in: transaction)
                continue
            }
            guard enrollment.awaitsTask == nil else {
                // The sequence waits for its own user already.
                try append(
                    .automatic, "\(name) is out of office\(until); a task is to be done first", match,
                    in: transaction)
                continue
            }
            if let back, back.ordinal - today.ordinal > 30, enrollment.state == .active {
                let detail = "\(name) is away until \(back)"
                guard try hold(enrollment, because: .awayTooLong, detail: detail, in: transaction) else {
                    continue
                }
                try append(.held, detail + ", more than thirty days from now", match, in: transaction)
                continue
            }
            let next = resumption(
                of: enrollment, placement, back: back, days: sequence.settings.awayDays)
            guard enrollment.state == .active else {
                try transaction.prolong(enrollment.id, to: next.timeIntervalSince(now))
                try append(
                    .waiting, "\(name) is out of office\(until); the pause keeps that in mind", match,
                    in: transaction)
                continue
            }
            try wait(
                enrollment, until: next, detail: back.map { "away until \($0)" } ?? "away",
                in: transaction)
            try append(
                .waiting,
                "\(name) is out of office\(until); the next step waits until \(placement.zone.wall(of: next).day)",
                match, in: transaction)
        }
        try offer(
            title: { "\($0) is out of office; write to \($1)?" },
            notes:
                "Their automatic answer names \(judgement.standIns.prefix(3).map(\.text).joined(separator: ", ")).",
            in: transaction)
    }

    /// The wall time of the step that waits, on the first eligible day after the return, or after some
    /// eligible days where no date can be read.
    private func resumption(
        of enrollment: EnrollmentRecord, _ placement: Placement, back: LocalDay?, days: Int
    ) -> Date {
        let planned = enrollment.state == .active ? enrollment.nextAt : nil
        let clock = placement.zone.wall(of: planned ?? now).second
        let start = back.map { placement.zone.instant(of: $0, second: clock) } ?? now
        let delay = back == nil ? days : 1
        let resume =
            enrollment.isTask
            ? placement.taskCreation(after: start, delay: delay)
            : placement.due(after: start, delay: delay) { _, _ in clock / 60 }
        return max(resume, planned ?? resume)
    }

    func noteAutomatic(in transaction: Transaction) throws {
        if try isLoop(in: transaction) { return }
        try note(.automatic, "An automatic mail came; it changes nothing", in: transaction)
    }

    /// Three automatic mails from one address in 24 hours: two machines talk to each other (spec R3.d).
    private func isLoop(in transaction: Transaction) throws -> Bool {
        guard let sender, !isByHand else { return false }
        let count = try transaction.automaticCount(
            from: sender.key, of: mailbox, since: receivedAt.addingTimeInterval(-86_400),
            through: receivedAt)
        guard count >= 3 else { return false }
        try hold(.loop, "sent three automatic mails in 24 hours", in: transaction)
        return true
    }

    func hold(_ reason: HoldReason, _ verb: String, in transaction: Transaction) throws {
        for match in matches {
            guard let enrollment = try transaction.enrollment(match.owner) else { continue }
            let detail = "\(try name(enrollment, transaction)) \(verb)"
            guard personal.contains(match),
                try hold(enrollment, because: reason, detail: detail, in: transaction)
            else {
                try append(.noted, detail + "; it changes nothing", match, in: transaction)
                continue
            }
            try append(.held, detail, match, in: transaction)
        }
    }
}
