import PurrMail

/// A recurrence of whole days: every rule of days, weeks, months and years.
///
/// Expanded here and not by libical, which searches without end for days that never come. A rule is a
/// filter over the days of its periods, so what an expansion costs is known before: one look at each day.
///
/// Source: RFC 5545 §3.3.10, the table of limits and expansions.
struct RecurrenceRule {
    enum Frequency: String {
        case yearly = "YEARLY", monthly = "MONTHLY", weekly = "WEEKLY", daily = "DAILY"
    }

    /// `-1MO`: 0 stands for every one.
    struct Weekday: Hashable {
        let ordinal: Int
        /// 0 is Monday.
        let day: Int
    }

    let frequency: Frequency
    private(set) var interval = 1
    private(set) var count: Int?
    private(set) var until: Int?
    private(set) var months: Set<Int> = []
    private(set) var weeks: Set<Int> = []
    private(set) var yearDays: Set<Int> = []
    private(set) var monthDays: Set<Int> = []
    private(set) var weekdays: Set<Weekday> = []
    private(set) var positions: Set<Int> = []
    private(set) var weekStart = 0

    /// - Returns: nil for rules of hours and less, other calendars (RFC 7529), and what is no rule.
    init?(_ text: String) {
        var parts: [String: Substring] = [:]
        for part in text.uppercased().split(separator: ";", maxSplits: 32) {
            let sides = part.split(separator: "=", maxSplits: 1)
            guard sides.count == 2 else { return nil }
            parts[String(sides[0])] = sides[1]
        }
        guard let frequency = parts.removeValue(forKey: "FREQ").flatMap({ Frequency(rawValue: String($0)) })
        else {
            return nil
        }
        self.frequency = frequency
        for (name, value) in parts {
            switch name {
            case "INTERVAL":
                guard let number = Int(value), (1...1_000).contains(number) else { return nil }
                interval = number
            case "COUNT":
                guard let number = Int(value), number > 0 else { return nil }
                count = number
            case "UNTIL": until = Self.day(value.prefix(8))
            case "BYMONTH": months = Self.numbers(value)
            case "BYWEEKNO": weeks = Self.numbers(value)
            case "BYYEARDAY": yearDays = Self.numbers(value)
            case "BYMONTHDAY": monthDays = Self.numbers(value)
            case "BYSETPOS": positions = Self.numbers(value)
            case "BYDAY": weekdays = Set(value.split(separator: ",").compactMap(Self.weekday))
            case "WKST": weekStart = Self.dayNames.firstIndex(of: String(value)) ?? 0
            default: return nil
            }
        }
    }

    private static let dayNames = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

    private static func numbers(_ text: Substring) -> Set<Int> {
        Set(text.split(separator: ",").compactMap { Int($0) })
    }

    private static func weekday(_ text: Substring) -> Weekday? {
        guard let day = dayNames.firstIndex(of: String(text.suffix(2))) else { return nil }
        let ordinal = text.dropLast(2)
        guard ordinal.isEmpty || Int(ordinal) != nil else { return nil }
        return Weekday(ordinal: Int(ordinal) ?? 0, day: day)
    }

    private static func day(_ text: Substring) -> Int? {
        guard text.count == 8, let number = Int(text), number > 0 else { return nil }
        return MailDate.daysSince1970(year: number / 10_000, month: number / 100 % 100, day: number % 100)
    }
}
