internal import CIcal
import PurrMail

/// Expands recurrences day by day within bounds.
struct AllDayExpansion {
    /// Days since 1970-01-01.
    let first: Int
    let last: Int
    /// Days that may still be looked at, over all events of a file: a fraction of a second of work.
    private var looks = 1_000_000

    init(first: Int, last: Int) {
        self.first = first
        self.last = last
    }

    /// The days on which an event begins; some may lie outside the bounds.
    ///
    /// - Returns: nil when finding them takes too long.
    mutating func starts(of event: IcalEvent, from start: Int) -> Set<Int>? {
        // RFC 5545 §3.8.5.3: the first occurrence counts whatever the rules say.
        var starts = event.days(ICAL_RDATE_PROPERTY)
        starts.insert(start)
        for text in event.texts(ICAL_RRULE_PROPERTY) {
            guard let rule = RecurrenceRule(text) else { continue }
            // An event that begins before the bounds may reach into them.
            guard let days = rule.days(from: start, first: first - 31, last: last, looks: &looks) else {
                return nil
            }
            starts.formUnion(days)
        }
        return starts
    }
}
