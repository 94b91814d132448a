internal import CIcal
import PurrMail

/// A calendar of holidays: the days on which nobody works.
///
/// Source: RFC 5545. All-day events count, with their recurrences; the others do not.
package enum HolidayFile {
    /// One day and what it is called there.
    package struct Holiday: Hashable, Sendable {
        package let year: Int
        /// 1 to 12.
        package let month: Int
        /// 1 to 31.
        package let day: Int
        /// One line, at most 200 characters; may be empty.
        package let name: String
    }

    /// Why a file is refused: one sentence for the person who named it.
    package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// The holidays of those years in order of time, a day once for each of its names.
    ///
    /// Cancelled events and excluded days are left out; an event of several days counts for each of them,
    /// for 31 at most.
    ///
    /// - Throws: When the bytes are no iCalendar, or more than is read: 8 MB, 20,000 events, and rules
    ///   that would take seconds to expand.
    package static func days(in bytes: [UInt8], years: ClosedRange<Int>) throws(Problem) -> [Holiday] {
        let years = max(1_900, years.lowerBound)...min(max(years.upperBound, 1_900), 2_200)
        let text: CalendarText
        do throws(CalendarText.Problem) {
            text = try CalendarText(bytes, limits: .file)
        } catch {
            throw Problem(description: sentence(for: error))
        }
        let found = withEvents(of: text) { _, events in expanded(events, years: years) }
        guard let found else { throw Problem(description: sentence(for: .notCalendar)) }
        guard let days = found else {
            throw Problem(description: "The calendar's recurrence rules take too long to expand.")
        }
        return days
    }

    private static func sentence(for problem: CalendarText.Problem) -> String {
        switch problem {
        case .notCalendar: "This is not an iCalendar file: it has no line BEGIN:VCALENDAR."
        case .tooLong: "The calendar is longer than 8 MB."
        case .tooManyEvents: "The calendar holds more than 20,000 events."
        }
    }

    /// - Returns: nil when the rules take too many steps.
    private static func expanded(_ events: [IcalEvent], years: ClosedRange<Int>) -> [Holiday]? {
        let first = MailDate.daysSince1970(year: years.lowerBound, month: 1, day: 1)
        let last = MailDate.daysSince1970(year: years.upperBound, month: 12, day: 31)
        var expansion = AllDayExpansion(first: first, last: last)
        // An event with RECURRENCE-ID replaces one occurrence of the event with its UID.
        var replaced: [String: Set<Int>] = [:]
        for event in events {
            if let day = event.day(ICAL_RECURRENCEID_PROPERTY), let uid = event.text(ICAL_UID_PROPERTY) {
                replaced[uid, default: []].insert(day)
            }
        }
        var named: Set<NamedDay> = []
        for event in events {
            guard !event.isCancelled, let start = event.allDayStart else { continue }
            let name = String((event.text(ICAL_SUMMARY_PROPERTY) ?? "").prefix(200))
            var without = event.days(ICAL_EXDATE_PROPERTY)
            if event.day(ICAL_RECURRENCEID_PROPERTY) == nil, let uid = event.text(ICAL_UID_PROPERTY) {
                without.formUnion(replaced[uid] ?? [])
            }
            guard let starts = expansion.starts(of: event, from: start) else { return nil }
            for day in starts where !without.contains(day) {
                for offset in 0..<event.lengthInDays(from: start)
                where (first...last).contains(day + offset) {
                    named.insert(NamedDay(day: day + offset, name: name))
                }
            }
            if named.count > 200_000 { return nil }
        }
        return named.sorted { ($0.day, $0.name) < ($1.day, $1.name) }.map { entry in
            let civil = MailDate.civil(entry.day)
            return Holiday(year: civil.year, month: civil.month, day: civil.day, name: entry.name)
        }
    }

    private struct NamedDay: Hashable {
        let day: Int
        let name: String
    }
}
