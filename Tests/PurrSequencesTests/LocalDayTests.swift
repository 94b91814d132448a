import Foundation
import Testing

@testable import PurrSequences

@Suite("A local day")
struct LocalDayTests {
    @Test(
        "is one and the same by number, by parts and by text, day after day",
        arguments: [
            "0001-01-01", "0399-12-01", "1899-12-01", "1969-12-01", "1999-12-01", "2026-01-01",
            "9998-12-31",
        ])
    func roundTrips(_ start: String) throws {
        var previous = try day(start)
        for _ in 0..<800 {
            let day = previous.adding(days: 1)
            guard day != previous else { break }
            let isNext =
                day.day == 1
                ? previous.day >= 28 && day.month == previous.month % 12 + 1
                : day.day == previous.day + 1 && day.month == previous.month
            guard day.ordinal == previous.ordinal + 1, day > previous, isNext,
                LocalDay(year: day.year, month: day.month, day: day.day) == day,
                LocalDay(day.description) == day, day.weekday.rawValue == previous.weekday.rawValue % 7 + 1
            else {
                Issue.record("\(previous) is followed by \(day)")
                return
            }
            previous = day
        }
        #expect(previous.ordinal >= LocalDay(start)?.adding(days: 365).ordinal ?? .max)
    }

    @Test(
        "agrees with Foundation about the Gregorian calendar",
        arguments: ["1582-10-15", "1900-03-01", "1970-01-01", "2000-02-29", "2026-11-24", "2400-02-29"])
    func agreesWithFoundation(_ text: String) throws {
        let instant = try utc("\(text)T12:00:00Z")
        #expect(try day(text).ordinal == Int((instant.timeIntervalSince1970 / 86_400).rounded(.down)))
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        #expect(try day(text).weekday.rawValue % 7 + 1 == calendar.component(.weekday, from: instant))
        #expect(LocalDay(text)?.description == text)
    }

    @Test(
        "is read from its own form only",
        arguments: [
            "", "2026-11", "2026-11-31", "2026-02-29", "1900-02-29", "2026-1-1", "26-01-01", "2026-00-10",
            "2026-13-01", "2026-01-00", "0000-01-01", "+026-01-01", "2026-01-01 ", "2026–01–01",
            "٢٠٢٦-01-01",
        ])
    func refuses(_ text: String) {
        #expect(LocalDay(text) == nil)
    }

    @Test("stops at the ends of its years, however far it is told to go")
    func staysInBounds() {
        #expect(LocalDay(ordinal: .max).adding(days: .max).description == "9999-12-31")
        #expect(LocalDay(ordinal: .min).adding(days: .min).description == "0001-01-01")
        #expect(LocalDay(ordinal: 0).adding(days: .min).description == "0001-01-01")
        #expect(LocalDay(year: .max, month: .max, day: .max) == nil)
    }

    @Test("is kept as its text")
    func codes() throws {
        let bytes = try JSONEncoder().encode([day("2026-11-24")])
        #expect(String(decoding: bytes, as: UTF8.self) == #"["2026-11-24"]"#)
        #expect(try JSONDecoder().decode([LocalDay].self, from: bytes) == [day("2026-11-24")])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([LocalDay].self, from: Data(#"["2026-02-30"]"#.utf8))
        }
    }
}
