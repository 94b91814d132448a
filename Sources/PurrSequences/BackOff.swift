package import Foundation

/// When to try again after a temporary failure (spec M6).
package struct BackOff: Hashable, Sendable, Codable {
    /// Seconds before the second attempt.
    package var first: Double = 300
    /// Seconds that no wait exceeds, jitter aside.
    package var longest: Double = 4 * 3_600
    /// The part of a wait by which it may be longer, so that what failed together does not return together.
    package var jitter = 0.25
    /// Days after the step's own day on which it is still tried.
    package var extraDays = 1

    package init() {}

    /// When to make the next attempt.
    ///
    /// - Parameters:
    ///   - attempts: How many have failed, at least 1.
    ///   - due: When the step was due; its local day bounds the trying.
    ///   - seed: Draws the jitter.
    /// - Returns: `nil` when that would be after the last day: the step is to be held.
    package func nextAttempt(after attempts: Int, now: Date, due: Date, in zone: Zone, seed: UInt64)
        -> Date?
    {
        var numbers = SeededNumbers(seed: seed)
        let doublings = min(max(attempts, 1), 31) - 1
        let wait = min(first * Double(1 << doublings), longest)
        let next = now + wait * (1 + jitter * numbers.fraction())
        return next < end(of: due, in: zone) ? next : nil
    }

    /// The midnight that ends the last day on which a step due then is tried.
    package func end(of due: Date, in zone: Zone) -> Date {
        let last = zone.wall(of: due).day.adding(days: max(0, extraDays))
        return zone.instant(of: last.adding(days: 1), second: 0)
    }
}
