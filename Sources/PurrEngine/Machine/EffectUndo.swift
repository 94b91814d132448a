internal import Foundation
internal import PurrMail
internal import PurrReplies
internal import PurrSequences
internal import PurrStore

/// Takes back what a message did, as far as nothing else has changed it since (spec replies R3.e).
struct EffectUndo {
    let inbound: InboundID
    let now: Date

    /// - Returns: The contacts of which something goes on again.
    func undo(in transaction: Transaction) throws -> Set<ContactID> {
        var reopened: Set<ContactID> = []
        for effect in try transaction.effects(of: inbound) {
            let enrollment = try effect.enrollment.flatMap { try transaction.enrollment($0) }
            switch effect.kind {
            case .ended, .held, .waiting:
                guard let enrollment else { break }
                if try goOn(enrollment, effect, in: transaction) { reopened.insert(enrollment.contact) }
            case .suppressed:
                _ = try transaction.liftSuppression(effect.subject, since: effect.at)
            case .fact:
                let words = effect.subject.split(
                    separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
                guard let enrollment, let fact = words.first.flatMap({ Fact(rawValue: String($0)) }) else {
                    break
                }
                let step = words.count > 1 && !words[1].isEmpty ? StepID(rawValue: String(words[1])) : nil
                try transaction.withdraw(fact, of: enrollment.id, step: step)
            case .address:
                guard let enrollment else { break }
                try transaction.removeAddress(effect.subject, of: enrollment.contact)
            case .task:
                guard let number = Int64(effect.subject) else { break }
                _ = try transaction.setTask(
                    TaskID(rawValue: number), from: [.open, .started], to: .canceled, doneAt: now)
            }
            try transaction.setUndone(effect, at: now)
        }
        return reopened
    }

    private func goOn(
        _ enrollment: EnrollmentRecord, _ effect: InboundEffectRecord, in transaction: Transaction
    ) throws -> Bool {
        guard let earlier = effect.earlier, try canGoOn(enrollment, in: transaction) else { return false }
        switch effect.kind {
        case .ended:
            guard let reason = EndReason(rawValue: effect.subject),
                try transaction.reinstate(
                    enrollment.id, endedBecause: reason, as: earlier, rest: earlier.rest(at: effect.at))
            else { return false }
            // A pause of the sequence or of everything may have ended meanwhile: resuming asks anew.
            let isOthersPause =
                earlier.state == .paused && earlier.reason != PauseReason.manual.rawValue
            guard earlier.state == .active || isOthersPause else { return true }
            return try resume(enrollment.id, from: .paused, in: transaction)
        case .held:
            guard enrollment.state == .held, enrollment.reason == effect.subject else { return false }
            return try resume(enrollment.id, from: .held, in: transaction)
        default:
            guard enrollment.state == .active, enrollment.reason == WaitReason.returnDate.rawValue,
                enrollment.nextAt?.milliseconds == Int64(effect.subject)
            else { return false }
            let next = max(
                Date(milliseconds: earlier.nextAt),
                try enrollment.opening(after: 0, at: now, in: transaction))
            try transaction.replan(
                enrollment.id, to: next, because: WaitReason(rawValue: earlier.reason) ?? .delay,
                detail: earlier.detail)
            return true
        }
    }

    /// Whether all is still there that it needs: else it would wait for ever, and nobody would be told.
    private func canGoOn(_ enrollment: EnrollmentRecord, in transaction: Transaction) throws -> Bool {
        guard let sequence = try transaction.sequence(enrollment.sequence),
            let contact = try transaction.contact(enrollment.contact),
            try transaction.mailbox(enrollment.mailbox) != nil
        else { return false }
        return !sequence.isDeleted && !contact.isDeleted
    }

    /// After what was left of the delay, inside the window.
    private func resume(_ id: EnrollmentID, from state: EnrollmentState, in transaction: Transaction) throws
        -> Bool
    {
        guard let enrollment = try transaction.enrollment(id) else { return false }
        let start = try enrollment.opening(after: enrollment.remaining, at: now, in: transaction)
        guard try transaction.resume(id, from: state, at: start, now: now) else { return false }
        guard try transaction.enrollment(id)?.state == .active else {
            try transaction.append(
                Event(
                    at: now, .resumed, mailbox: enrollment.mailbox, enrollment: id,
                    "A message was judged otherwise by hand, so it goes on when its pause ends.",
                    evidence: ["by": "hand", "message": "\(inbound)"]))
            return true
        }
        let wall = enrollment.zone.wall(of: start)
        try transaction.append(
            Event(
                at: now, .resumed, mailbox: enrollment.mailbox, enrollment: id,
                "A message was judged otherwise by hand, so it goes on; the next step is due on \(wall.day) at \(wall.second.asClock) in \(enrollment.zone).",
                evidence: ["by": "hand", "message": "\(inbound)"]))
        return true
    }
}

extension EnrollmentRecord {
    /// When it goes on after so many seconds: a follow-up inside the window.
    func opening(after rest: TimeInterval, at now: Date, in transaction: Transaction) throws -> Date {
        let start = now.addingTimeInterval(max(0, rest))
        guard !isFirst, !isTask, let sequence = try transaction.sequence(self.sequence) else {
            return start
        }
        return Placement(enrollment: self, sequence: sequence).nextOpening(atOrAfter: start)
    }
}
