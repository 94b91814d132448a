import Testing

@testable import PurrSequences

@Suite("Eligible days")
struct EligibleDaysTests {
    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var mode = FollowUpDays.weekdays
        var holidays: [String] = []
        var count: Int
        var start: String
        var expected: String
    }

    @Test(
        "are counted from the day after",
        arguments: [
            Example(
                testDescription: "Thursday and three weekdays are Tuesday", count: 3, start: "2026-11-26",
                expected: "2026-12-01"),
            Example(
                testDescription: "Thursday and three days are Sunday", mode: .everyday, count: 3,
                start: "2026-11-26",
                expected: "2026-11-29"),
            Example(
                testDescription: "Friday and one weekday are Monday", count: 1, start: "2026-11-27",
                expected: "2026-11-30"),
            Example(
                testDescription: "Saturday and one weekday are Monday", count: 1, start: "2026-11-28",
                expected: "2026-11-30"),
            Example(
                testDescription: "holidays count as nothing on business days", mode: .businessDays,
                holidays: ["2026-12-24", "2026-12-25"], count: 2, start: "2026-12-22",
                expected: "2026-12-28"),
            Example(
                testDescription: "holidays are weekdays like any other otherwise",
                holidays: ["2026-12-24", "2026-12-25"], count: 2, start: "2026-12-22",
                expected: "2026-12-24"),
            Example(
                testDescription: "no days from a Saturday are the Monday after", count: 0,
                start: "2026-11-28",
                expected: "2026-11-30"),
            Example(
                testDescription: "no days from a Monday are that Monday", count: 0, start: "2026-11-30",
                expected: "2026-11-30"),
            Example(
                testDescription: "ninety weekdays are eighteen weeks", count: 90, start: "2026-11-30",
                expected: "2027-04-05"),
        ])
    func counts(_ example: Example) throws {
        let days = EligibleDays(mode: example.mode, holidays: Set(try example.holidays.map(day)))
        #expect(days.day(example.count, after: try day(example.start)) == (try day(example.expected)))
    }

    @Test("are counted one by one: n days and one more are n + 1", arguments: FollowUpDays.allCases)
    func countsStepwise(_ mode: FollowUpDays) {
        let holidays = Set((20_000..<20_030).map { LocalDay(ordinal: $0) })
        let days = EligibleDays(mode: mode, holidays: holidays)
        for start in 19_980..<20_040 {
            let start = LocalDay(ordinal: start)
            for count in 1...20 {
                let there = days.day(count, after: start)
                #expect(days.contains(there))
                #expect(days.day(1, after: there) == days.day(count + 1, after: start))
            }
        }
    }

    @Test("end the search after ten years of holidays, and count plain days")
    func boundedSearch() throws {
        let start = try day("2026-11-24")
        let days = EligibleDays(
            mode: .businessDays, holidays: Set((0...4_000).map { start.adding(days: $0) }))
        #expect(days.day(3, after: start) == start.adding(days: 3))
        #expect(days.first(onOrAfter: start) == start)
        #expect(days.day(.max, after: start) >= start)
        #expect(days.day(.min, after: start) == start)
    }
}
