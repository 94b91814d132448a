/// The minutes of a local day in which automated mail may leave.
///
/// Both ends belong to it: `09:00-16:30` begins with the first second of 09:00 and ends with the last
/// second of 16:30, so a step planned for 16:30 is still on time when it leaves at 16:30:20.
package struct SendWindow: Hashable, Sendable {
    /// The first minute of the day, counted from midnight.
    package let start: Int
    /// The last minute of the day, counted from midnight; above ``start``.
    package let end: Int

    /// - Parameters:
    ///   - start: Minute of day, 0 to 1,438.
    ///   - end: Minute of day, 1 to 1,439.
    /// - Returns: `nil` unless `start` is before `end` and both lie in one day.
    package init?(start: Int, end: Int) {
        guard 0 <= start, start < end, end < minutesPerDay else { return nil }
        self.start = start
        self.end = end
    }

    private init(unchecked start: Int, _ end: Int) {
        self.start = start
        self.end = end
    }

    /// 08:00 to 18:00.
    package static let standard = SendWindow(unchecked: 8 * 60, 18 * 60)

    /// Whether a minute of the day lies inside.
    package func contains(minute: Int) -> Bool { (start...end).contains(minute) }

    /// The minute inside that is nearest to the given one.
    package func nearest(to minute: Int) -> Int { min(max(minute, start), end) }
}

extension SendWindow: LosslessStringConvertible {
    /// As in `09:00-16:30`.
    package var description: String { "\(Self.clock(start))-\(Self.clock(end))" }

    /// Reads two times of the day with a hyphen (or a dash) between them; `24:00` is the last minute.
    package init?(_ description: String) {
        let parts = description.split(omittingEmptySubsequences: false) { "-–—".contains($0) }
        guard parts.count == 2, let start = Self.minute(parts[0]), let end = Self.minute(parts[1]) else {
            return nil
        }
        self.init(start: start, end: min(end, minutesPerDay - 1))
    }

    private static func clock(_ minute: Int) -> String {
        "\(padded(minute / 60, to: 2)):\(padded(minute % 60, to: 2))"
    }

    private static func minute(_ clock: Substring) -> Int? {
        let parts = clock.split(separator: ":", omittingEmptySubsequences: false).map(trimmed)
        guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }
            ),
            let hour = Int(parts[0]), let minute = Int(parts[1]),
            minute < 60, hour * 60 + minute <= minutesPerDay
        else { return nil }
        return hour * 60 + minute
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}

extension SendWindow: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let window = SendWindow(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\(text) is not a window")
        }
        self = window
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

let minutesPerDay = 1_440
