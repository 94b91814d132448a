/// A day of the Gregorian calendar, in nobody's zone until a ``Zone`` gives it hours.
///
/// Years 1 to 9999; arithmetic that would leave them stops at the end, so a text of ten characters
/// always stands for exactly one day.
package struct LocalDay: Hashable, Sendable {
    /// Whole days since 1970-01-01, which is 0.
    package let ordinal: Int

    /// Days beyond the years 1 to 9999 become the first or the last of them.
    package init(ordinal: Int) {
        self.ordinal = min(max(ordinal, Self.bounds.lowerBound), Self.bounds.upperBound)
    }

    /// - Returns: `nil` for a day that is not in the calendar, such as 2026-02-29.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else {
            return nil
        }
        self.init(ordinal: Self.ordinal(year: year, month: month, day: day))
        guard self.month == month else { return nil }
    }

    /// 0001-01-01 to 9999-12-31.
    private static let bounds = -719_162...2_932_896

    package var year: Int { civil.year }
    /// 1 to 12.
    package var month: Int { civil.month }
    /// 1 to 31.
    package var day: Int { civil.day }

    package var weekday: Weekday {
        // 1970-01-01 was a Thursday, three days after a Monday.
        let index = (ordinal + 3) % 7
        return Weekday.allCases[index < 0 ? index + 7 : index]
    }

    /// The day that many days later, or earlier when the number is negative.
    package func adding(days: Int) -> LocalDay {
        let (sum, overflow) = ordinal.addingReportingOverflow(days)
        return LocalDay(ordinal: overflow ? (days < 0 ? .min : .max) : sum)
    }
}

extension LocalDay {
    /// The days of a week, in the order of ISO 8601.
    package enum Weekday: Int, CaseIterable, Hashable, Sendable {
        case monday = 1, tuesday, wednesday, thursday, friday, saturday, sunday

        package var isWeekend: Bool { self == .saturday || self == .sunday }
    }
}

extension LocalDay: Comparable {
    package static func < (left: LocalDay, right: LocalDay) -> Bool { left.ordinal < right.ordinal }
}

// Proleptic Gregorian days in integers, with the year beginning in March so that the leap day is its
// last. An era is 400 years: 146,097 days.
extension LocalDay {
    private static func ordinal(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private var civil: (year: Int, month: Int, day: Int) {
        let shifted = ordinal + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * dayOfYear + 2) / 153
        let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * fromMarch + 2) / 5 + 1)
    }
}

extension LocalDay: LosslessStringConvertible {
    /// ISO 8601, as in `2026-11-24`.
    package var description: String {
        let (year, month, day) = civil
        return "\(padded(year, to: 4))-\(padded(month, to: 2))-\(padded(day, to: 2))"
    }

    /// Reads exactly the form that ``description`` writes.
    package init?(_ description: String) {
        let parts = description.split(separator: "-", omittingEmptySubsequences: false)
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard parts.map(\.utf8.count) == [4, 2, 2],
            parts.allSatisfy({ $0.utf8.allSatisfy(digits.contains) }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }
}

extension LocalDay: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let day = LocalDay(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not a day")
        }
        self = day
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// Decimal digits with zeros in front.
func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
