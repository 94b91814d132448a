import Foundation
import Testing

@testable import PurrSequences

@Suite("A zone")
struct ZoneTests {
    @Test(
        "has a name of the IANA database",
        arguments: [
            "Europe/Oslo", "America/Argentina/Buenos_Aires", "Asia/Kolkata", "US/Pacific", "Etc/GMT+5",
            "UTC",
        ])
    func accepts(_ identifier: String) {
        #expect(Zone(identifier: identifier)?.identifier == identifier)
    }

    @Test(
        "is no abbreviation, no offset, no file and no planet",
        arguments: [
            "", "Mars/X", "CET", "PST", "EST", "GMT+5", "UTC+3", "+05:00", "Europe", "Europe/Oslo ",
            "europe/oslo",
            "../../etc/passwd", "/etc/localtime", "posix/Europe/Oslo", "Europe/Oslo\0",
        ])
    func refuses(_ identifier: String) {
        #expect(Zone(identifier: identifier) == nil)
    }

    @Test(
        "is found under what people type",
        arguments: [
            (" europe/oslo ", "Europe/Oslo"), ("america/new york", "America/New_York"), ("utc", "UTC"),
            ("Asia/Kolkata", "Asia/Kolkata"), ("GMT", "UTC"),
        ])
    func reads(_ typed: String, _ identifier: String) {
        #expect(Zone(typed: typed)?.identifier == identifier)
    }

    @Test("does not guess at what people type", arguments: ["", "Mars/X", "PST", "Oslo", "GMT+5"])
    func doesNotGuess(_ typed: String) {
        #expect(Zone(typed: typed) == nil)
    }

    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var zone: String
        var wall: String
        var expected: String
    }

    @Test(
        "turns the clock on the wall into one instant",
        arguments: [
            Example(
                testDescription: "an ordinary time", zone: "Europe/Oslo", wall: "2026-11-24 17:00",
                expected: "2026-11-24T16:00:00Z"),
            Example(
                testDescription: "a time that does not exist is the first that does", zone: "Europe/Oslo",
                wall: "2026-03-29 02:30", expected: "2026-03-29T01:00:00Z"),
            Example(
                testDescription: "the last time before a gap exists", zone: "Europe/Oslo",
                wall: "2026-03-29 01:59", expected: "2026-03-29T00:59:00Z"),
            Example(
                testDescription: "a time that exists twice is the first", zone: "Europe/Oslo",
                wall: "2026-10-25 02:30", expected: "2026-10-25T00:30:00Z"),
            Example(
                testDescription: "the time after the doubled hour exists once", zone: "Europe/Oslo",
                wall: "2026-10-25 03:00", expected: "2026-10-25T02:00:00Z"),
            Example(
                testDescription: "midnight is missing in Beirut", zone: "Asia/Beirut",
                wall: "2024-03-31 00:00", expected: "2024-03-30T22:00:00Z"),
            Example(
                testDescription: "half an hour is missing on Lord Howe", zone: "Australia/Lord_Howe",
                wall: "2026-10-04 02:15", expected: "2026-10-03T15:30:00Z"),
            Example(
                testDescription: "half an hour is doubled on Lord Howe", zone: "Australia/Lord_Howe",
                wall: "2026-04-05 01:45", expected: "2026-04-04T14:45:00Z"),
            Example(
                testDescription: "a whole day is missing in Samoa", zone: "Pacific/Apia",
                wall: "2011-12-30 12:00", expected: "2011-12-30T10:00:00Z"),
            Example(
                testDescription: "the last minute of the day after it", zone: "Pacific/Apia",
                wall: "2011-12-31 23:59", expected: "2011-12-31T09:59:00Z"),
            Example(
                testDescription: "the last minute of the day before it", zone: "Pacific/Apia",
                wall: "2011-12-29 23:59", expected: "2011-12-30T09:59:00Z"),
        ])
    func converts(_ example: Example) throws {
        let parts = example.wall.split(separator: " ")
        let clock = parts[1].split(separator: ":").compactMap { Int($0) }
        let zone = try zone(example.zone)
        let instant = zone.instant(of: try day(String(parts[0])), second: clock[0] * 3_600 + clock[1] * 60)
        #expect(instant == (try utc(example.expected)))
    }

    @Test(
        "gives for every time of day the first instant that shows it or a later one",
        arguments: interestingZones)
    func agreesWithEveryInstant(_ identifier: String) throws {
        let zone = try zone(identifier)
        for year in [1993, 2011, 2026] {
            guard let newYear = LocalDay(year: year, month: 1, day: 1) else { continue }
            for offset in 0..<365 {
                let day = newYear.adding(days: offset)
                let around = zone.instant(of: day.adding(days: 2), second: 0)
                    .timeIntervalSince(zone.instant(of: day.adding(days: -1), second: 0))
                // Quarter hours are enough: no clock here jumps by less, or between them.
                for second in stride(from: 0, to: 86_400, by: around == 3 * 86_400 ? 43_200 : 900) {
                    let instant = zone.instant(of: day, second: second)
                    let wall = zone.wall(of: instant)
                    let before = zone.wall(of: instant - 1)
                    let isShown = wall == (day, second)
                    let isPast = wall.day > day || wall.day == day && wall.second > second
                    let wasEarlier = before.day < day || before.day == day && before.second < second
                    let isSecondTime = isShown && zone.wall(of: instant - 3_600) == wall
                    guard isShown || isPast, wasEarlier, !isSecondTime else {
                        Issue.record("\(day) \(second) became \(wallText(instant, in: zone))")
                        return
                    }
                }
            }
        }
    }

    @Test("knows the days that its people never had")
    func missingDays() throws {
        #expect(try !zone("Pacific/Apia").has(day("2011-12-30")))
        #expect(try zone("Pacific/Apia").has(day("2011-12-31")))
        #expect(try !zone("Pacific/Kwajalein").has(day("1993-08-21")))
        #expect(try zone("Asia/Beirut").has(day("2024-03-31")))
    }

    @Test(
        "takes any instant at all without trapping",
        arguments: [Double.nan, .infinity, -.infinity, 1e300, -1e300])
    func extremes(_ seconds: Double) throws {
        let wall = try zone("Europe/Oslo").wall(of: Date(timeIntervalSince1970: seconds))
        #expect((0..<86_400).contains(wall.second))
        #expect(try zone("Europe/Oslo").instant(of: wall.day, second: .max) > .distantPast)
    }
}
