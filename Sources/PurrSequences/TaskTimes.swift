package import Foundation

/// When tasks are made and fall due (spec S1.5).
extension Placement {
    /// When a task is made: at the start of its day, or right after the step before it where it has no delay.
    ///
    /// - Parameters:
    ///   - previous: When the step before it ran, or its task was completed (spec S1.3).
    ///   - delay: Eligible days, 0 to 90.
    package func taskCreation(after previous: Date, delay: Int) -> Date {
        guard delay > 0 else { return previous }
        let day = existing(onOrAfter: days.day(delay, after: zone.wall(of: previous).day))
        return max(previous, zone.instant(of: day, second: 0))
    }

    /// When a task falls due that is made at that time: at 17:00 of its day or, where that has passed, of the
    /// next eligible day.
    package func taskDue(createdAt created: Date) -> Date {
        let wall = zone.wall(of: created)
        let today = zone.instant(of: wall.day, second: Self.endOfWork)
        guard created > today else { return today }
        return zone.instant(of: existing(onOrAfter: days.day(1, after: wall.day)), second: Self.endOfWork)
    }

    /// The wall time of a day at which a task made then is mentioned once more (spec S2.6).
    ///
    /// - Parameter minute: Of the day.
    package func taskReminder(createdAt created: Date, minute: Int) -> Date {
        max(created, zone.instant(of: zone.wall(of: created).day, second: minute * 60))
    }

    /// Seconds from midnight to 17:00.
    private static let endOfWork = 17 * 3_600
}
