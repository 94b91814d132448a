import PurrCalendar
import Testing

@Suite("Holiday files")
struct HolidayFileTests {
    struct Example: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let lines: [String]
        var years = 2026...2027
        let expected: [String]
    }

    static func bytes(_ lines: [String], end: String = "\r\n") -> [UInt8] {
        Array(
            (["BEGIN:VCALENDAR", "VERSION:2.0"] + lines + ["END:VCALENDAR", ""]).joined(separator: end).utf8
        )
    }

    static func days(_ bytes: [UInt8], _ years: ClosedRange<Int>) throws -> [String] {
        try HolidayFile.days(in: bytes, years: years).map { "\($0.year)-\($0.month)-\($0.day) \($0.name)" }
    }

    @Test(arguments: [
        Example(
            testDescription: "a day",
            lines: ["BEGIN:VEVENT", "DTSTART;VALUE=DATE:20260517", "SUMMARY:Grunnlovsdag", "END:VEVENT"],
            expected: ["2026-5-17 Grunnlovsdag"]),
        Example(
            testDescription: "the day after the end is no holiday",
            lines: [
                "BEGIN:VEVENT", "DTSTART;VALUE=DATE:20261225", "DTEND;VALUE=DATE:20261227", "SUMMARY:Jul",
                "END:VEVENT",
            ], expected: ["2026-12-25 Jul", "2026-12-26 Jul"]),
        Example(
            testDescription: "a length in words of the standard",
            lines: [
                "BEGIN:VEVENT", "DTSTART;VALUE=DATE:20261225", "DURATION:P2D", "SUMMARY:Jul", "END:VEVENT",
            ],
            expected: ["2026-12-25 Jul", "2026-12-26 Jul"]),
        Example(
            testDescription: "every year, from years ago",
            lines: [
                "BEGIN:VEVENT", "DTSTART;VALUE=DATE:19700501", "RRULE:FREQ=YEARLY", "SUMMARY:1. mai",
                "END:VEVENT",
            ], expected: ["2026-5-1 1. mai", "2027-5-1 1. mai"]),
        Example(
            testDescription: "the last Monday of May",
            lines: [
                "BEGIN:VEVENT", "DTSTART;VALUE=DATE:20000529", "RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO",
                "SUMMARY:Spring", "END:VEVENT",
            ], expected: ["2026-5-25 Spring", "2027-5-31 Spring"]),
        Example(
            testDescription: "a counted rule ends",
            lines: [
                "BEGIN:VEVENT", "DTSTART;VALUE=DATE:20240101", "RRULE:FREQ=YEARLY;COUNT=3", "SUMMARY:New",
                "END:VEVENT",
            ], expected: ["2026-1-1 New"]),
        Example(
            testDescription: "days that are excluded, added, moved",
            lines: [
                "BEGIN:VEVENT", "UID:a", "DTSTART;VALUE=DATE:20260601", "RRULE:FREQ=DAILY;COUNT=3",
                "EXDATE;VALUE=DATE:20260602", "RDATE;VALUE=DATE:20260610,20260611", "SUMMARY:x",
                "END:VEVENT",
                "BEGIN:VEVENT", "UID:a", "RECURRENCE-ID;VALUE=DATE:20260603", "DTSTART;VALUE=DATE:20260604",
                "SUMMARY:y", "END:VEVENT",
            ], expected: ["2026-6-1 x", "2026-6-4 y", "2026-6-10 x", "2026-6-11 x"]),
        Example(
            testDescription: "Exchange's midnight",
            lines: [
                "BEGIN:VEVENT", "DTSTART;TZID=Oslo:20260517T000000", "DTEND;TZID=Oslo:20260518T000000",
                "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE", "SUMMARY:d", "END:VEVENT",
            ], expected: ["2026-5-17 d"]),
        Example(
            testDescription: "meetings and cancelled days do not count",
            lines: [
                "BEGIN:VEVENT", "DTSTART:20260517T100000Z", "SUMMARY:Meeting", "END:VEVENT", "BEGIN:VEVENT",
                "STATUS:CANCELLED", "DTSTART;VALUE=DATE:20260518", "SUMMARY:c", "END:VEVENT",
            ], expected: []),
        Example(
            testDescription: "folded lines and escapes",
            lines: [
                "BEGIN:VEVENT", "DTSTART;VALUE=DATE:20260101", "SUMMARY:New Year\\, ", " the first\\nday",
                "END:VEVENT",
            ], expected: ["2026-1-1 New Year, the first day"]),
        Example(
            testDescription: "alarms and long descriptions are passed over",
            lines: [
                "BEGIN:VEVENT", "DTSTART;VALUE=DATE:20260101", "BEGIN:VALARM",
                "DTSTART;VALUE=DATE:20260102",
                "SUMMARY:alarm", "END:VALARM", "DESCRIPTION:" + String(repeating: "x", count: 100_000),
                "SUMMARY:n", "END:VEVENT",
            ], expected: ["2026-1-1 n"]),
    ])
    func expands(_ example: Example) throws {
        #expect(try Self.days(Self.bytes(example.lines), example.years) == example.expected)
        #expect(try Self.days(Self.bytes(example.lines, end: "\n"), example.years) == example.expected)
    }

    @Test(
        "say in one sentence that they are none",
        arguments: ["", "name,date\n", "<html>", "BEGIN:VCARD\nEND:VCARD\n"])
    func refusal(text: String) {
        #expect {
            try HolidayFile.days(in: Array(text.utf8), years: 2026...2026)
        } throws: {
            "\($0)" == "This is not an iCalendar file: it has no line BEGIN:VCALENDAR."
        }
    }

    /// libical alone would look for these days until the year 20000.
    @Test(
        "come to an end whatever the rules are",
        arguments: [
            "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=SECONDLY",
            "FREQ=DAILY;COUNT=2000000000;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;INTERVAL=0", "FREQ=", "",
        ])
    func boundedRules(rule: String) throws {
        let event = [
            "BEGIN:VEVENT", "DTSTART;VALUE=DATE:16000101", "RRULE:\(rule)", "SUMMARY:x", "END:VEVENT",
        ]
        let clock = ContinuousClock()
        var days: [String] = []
        let time = try clock.measure { days = try Self.days(Self.bytes(event), 2026...2027) }
        #expect(days.isEmpty)
        #expect(time < .seconds(60))
    }

    @Test("are refused when thousands of rules would take long")
    func manyRules() {
        let event = [
            "BEGIN:VEVENT", "DTSTART;VALUE=DATE:16000101", "RRULE:FREQ=DAILY;COUNT=200000", "END:VEVENT",
        ]
        #expect {
            try Self.days(Self.bytes(Array(repeating: event, count: 1_000).flatMap { $0 }), 2026...2027)
        } throws: {
            "\($0)" == "The calendar's recurrence rules take too long to expand."
        }
    }

    @Test("nest as deep as anybody likes")
    func nesting() throws {
        let lines =
            Array(repeating: "BEGIN:VEVENT", count: 100_000)
            + Array(repeating: "END:VEVENT", count: 100_000)
            + ["BEGIN:VEVENT", "DTSTART;VALUE=DATE:20260101", "SUMMARY:n", "END:VEVENT"]
        #expect(try Self.days(Self.bytes(lines), 2026...2026) == ["2026-1-1 n"])
    }
}
