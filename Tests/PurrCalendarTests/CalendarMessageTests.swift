import Foundation
import PurrCalendar
import PurrMail
import Testing

@Suite("Calendar mail")
struct CalendarMessageTests {
    static let zone = [
        "BEGIN:VTIMEZONE", "TZID:W. Europe Standard Time", "BEGIN:STANDARD", "DTSTART:16010101T030000",
        "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10",
        "END:STANDARD",
        "BEGIN:DAYLIGHT", "DTSTART:16010101T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200",
        "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3", "END:DAYLIGHT", "END:VTIMEZONE",
    ]

    static func message(_ event: [String], method: String = "REQUEST") -> CalendarMessage? {
        let lines =
            ["BEGIN:VCALENDAR", "METHOD:\(method)", "VERSION:2.0"] + zone + ["BEGIN:VEVENT"] + event
            + ["END:VEVENT", "END:VCALENDAR", ""]
        return CalendarMessage.read(Array(lines.joined(separator: "\r\n").utf8))
    }

    @Test("gives everything there is about a meeting")
    func invitation() throws {
        let read = try #require(
            Self.message([
                "UID:040000008200E00074C5B7101A82E008", "SEQUENCE:2", "SUMMARY:Demo",
                "ORGANIZER;CN=Kari:mailto:kari@customer.test",
                "DTSTART;TZID=W. Europe Standard Time:20260811T100000",
                "DTEND;TZID=W. Europe Standard Time:20260811T110000",
                "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=ola@example.org:M",
                " AILTO:ola@example.org",
                "ATTENDEE;PARTSTAT=TENTATIVE:mailto:per@customer.test",
            ]))
        #expect(read.method == .request)
        #expect(read.uid == "040000008200E00074C5B7101A82E008")
        #expect(read.sequence == 2)
        #expect(read.summary == "Demo")
        #expect(read.organizer?.key == "kari@customer.test")
        #expect(read.attendees.map(\.address.key) == ["ola@example.org", "per@customer.test"])
        #expect(read.attendees.map(\.participation) == [.needsAction, .tentative])
        // 10:00 in summer, two hours ahead of UTC.
        #expect(read.start?.instant == Date(timeIntervalSince1970: 1_786_435_200))
        #expect(read.start?.zone == "W. Europe Standard Time")
        #expect(read.end?.instant == Date(timeIntervalSince1970: 1_786_438_800))
        #expect(!read.isRecurring)
    }

    @Test(
        "reads times in every spelling",
        arguments: [
            ("DTSTART:20260811T080000Z", 1_786_435_200.0, "UTC"),
            ("DTSTART;TZID=Europe/Oslo:20260811T100000", 1_786_435_200, "Europe/Oslo"),
            (
                "DTSTART;TZID=W. Europe Standard Time:20261211T090000", 1_796_976_000,
                "W. Europe Standard Time"
            ),
            ("DTSTART;TZID=Nowhere:20260811T080000", 1_786_435_200, ""),
            // Defined by nobody in the calendar: Windows' names, and IANA's behind a path.
            (
                "DTSTART;TZID=Romance Standard Time:20260811T100000", 1_786_435_200,
                "Romance Standard Time"
            ),
            (
                "DTSTART;TZID=Tokyo Standard Time:20260811T170000", 1_786_435_200, "Tokyo Standard Time"
            ),
            (
                "DTSTART;TZID=/mozilla.org/20070129_1/Europe/Oslo:20260811T100000", 1_786_435_200,
                "/mozilla.org/20070129_1/Europe/Oslo"
            ),
            ("DTSTART:20260811T080000", 1_786_435_200, ""),
            ("DTSTART;VALUE=DATE:20260811", 1_786_406_400, ""),
        ])
    func times(line: String, seconds: Double, zone: String) throws {
        let start = try #require(Self.message([line])?.start)
        #expect(start.instant == Date(timeIntervalSince1970: seconds))
        #expect(start.zone ?? "" == zone)
        #expect(start.isWholeDay == line.contains("VALUE=DATE"))
    }

    @Test("gives the series and not a moved occurrence that stands before it")
    func series() {
        let text = """
            BEGIN:VCALENDAR
            METHOD:REQUEST
            BEGIN:VEVENT
            UID:a
            RECURRENCE-ID:20260818T080000Z
            DTSTART:20260819T080000Z
            END:VEVENT
            BEGIN:VEVENT
            UID:a
            DTSTART:20260811T080000Z
            RRULE:FREQ=WEEKLY;COUNT=4
            END:VEVENT
            END:VCALENDAR
            """
        let read = CalendarMessage.read(Array(text.utf8))
        #expect(read?.isRecurring == true)
        #expect(read?.start?.instant == Date(timeIntervalSince1970: 1_786_435_200))
    }

    @Test("is found where it came as a file only")
    func file() {
        let mail = """
            From: kari@customer.test
            Content-Type: application/ics; name="invite.ics"

            BEGIN:VCALENDAR
            METHOD:COUNTER
            BEGIN:VEVENT
            UID:x
            END:VEVENT
            END:VCALENDAR
            """
        #expect(CalendarMessage.find(in: .read(Array(mail.utf8)))?.method == .counter)
    }

    @Test("ends after its duration")
    func duration() {
        let read = Self.message(["DTSTART:20260811T080000Z", "DURATION:PT45M"])
        #expect(read?.end?.instant == Date(timeIntervalSince1970: 1_786_435_200 + 45 * 60))
    }

    @Test(
        "means what S6.3 says",
        arguments: [
            ("REQUEST", "NEEDS-ACTION", CalendarMessage.Meaning.booked), ("REPLY", "ACCEPTED", .booked),
            ("REPLY", "TENTATIVE", .booked), ("REPLY", "DECLINED", .answered),
            ("REPLY", "DELEGATED", .answered),
            ("COUNTER", "TENTATIVE", .answered), ("CANCEL", "ACCEPTED", .cancelled),
            ("PUBLISH", "ACCEPTED", .none),
        ])
    func meaning(method: String, participation: String, meaning: CalendarMessage.Meaning) throws {
        let read = Self.message(
            ["UID:a", "ATTENDEE;PARTSTAT=\(participation):mailto:kari@customer.test"], method: method)
        #expect(try read?.meaning(from: #require(EmailAddress("kari@customer.test"))) == meaning)
    }

    @Test("is found in a message")
    func part() {
        let mail = """
            From: kari@customer.test
            Content-Type: multipart/alternative; boundary=b

            --b
            Content-Type: text/plain

            Accepted
            --b
            Content-Type: text/calendar; charset=utf-8; method=REPLY

            BEGIN:VCALENDAR
            BEGIN:VEVENT
            UID:x
            ATTENDEE;PARTSTAT=ACCEPTED:mailto:kari@customer.test
            END:VEVENT
            END:VCALENDAR
            --b--
            """
        #expect(CalendarMessage.find(in: .read(Array(mail.utf8)))?.method == .reply)
    }

    @Test(
        "is nothing without an event",
        arguments: ["", "BEGIN:VCALENDAR\nEND:VCALENDAR", "BEGIN:VEVENT\nEND:VEVENT"])
    func nothing(text: String) {
        #expect(CalendarMessage.read(Array(text.utf8)) == nil)
    }

    @Test("is read in bounded time when it is hostile")
    func hostile() {
        let zones = Array(repeating: Self.zone, count: 2_000).flatMap { $0 }
        let people = (0..<5_000).map { "ATTENDEE:mailto:a\($0)@x.test" }
        let lines =
            ["BEGIN:VCALENDAR"] + zones + [
                "BEGIN:VEVENT", "DTSTART;TZID=W. Europe Standard Time:29990811T100000",
            ]
            + people
        let bytes = Array(lines.joined(separator: "\n").utf8)
        let time = ContinuousClock().measure { _ = CalendarMessage.read(bytes) }
        #expect(time < .seconds(20))
    }
}
