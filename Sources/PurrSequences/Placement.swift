package import Foundation

/// When the next step goes: the calendar of one enrollment.
package struct Placement: Hashable, Sendable {
    package let zone: Zone
    package let days: EligibleDays
    package let window: SendWindow

    package init(zone: Zone, days: EligibleDays, window: SendWindow) {
        self.zone = zone
        self.days = days
        self.window = window
    }

    /// When a follow-up is due: its day by counting eligible days, its minute by a rule, clocks local to
    /// the enrollment's zone (spec S2.1, S2.2, S2.4).
    ///
    /// - Parameters:
    ///   - previous: When the step before it went.
    ///   - delay: Eligible days, 0 to 90.
    ///   - minute: The minute of that day to choose, given the minute of day of `previous`. What lies
    ///     outside the window is moved to its nearest end.
    /// - Returns: The first second of that minute; never before `previous`.
    package func due(
        after previous: Date, delay: Int, minute: (_ day: LocalDay, _ previousMinute: Int) -> Int
    ) -> Date {
        let wall = zone.wall(of: previous)
        let day = existing(onOrAfter: days.day(delay, after: wall.day))
        let chosen = window.nearest(to: minute(day, wall.second / 60))
        let due = zone.instant(of: day, second: chosen * 60)
        // With no delay, the minute of today may have passed.
        return due < previous ? nextOpening(atOrAfter: previous) : due
    }

    /// As ``due(after:delay:minute:)``, keeping the wall time of the previous step (spec S2.2).
    package func due(after previous: Date, delay: Int) -> Date {
        due(after: previous, delay: delay) { _, minute in minute }
    }

    /// The first instant, at or after the given one, inside the window of an eligible day.
    ///
    /// Asked about its own answer, it gives the same answer.
    package func nextOpening(atOrAfter instant: Date) -> Date {
        // From the day before: a window that a gap moves may reach past midnight.
        var day = zone.wall(of: instant).day.adding(days: -1)
        for _ in 0..<4 {
            day = existing(onOrAfter: days.first(onOrAfter: day))
            let hours = opening(of: day)
            if instant < hours.upperBound { return max(instant, hours.lowerBound) }
            day = day.adding(days: 1)
        }
        return instant
    }

    /// Whether mail may leave at that instant.
    package func isOpen(at instant: Date) -> Bool { nextOpening(atOrAfter: instant) == instant }

    /// The instants of a day's window, the upper one excluded.
    package func opening(of day: LocalDay) -> Range<Date> {
        let start = zone.instant(of: day, second: window.start * 60)
        return start..<zone.instant(of: day, second: window.end * 60).addingTimeInterval(60)
    }

    /// When a first step goes: at the time asked for, weekend or not, unless limits push it back by more
    /// than an hour; then inside the window of an eligible day (spec S2.3).
    ///
    /// - Parameters:
    ///   - start: When it was to go.
    ///   - free: When the limits let it go.
    package func firstStep(start: Date, free: Date) -> Date {
        guard free > start else { return start }
        return free.timeIntervalSince(start) > 3_600 ? nextOpening(atOrAfter: free) : free
    }

    /// The first eligible day from there on that the zone has.
    func existing(onOrAfter day: LocalDay) -> LocalDay {
        var day = day
        for _ in 0..<3 where !zone.has(day) { day = days.first(onOrAfter: day.adding(days: 1)) }
        return day
    }
}
