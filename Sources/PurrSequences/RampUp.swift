package import Foundation

/// A new mailbox's way from few mails a day to its limit, in equal steps a day.
///
/// Providers take a mailbox that begins with hundreds of mails for one that was stolen.
package struct RampUp: Hashable, Sendable, Codable {
    /// The most mails in 24 hours on the first day; at least 1.
    package let first: Int
    /// How many days it takes until the limit itself holds; at least 1.
    package let days: Int
    package let startedAt: Date

    /// The longest that is taken: a year.
    package static let mostDays = 366

    package init(first: Int, days: Int, startedAt: Date) {
        self.first = max(1, first)
        self.days = max(1, min(days, Self.mostDays))
        self.startedAt = startedAt
    }

    /// The first moment at which the limit itself holds.
    package var endsAt: Date { startedAt + Double(days) * 86_400 }

    /// The most mails in 24 hours at that time.
    ///
    /// - Parameter limit: What it leads to; a first day above that changes nothing.
    package func limit(_ limit: Int, at now: Date) -> Int {
        guard now < endsAt, first < limit else { return limit }
        let day = Int(max(0, now.timeIntervalSince(startedAt)) / 86_400)
        return first + Int(Double(limit - first) * Double(day) / Double(days))
    }

    /// The next moment at which more may go than now; nil once it has ended.
    func nextStep(after now: Date) -> Date? {
        guard now < endsAt else { return nil }
        let day = (max(0, now.timeIntervalSince(startedAt)) / 86_400).rounded(.down)
        return startedAt + (day + 1) * 86_400
    }

    /// Reads `10..50/4w` or `10..50/28d`: from 10 to 50 mails in 24 hours within four weeks.
    ///
    /// - Returns: Nil for anything else, for more than a year, and where the end is not above the beginning.
    package static func read(_ text: String, startedAt: Date) -> (rampUp: RampUp, limit: Int)? {
        guard let match = text.wholeMatch(of: /([0-9]{1,6})\.\.([0-9]{1,6})\/([0-9]{1,3})([dw])/),
            let first = Int(match.1), let limit = Int(match.2), let count = Int(match.3)
        else { return nil }
        let days = match.4 == "w" ? count * 7 : count
        guard first >= 1, limit > first, (1...mostDays).contains(days) else { return nil }
        return (RampUp(first: first, days: days, startedAt: startedAt), limit)
    }
}

extension SendingLimits {
    /// Says of a mailbox that warms up what it leads to and when; empty for others.
    package func warmingWords(at now: Date) -> String {
        guard let rampUp, perDay(at: now) < perDay else { return "" }
        return
            ", warming up to \(perDay) until \(LocalDay(ordinal: Int(rampUp.endsAt.timeIntervalSince1970 / 86_400)))"
    }
}
