/// What showed that a person was attentive.
package enum MomentKind: String, CaseIterable, Hashable, Sendable {
    case open, click, reply
    /// The contact wrote a mail of their own.
    case wrote

    /// Replies and own mail weigh more than clicks, and clicks more than opens (spec T1): a pixel may be
    /// fetched by a program, a mail is written by a person.
    package var weight: Float {
        switch self {
        case .open: 1
        case .click: 1.5
        case .reply, .wrote: 2
        }
    }
}

/// Time on the wall in minutes: 0 is midnight at the beginning of Monday, 5 January 1970.
///
/// Clocks are changed twice a year; differences are then an hour off, which no bin notices for long.
package struct WallMinute: Hashable, Comparable, Sendable {
    package let minutes: Int

    /// What is further than about a million years from 1970 is held to that.
    package init(_ minutes: Int) { self.minutes = min(max(minutes, -(1 << 40)), 1 << 40) }

    package static func < (left: WallMinute, right: WallMinute) -> Bool { left.minutes < right.minutes }

    /// The half-hour of the week, 0 to 335.
    var bin: Int {
        let inWeek = minutes % 10_080
        return (inWeek < 0 ? inWeek + 10_080 : inWeek) / 30
    }
}
