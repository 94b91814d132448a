/// Which days a delay counts and a follow-up may leave on (spec S2.1).
package enum FollowUpDays: String, Hashable, Sendable, Codable, CaseIterable {
    case everyday, weekdays
    /// Weekdays less the holidays.
    case businessDays
}

/// The days that count.
package struct EligibleDays: Hashable, Sendable {
    package let mode: FollowUpDays
    /// Heeded by ``FollowUpDays/businessDays`` alone.
    package let holidays: Set<LocalDay>

    package init(mode: FollowUpDays, holidays: Set<LocalDay> = []) {
        self.mode = mode
        self.holidays = holidays
    }

    package func contains(_ day: LocalDay) -> Bool {
        switch mode {
        case .everyday: true
        case .weekdays: !day.weekday.isWeekend
        case .businessDays: !day.weekday.isWeekend && !holidays.contains(day)
        }
    }

    /// The day reached by counting eligible days from the one after `start`: Thursday and three weekdays
    /// give Tuesday (spec S2.1).
    ///
    /// - Parameter count: 0 or less gives the first eligible day at or after `start`.
    package func day(_ count: Int, after start: LocalDay) -> LocalDay {
        var left = min(count, Self.reach)
        guard left > 0 else { return first(onOrAfter: start) }
        for distance in 1...Self.reach {
            let day = start.adding(days: distance)
            if contains(day) { left -= 1 }
            if left == 0 { return day }
        }
        return start.adding(days: max(count, 1))
    }

    /// The first eligible day, `start` itself included.
    package func first(onOrAfter start: LocalDay) -> LocalDay {
        let days = (0...Self.reach).lazy.map { start.adding(days: $0) }
        return days.first(where: contains) ?? start
    }

    /// How many days ahead are looked at: ten years.
    ///
    /// Where holidays leave too few eligible days in that time, plain days are counted instead: a mistake
    /// in a holiday calendar neither hangs the planner nor swallows a step.
    static let reach = 3_660
}
