import Foundation
import PurrSequences

/// Data on stdout: JSON for programs, times for people.
enum Output {
    private static func encoder(pretty: Bool) -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting =
            pretty
            ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
            : [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    static func json(_ value: some Encodable) throws {
        let text = String(decoding: try encoder(pretty: true).encode(value), as: UTF8.self)
        // Foundation gives empty lists and objects a line of nothing; no string holds a line break as such.
        print(text.replacing(/\[\n\n *\]/, with: "[]").replacing(/\{\n\n *\}/, with: "{}"))
    }

    /// A JSON array, an element a line, as it comes: there may be a million.
    struct List {
        private let encoder = Output.encoder(pretty: false)
        private var isEmpty = true

        mutating func append(_ element: some Encodable) throws {
            print(
                (isEmpty ? "[\n" : ",\n") + String(decoding: try encoder.encode(element), as: UTF8.self),
                terminator: "")
            isEmpty = false
        }

        func end() { print(isEmpty ? "[]" : "\n]") }
    }

    /// The zone of the person who looks.
    static let zone = Zone(typed: TimeZone.current.identifier.replacing("Etc/", with: "")) ?? .utc

    /// Day and time on the clock of a zone: `Tue 2026-12-01 09:00`.
    static func time(_ instant: Date, in zone: Zone = zone) -> String {
        let wall = zone.wall(of: instant)
        return "\(weekday(wall.day)) \(wall.day) \(clock(wall.second))"
    }

    /// Without the weekday: `2026-12-01 09:00`.
    static func shortTime(_ instant: Date, in zone: Zone = zone) -> String {
        let wall = zone.wall(of: instant)
        return "\(wall.day) \(clock(wall.second))"
    }

    private static func weekday(_ day: LocalDay) -> String { "\(day.weekday)".prefix(3).capitalized }

    private static func clock(_ second: Int) -> String {
        let (hour, minute) = (second / 3_600, second / 60 % 60)
        return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }

    /// A number and its noun: `1 enrollment`, `2 enrollments`.
    static func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
        number == 1 ? "1 \(noun)" : "\(number) \(plural ?? noun + "s")"
    }
}
