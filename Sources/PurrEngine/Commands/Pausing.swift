internal import Foundation
internal import PurrSequences
internal import PurrStore

/// What a pause, or its end, did to many at once.
package struct PauseResult: Sendable, Hashable, Encodable {
    /// How many enrollments were paused, or go on.
    package let changed: Int
    /// How many stay paused, by themselves or with something else.
    package let stillPaused: Int
    /// Whether it was paused, or not paused, already.
    package let isUnchanged: Bool
}

// Pauses of a sequence, and of everything of a user's (spec S4.4).
extension Commands {
    /// Pauses a sequence: what is under way keeps the rest of its delay, and who is enrolled meanwhile waits too.
    package func pauseSequence(_ name: String, as user: String? = nil) throws -> PauseResult {
        try change { transaction in
            let sequence = try ownSequence(name, for: Viewer(user, in: transaction), in: transaction)
            if !sequence.isPaused { try transaction.setPaused(sequence.id, since: now) }
            let count = try transaction.pauseAll(
                in: sequence.id, of: nil, because: .sequence, at: now)
            return PauseResult(
                changed: count, stillPaused: 0, isUnchanged: sequence.isPaused && count == 0)
        }
    }

    /// Lets a sequence go on: each enrollment waits what was left of its delay; what was paused by itself stays so.
    package func resumeSequence(_ name: String, as user: String? = nil) throws -> PauseResult {
        let (id, wasPaused) = try change { transaction in
            let sequence = try ownSequence(name, for: Viewer(user, in: transaction), in: transaction)
            try transaction.setPaused(sequence.id, since: nil)
            return (sequence.id, sequence.isPaused)
        }
        return try goOn(.sequence, in: id, of: nil, wasPaused: wasPaused)
    }

    /// Pauses everything of a user; of everybody, where the keeper of the data folder does it.
    package func pauseEverything(as user: String? = nil) throws -> PauseResult {
        try change { transaction in
            let users = try whose(user, in: transaction)
            let wasPaused = try users.allSatisfy { try transaction.isPaused($0) }
            for user in users where !(try transaction.isPaused(user)) {
                try transaction.setPaused(user, since: now)
            }
            var count = 0
            for owner in try owners(user, users, in: transaction) {
                count += try transaction.pauseAll(in: nil, of: owner, because: .everything, at: now)
            }
            return PauseResult(changed: count, stillPaused: 0, isUnchanged: wasPaused && count == 0)
        }
    }

    /// Ends ``pauseEverything(as:)``.
    package func resumeEverything(as user: String? = nil) throws -> PauseResult {
        let (owners, wasPaused) = try change { transaction in
            let users = try whose(user, in: transaction)
            let wasPaused = try users.contains { try transaction.isPaused($0) }
            for user in users { try transaction.setPaused(user, since: nil) }
            return (try self.owners(user, users, in: transaction), wasPaused)
        }
        let results = try owners.map { try goOn(.everything, in: nil, of: $0, wasPaused: wasPaused) }
        return PauseResult(
            changed: results.reduce(0) { $0 + $1.changed },
            stillPaused: results.reduce(0) { $0 + $1.stillPaused },
            isUnchanged: results.allSatisfy(\.isUnchanged))
    }

    /// The users who are meant: the one named, or all.
    private func whose(_ name: String?, in transaction: Transaction) throws -> [UserID] {
        if let name { return [try self.user(name, in: transaction).id] }
        return try transaction.users().map(\.id)
    }

    /// Nil stands for everybody, nobody's enrollments included.
    private func owners(_ name: String?, _ users: [UserID], in transaction: Transaction) throws
        -> [UserID?]
    {
        name == nil ? [nil] : users
    }

    /// Lets go on what one pause kept from it, some hundreds in one transaction: a daemon must not wait for all.
    ///
    /// Interrupted, it is completed by doing it again: what is left still names the pause that is over.
    private func goOn(_ reason: PauseReason, in sequence: SequenceID?, of owner: UserID?, wasPaused: Bool)
        throws -> PauseResult
    {
        var (changed, still) = (0, 0)
        var last: EnrollmentID?
        while true {
            let page = try change { transaction in
                let page = try transaction.enrollments(
                    paused: reason, in: sequence, of: owner, after: last, limit: 500)
                for enrollment in page {
                    let start = try opening(for: enrollment, in: transaction)
                    try transaction.resume(enrollment.id, from: .paused, at: start, now: now)
                    guard try transaction.enrollment(enrollment.id)?.state == .active else {
                        still += 1
                        continue
                    }
                    changed += 1
                    let wall = enrollment.zone.wall(of: start)
                    try transaction.append(
                        Event(
                            at: now, .resumed, mailbox: enrollment.mailbox, enrollment: enrollment.id,
                            "Resumed by hand; the next step is due on \(wall.day) at \(wall.second.asClock) in \(enrollment.zone).",
                            evidence: ["by": "hand"]))
                }
                return page
            }
            guard let end = page.last else { break }
            last = end.id
        }
        return PauseResult(
            changed: changed, stillPaused: still, isUnchanged: !wasPaused && changed == 0 && still == 0)
    }
}
