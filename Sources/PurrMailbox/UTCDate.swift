import Foundation

/// A point in time as `APPEND` and `SEARCH` want it: a civil date in UTC.
struct UTCDate: Hashable {
    let year: Int, month: Int, day: Int
    let hour: Int, minute: Int, second: Int

    /// Days to civil dates without a calendar, which costs microseconds and needs a time zone.
    ///
    /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
    init(_ date: Date) {
        // Years 1601 to 9999: a date beyond comes from a broken clock, and IMAP has four digits.
        let interval = date.timeIntervalSince1970
        let seconds =
            interval.isNaN ? 0 : Int(min(max(interval.rounded(.down), -11_644_473_600), 253_402_300_799))
        let days = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400
        let rest = seconds - days * 86_400
        (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60)
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// The instant that a civil date stands for, some minutes east of Greenwich.
    ///
    /// - Returns: nil for a date that no calendar has.
    static func instant(
        year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int, minutesEast: Int
    ) -> Date? {
        guard (1...9_999).contains(year), (1...12).contains(month), (1...31).contains(day),
            (0...23).contains(hour),
            (0...59).contains(minute), (0...60).contains(second), abs(minutesEast) <= 1_440
        else { return nil }
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        let seconds = days * 86_400 + hour * 3_600 + (minute - minutesEast) * 60 + second
        return Date(timeIntervalSince1970: TimeInterval(seconds))
    }

    /// As in `SEARCH SINCE`: `5-Mar-2026`.
    var searchText: String {
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return "\(day)-\(names[month - 1])-\(year)"
    }
}
