package import Foundation

/// The dates of header fields.
///
/// Source: RFC 5322 §3.3 and §4.3.
package enum MailDate {
    /// Reads what is found in `Date` fields: RFC 5322, its obsolete forms, and `asctime`'s.
    ///
    /// - Returns: nil when there is no day, month, year and time, or when they name no instant.
    package static func date(_ field: some Collection<UInt8>) -> Date? { reading(field)?.date }

    /// The same, and the seconds east of Greenwich that the clock of the writer stood at.
    ///
    /// - Returns: An offset of 0 also where the field does not tell it: programs write UTC whose users live
    ///   elsewhere, and `-0000` says that the writer's clock is not known (RFC 5322 §3.3).
    package static func reading(_ field: some Collection<UInt8>) -> (date: Date, offset: Int)? {
        read(words(of: Array(field.prefix(256))))
    }

    /// What stands between blanks and commas, comments left out.
    private static func words(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var words: [ArraySlice<UInt8>] = []
        words.reserveCapacity(8)
        var start = 0
        var hasColon = false
        var depth = 0
        func close(at index: Int) {
            if start < index { words.append(bytes[start..<index]) }
            start = index + 1
            hasColon = false
        }
        for index in bytes.indices {
            let byte = bytes[index]
            if byte == .openParenthesis { depth += 1 }
            // A hyphen separates in "05-Jul-2010", and begins a zone in "-0400".
            let separates =
                byte.isSpace || byte == .comma || (byte == .hyphen && start < index && !hasColon)
            if depth > 0 || separates { close(at: index) } else if byte == .colon { hasColon = true }
            if byte == .closeParenthesis, depth > 0 { depth -= 1 }
        }
        close(at: bytes.endIndex)
        return words
    }

    private static func read(_ words: [ArraySlice<UInt8>]) -> (date: Date, offset: Int)? {
        var day: Int?
        var month: Int?
        var year: Int?
        var seconds: Int?
        var zone = 0
        for word in words {
            if seconds == nil, word.contains(.colon) {
                seconds = secondsOfDay(word)
                if seconds == nil { return nil }
            } else if let number = number(word) {
                if day == nil, word.count <= 2 {
                    day = number
                } else if year == nil, word.count >= 2, word.count <= 4 {
                    // RFC 5322 §4.3.
                    year = word.count == 4 ? number : number < 50 ? 2000 + number : 1900 + number
                }
            } else if word.first == 0x2B || word.first == .hyphen {
                if seconds != nil, word.count == 5, let value = number(word.dropFirst()), value % 100 < 60,
                    value < 2_400
                {
                    zone = (value / 100 * 3_600 + value % 100 * 60) * (word.first == .hyphen ? -1 : 1)
                }
            } else if month == nil, let value = monthNumber(word) {
                month = value
            } else if seconds != nil, let offset = zones[String(decoding: word, as: UTF8.self).uppercased()]
            {
                zone = offset * 3_600
            }
        }
        guard let day, let month, let year, let seconds, (1...31).contains(day),
            (1900...9999).contains(year)
        else { return nil }
        let days = daysSince1970(year: year, month: month, day: day)
        return (Date(timeIntervalSince1970: TimeInterval(days * 86_400 + seconds - zone)), zone)
    }

    /// `Tue, 11 Aug 2026 10:00:00 +0200`.
    ///
    /// - Parameter offset: The author's distance from UTC in minutes, positive to the east; at most a day.
    package static func text(_ date: Date, offset: Int = 0) -> String {
        let minutes = min(max(offset, -1_439), 1_439)
        let limited = min(max(date.timeIntervalSince1970, -2_000_000_000), 253_000_000_000)
        let local = Int(limited.rounded(.down)) + minutes * 60
        let days = Int((Double(local) / 86_400).rounded(.down))
        let seconds = local - days * 86_400
        let (year, month, day) = civil(days)
        let weekday = ((days + 4) % 7 + 7) % 7
        let clock = [seconds / 3_600, seconds / 60 % 60, seconds % 60].map(twoDigits).joined(separator: ":")
        let sign = minutes < 0 ? "-" : "+"
        let zone = sign + twoDigits(abs(minutes) / 60) + twoDigits(abs(minutes) % 60)
        return "\(weekdays[weekday]), \(day) \(months[month - 1]) \(year) \(clock) \(zone)"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let lowercasedMonths = months.map { $0.lowercased() }
    /// Hours from UTC: RFC 5322 §4.3 and what else is common; unknown zones count as UTC, as it says.
    private static let zones = [
        "EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8, "CET": 1,
        "CEST": 2,
        "MET": 1, "MEST": 2, "BST": 1, "JST": 9,
    ]

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// Up to nine digits and nothing else.
    private static func number(_ word: ArraySlice<UInt8>) -> Int? {
        guard !word.isEmpty, word.count <= 9, word.allSatisfy(\.isASCIIDigit) else { return nil }
        return word.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static func monthNumber(_ word: ArraySlice<UInt8>) -> Int? {
        lowercasedMonths.firstIndex { word.hasPrefix(lowercased: $0) }.map { $0 + 1 }
    }

    private static func secondsOfDay(_ word: ArraySlice<UInt8>) -> Int? {
        let parts = word.split(separator: .colon)
        guard parts.count >= 2, let hour = number(parts[0]),
            let minute = number(parts[1].prefix { $0.isASCIIDigit }),
            hour < 24, minute < 60
        else { return nil }
        // 60 is a leap second.
        let second = parts.count > 2 ? number(parts[2].prefix { $0.isASCIIDigit }) ?? 0 : 0
        return hour * 3_600 + minute * 60 + min(second, 60)
    }

    /// Days of the proleptic Gregorian calendar; `month` 1 to 12.
    package static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        // Years begin in March, so that the leap day ends one.
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The inverse of ``daysSince1970(year:month:day:)``.
    package static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
            dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        )
    }
}
