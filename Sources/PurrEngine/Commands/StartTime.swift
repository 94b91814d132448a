package import Foundation
package import PurrSequences

/// When an enrollment is to start, as a person writes it.
package enum StartTime: Sendable, Hashable {
    /// Written with its distance from UTC.
    case instant(Date)
    /// A time of a day, on the clock of the enrollment's zone.
    case wall(day: LocalDay, second: Int)
    /// A time that many days from the zone's today.
    case ahead(days: Int, second: Int)
    /// A time on the next such weekday, today not included.
    case next(LocalDay.Weekday, second: Int)
    case after(TimeInterval)

    /// Reads `2026-12-01T09:00:00+01:00`, `2026-12-01T08:00Z`, `2026-12-01 09:00`, `2026-12-01`, `09:00`,
    /// `today 17:00`, `tomorrow`, `tomorrow 09:00`, `monday 09:00`, `in 2 hours`, `now`.
    ///
    /// A day without a time means 09:00.
    package init?(_ text: String) {
        let words = text.lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
        switch words.count {
        case 1:
            if words[0] == "now" {
                self = .after(0)
            } else if let time = Self.iso(words[0]) ?? Self.day(words[0], at: nil) {
                self = time
            } else if let second = Self.second(words[0]) {
                self = .ahead(days: 0, second: second)
            } else {
                return nil
            }
        case 2:
            guard let time = Self.day(words[0], at: words[1]) ?? Self.iso(words[0] + "t" + words[1]) else {
                return nil
            }
            self = time
        case 3:
            if words[0] == "in", let count = Int(words[1]), (0...100_000).contains(count),
                let unit = Self.units[words[2].hasSuffix("s") ? String(words[2].dropLast()) : words[2]]
            {
                self = .after(Double(count) * unit)
            } else if words[1] == "at", let time = Self.day(words[0], at: words[2]) {
                self = time
            } else {
                return nil
            }
        default: return nil
        }
    }

    private static let units: [String: TimeInterval] = [
        "minute": 60, "min": 60, "hour": 3_600, "day": 86_400, "week": 604_800,
    ]

    private static let weekdays = Dictionary(
        uniqueKeysWithValues: LocalDay.Weekday.allCases.flatMap {
            [("\($0)", $0), (String("\($0)".prefix(3)), $0)]
        })

    private static func day(_ word: String, at clock: String?) -> StartTime? {
        guard let second = clock.map({ Self.second($0) }) ?? 9 * 3_600 else { return nil }
        if word == "today", clock != nil { return .ahead(days: 0, second: second) }
        if word == "tomorrow" { return .ahead(days: 1, second: second) }
        if let weekday = weekdays[word] { return .next(weekday, second: second) }
        return LocalDay(word).map { .wall(day: $0, second: second) }
    }

    /// `09:00` or `09:00:30`, the hour with one digit or two.
    private static func second(_ clock: String) -> Int? {
        let parts = clock.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), (1...2).contains(parts[0].count),
            parts.dropFirst().allSatisfy({ $0.count == 2 }),
            parts.joined().utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        let numbers = parts.compactMap { Int($0) }
        guard numbers.count == parts.count, numbers[0] < 24, numbers.dropFirst().allSatisfy({ $0 < 60 })
        else { return nil }
        return numbers[0] * 3_600 + numbers[1] * 60 + (numbers.count > 2 ? numbers[2] : 0)
    }

    /// ISO 8601: a day, `T`, a time with or without fractions, and perhaps a distance from UTC.
    private static func iso(_ word: String) -> StartTime? {
        guard let separator = word.firstIndex(of: "t"), let day = LocalDay(String(word[..<separator]))
        else { return nil }
        var clock = word[word.index(after: separator)...]
        var offset: Int?
        if clock.hasSuffix("z") {
            clock = clock.dropLast()
            offset = 0
        } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            let digits = clock[clock.index(after: sign)...].filter { $0 != ":" }
            guard digits.count == 2 || digits.count == 4, let hours = Int(digits.prefix(2)), hours < 19,
                let minutes = digits.count == 2 ? 0 : Int(digits.suffix(2)), minutes < 60
            else { return nil }
            offset = (hours * 3_600 + minutes * 60) * (clock[sign] == "-" ? -1 : 1)
            clock = clock[..<sign]
        }
        if let point = clock.firstIndex(of: "."),
            clock[clock.index(after: point)...].utf8.allSatisfy({ (0x30...0x39).contains($0) })
        {
            clock = clock[..<point]
        }
        guard let second = second(String(clock)) else { return nil }
        guard let offset else { return .wall(day: day, second: second) }
        return .instant(Date(timeIntervalSince1970: Double(day.ordinal * 86_400 + second - offset)))
    }

    /// The instant that is meant.
    package func instant(in zone: Zone, now: Date) -> Date {
        let today = zone.wall(of: now).day
        switch self {
        case .instant(let instant): return instant
        case .wall(let day, let second): return zone.instant(of: day, second: second)
        case .ahead(let days, let second): return zone.instant(of: today.adding(days: days), second: second)
        case .next(let weekday, let second):
            let ahead = (weekday.rawValue - today.weekday.rawValue + 6) % 7 + 1
            return zone.instant(of: today.adding(days: ahead), second: second)
        case .after(let time): return now.addingTimeInterval(time)
        }
    }
}
