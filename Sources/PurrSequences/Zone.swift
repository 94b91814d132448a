package import Foundation

/// A time zone by its IANA name, with the two conversions the product needs.
///
/// A value: two zones are the same when their names are. Names of the same clock (`Asia/Calcutta`,
/// `Asia/Kolkata`) stay apart.
package struct Zone: Sendable {
    /// As the IANA database spells it, for example `Europe/Oslo`.
    package let identifier: String
    private let timeZone: TimeZone

    /// - Parameter identifier: A name of the IANA time zone database, spelt exactly, or `UTC`.
    /// - Returns: `nil` for anything else, abbreviations (`CET`, `PST`) and offsets (`GMT+5`) included:
    ///   Foundation takes those, but they have no summer time.
    package init?(identifier: String) {
        guard identifier == "UTC" || identifier.contains("/"),
            // Foundation reads a name as a C string, and so only up to a NUL.
            identifier.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            let timeZone = TimeZone(identifier: identifier)
        else { return nil }
        self.identifier = identifier
        self.timeZone = timeZone
    }

    /// Reads a name that a person typed: case does not matter, and blanks count as `_`.
    package init?(typed text: String) {
        let name = text.split(whereSeparator: \.isWhitespace).joined(separator: "_")
        let folded = name.lowercased()
        let known = ["utc", "gmt", "z"].contains(folded) ? "UTC" : Self.byFoldedName[folded]
        self.init(identifier: known ?? name)
    }

    private static let byFoldedName = Dictionary(
        TimeZone.knownTimeZoneIdentifiers.map { ($0.lowercased(), $0) },
        uniquingKeysWith: { first, _ in first })

    /// Coordinated Universal Time.
    package static let utc = Zone(identifier: "UTC", timeZone: .gmt)

    private init(identifier: String, timeZone: TimeZone) {
        self.identifier = identifier
        self.timeZone = timeZone
    }
}

extension Zone {
    /// The day and the second of that day, 0 to 86,399, that a clock on the wall shows.
    ///
    /// Fractions of a second are dropped.
    package func wall(of instant: Date) -> (day: LocalDay, second: Int) {
        let local = local(at: seconds(of: instant))
        let ordinal = floorDivided(local, by: secondsPerDay)
        return (LocalDay(ordinal: ordinal), local - ordinal * secondsPerDay)
    }

    /// The first instant at which a clock on the wall shows that time of that day, or a later one.
    ///
    /// So a time that does not exist moves forward to the first that does, also when the whole day is
    /// missing, and one that exists twice means the first (spec S2.4).
    ///
    /// - Parameter second: Of the day; 86,400 is the next midnight.
    package func instant(of day: LocalDay, second: Int) -> Date {
        let target = day.ordinal * secondsPerDay + min(max(second, -secondsPerDay), 2 * secondsPerDay)
        // No zone was ever more than 15:56 from UTC (Asia/Manila before 1844), so these two lie on
        // either side of the answer, and hours away from it.
        let before = target - 16 * 3_600
        let after = target + 16 * 3_600
        let offsets = [offset(at: before), offset(at: after)]
        let exact = offsets.map { target - $0 }.filter { local(at: $0) == target }
        if let first = exact.min() { return Date(timeIntervalSince1970: Double(first)) }

        var early = before
        var late = after
        while late - early > 1 {
            let middle = early + (late - early) / 2
            if local(at: middle) < target { early = middle } else { late = middle }
        }
        return Date(timeIntervalSince1970: Double(late))
    }

    /// Whether any instant belongs to that day: Samoa had no 30 December 2011.
    package func has(_ day: LocalDay) -> Bool { wall(of: instant(of: day, second: 0)).day == day }

    private func offset(at seconds: Int) -> Int {
        timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
    }

    private func local(at seconds: Int) -> Int { seconds + offset(at: seconds) }

    /// Whole seconds since 1970, held to the years a ``LocalDay`` can name.
    private func seconds(of instant: Date) -> Int {
        let seconds = instant.timeIntervalSince1970
        guard seconds.isFinite else { return 0 }
        return Int(min(max(seconds, -62_135_500_000), 253_402_200_000).rounded(.down))
    }
}

let secondsPerDay = 86_400

func floorDivided(_ number: Int, by divisor: Int) -> Int {
    let quotient = number / divisor
    return number % divisor < 0 ? quotient - 1 : quotient
}

extension Zone: Hashable {
    package static func == (left: Zone, right: Zone) -> Bool { left.identifier == right.identifier }
    package func hash(into hasher: inout Hasher) { hasher.combine(identifier) }
}

extension Zone: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let identifier = try container.decode(String.self)
        guard let zone = Zone(identifier: identifier) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\(identifier) is not a time zone")
        }
        self = zone
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(identifier)
    }
}

extension Zone: CustomStringConvertible {
    package var description: String { identifier }
}
