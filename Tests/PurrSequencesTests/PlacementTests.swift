import Foundation
import Testing

@testable import PurrSequences

@Suite("Placing a step")
struct PlacementTests {
    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var zone = "Europe/Oslo"
        var mode = FollowUpDays.weekdays
        var window = "08:00-18:00"
        var previous: String
        var delay: Int
        var expected: String
    }

    @Test(
        "S2.1, S2.2: counts days and keeps the wall time",
        arguments: [
            Example(
                testDescription: "Thursday 17:00 and three weekdays are Tuesday 17:00",
                previous: "2026-11-26T16:00:00Z", delay: 3, expected: "2026-12-01 17:00:00"),
            Example(
                testDescription: "after the window is its last minute", window: "09:00-16:30",
                previous: "2026-11-26T16:00:00Z", delay: 3, expected: "2026-12-01 16:30:00"),
            Example(
                testDescription: "before the window is its first minute", window: "09:00-16:30",
                previous: "2026-11-26T05:12:00Z", delay: 1, expected: "2026-11-27 09:00:00"),
            Example(
                testDescription: "the wall time is kept over the change to summer time",
                previous: "2026-03-27T09:15:00Z", delay: 1, expected: "2026-03-30 10:15:00"),
            Example(
                testDescription: "the wall time is kept over the change to winter time",
                previous: "2026-10-23T08:15:00Z", delay: 1, expected: "2026-10-26 10:15:00"),
            Example(
                testDescription: "the day is the contact's, not the server's", zone: "Pacific/Auckland",
                mode: .everyday, previous: "2026-11-23T20:30:00Z", delay: 1, expected: "2026-11-25 09:30:00"
            ),
            Example(
                testDescription: "a minute that does not exist that day is the first after it",
                mode: .everyday, window: "02:00-02:45", previous: "2026-03-28T01:30:00Z", delay: 1,
                expected: "2026-03-29 03:00:00"),
            Example(
                testDescription: "a day that Samoa never had is passed over", zone: "Pacific/Apia",
                mode: .everyday,
                previous: "2011-12-29T22:00:00Z", delay: 1, expected: "2011-12-31 12:00:00"),
            Example(
                testDescription: "a first mail sent on a Sunday", previous: "2026-11-29T20:00:00Z",
                delay: 1,
                expected: "2026-11-30 18:00:00"),
            Example(
                testDescription: "no delay, and the minute is still to come", window: "09:00-16:30",
                previous: "2026-11-26T06:00:00Z", delay: 0, expected: "2026-11-26 09:00:00"),
            Example(
                testDescription: "no delay, and the window is past", window: "09:00-16:30",
                previous: "2026-11-26T16:00:00Z", delay: 0, expected: "2026-11-27 09:00:00"),
        ])
    func places(_ example: Example) throws {
        let zone = try zone(example.zone)
        let placement = Placement(
            zone: zone, days: EligibleDays(mode: example.mode), window: try window(example.window))
        let due = placement.due(after: try utc(example.previous), delay: example.delay)
        #expect(wallText(due, in: zone) == example.expected)
    }

    @Test("asks for the minute with the day and the minute before, and keeps the answer inside the window")
    func asksForMinute() throws {
        let placement = Placement(
            zone: .utc, days: EligibleDays(mode: .weekdays), window: try window("09:00-16:30"))
        let due = try placement.due(after: utc("2026-11-26T10:20:30Z"), delay: 1) { day, minute in
            #expect(day.description == "2026-11-27")
            #expect(minute == 620)
            return 3_000
        }
        #expect(due == (try utc("2026-11-27T16:30:00Z")))
    }

    @Test(
        "opens never before it is asked, inside a window of an eligible day, and the same when asked again",
        arguments: interestingZones)
    func opens(_ identifier: String) throws {
        let zone = try zone(identifier)
        var numbers = SeededNumbers(seed: 7)
        for _ in 0..<400 {
            let start = Int.random(in: 0..<1_439, using: &numbers)
            guard
                let window = SendWindow(
                    start: start, end: Int.random(in: (start + 1)...1_439, using: &numbers)),
                let mode = FollowUpDays.allCases.randomElement(using: &numbers)
            else { continue }
            let placement = Placement(zone: zone, days: EligibleDays(mode: mode), window: window)
            // From 2011, the year of Samoa's missing day, to 2030.
            let asked = Date(
                timeIntervalSince1970: Double.random(in: 1.3e9..<1.9e9, using: &numbers).rounded())
            let opening = placement.nextOpening(atOrAfter: asked)
            let wall = zone.wall(of: opening)
            let candidates = [wall.day, wall.day.adding(days: -1)].filter { placement.days.contains($0) }
            guard opening >= asked, placement.nextOpening(atOrAfter: opening) == opening,
                candidates.contains(where: { placement.opening(of: $0).contains(opening) })
            else {
                Issue.record(
                    "\(window) asked at \(wallText(asked, in: zone)): \(wallText(opening, in: zone))")
                return
            }
            // Nothing between was open: not at the start of any day's window on the way.
            for offset in 0...4 {
                let day = zone.wall(of: asked).day.adding(days: offset)
                let hours = placement.opening(of: day)
                guard placement.days.contains(day), zone.has(day), hours.upperBound > asked else {
                    continue
                }
                #expect(opening <= max(asked, hours.lowerBound))
            }
        }
    }

    @Test("is due never before the step it follows", arguments: interestingZones)
    func neverBefore(_ identifier: String) throws {
        let placement = Placement(
            zone: try zone(identifier), days: EligibleDays(mode: .weekdays),
            window: try window("09:00-16:30"))
        var numbers = SeededNumbers(seed: 11)
        for _ in 0..<100 {
            let previous = Date(timeIntervalSince1970: Double.random(in: 1.3e9..<1.9e9, using: &numbers))
            for delay in [0, 1, 2, 90] {
                let due = placement.due(after: previous, delay: delay)
                #expect(due >= previous)
                #expect(placement.isOpen(at: due))
            }
        }
    }

    @Test("opens once, at midnight, when the clock jumps over the window")
    func windowInGap() throws {
        // 23:00 became 00:00.
        let nuuk = try zone("America/Nuuk")
        let placement = Placement(
            zone: nuuk, days: EligibleDays(mode: .everyday), window: try window("23:10-23:40"))
        let opening = placement.nextOpening(atOrAfter: try utc("2026-03-28T22:00:00Z"))
        #expect(wallText(opening, in: nuuk) == "2026-03-29 00:00:00")
        #expect(placement.isOpen(at: opening))
        #expect(wallText(placement.nextOpening(atOrAfter: opening + 60), in: nuuk) == "2026-03-29 23:10:00")
    }

    @Test("leaves the last minute of a window open to its end")
    func lastMinute() throws {
        let placement = Placement(
            zone: .utc, days: EligibleDays(mode: .weekdays), window: try window("09:00-16:30"))
        #expect(placement.isOpen(at: try utc("2026-11-26T16:30:59Z")))
        #expect(!placement.isOpen(at: try utc("2026-11-26T16:31:00Z")))
        #expect(!placement.isOpen(at: try utc("2026-11-26T08:59:59Z")))
        #expect(!placement.isOpen(at: try utc("2026-11-28T12:00:00Z")))
    }

    @Test("lets a first step go at its time, and moves it into the window after an hour's wait")
    func firstStep() throws {
        let placement = Placement(
            zone: .utc, days: EligibleDays(mode: .weekdays), window: try window("09:00-16:30"))
        let saturday = try utc("2026-11-28T20:00:00Z")
        #expect(placement.firstStep(start: saturday, free: saturday) == saturday)
        #expect(placement.firstStep(start: saturday, free: saturday - 5) == saturday)
        #expect(placement.firstStep(start: saturday, free: saturday + 3_600) == saturday + 3_600)
        #expect(
            placement.firstStep(start: saturday, free: saturday + 3_601)
                == (try utc("2026-11-30T09:00:00Z")))
    }
}
