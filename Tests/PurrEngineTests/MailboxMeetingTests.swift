import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import Testing

@Suite("Meetings that the mailbox shows")
struct MailboxMeetingTests {
    let world: CommandsWorld

    init() async throws { world = try await CommandsWorld() }

    struct Example: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let method: String
        var answer = ""
        let state: EnrollmentReport.State
        var reason: String?
    }

    @Test(
        "S6.3: their invitation, their yes or perhaps end as booked; a no or another time is a reply; a cancellation is noted",
        arguments: [
            Example(
                testDescription: "their invitation", method: "REQUEST", state: .unenrolled,
                reason: "meetingBooked"),
            Example(
                testDescription: "yes", method: "REPLY", answer: "ACCEPTED", state: .unenrolled,
                reason: "meetingBooked"),
            Example(
                testDescription: "perhaps", method: "REPLY", answer: "TENTATIVE", state: .unenrolled,
                reason: "meetingBooked"),
            Example(
                testDescription: "no", method: "REPLY", answer: "DECLINED", state: .unenrolled,
                reason: "replied"),
            Example(
                testDescription: "another time", method: "COUNTER", state: .unenrolled, reason: "replied"),
            Example(testDescription: "canceled", method: "CANCEL", state: .waiting, reason: "delay"),
        ])
    func mailbox(_ example: Example) throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        var machine = try world.machine()
        try world.settle(&machine, later: 3_700, inbox: [mail(example)])
        let report = try world.report(world.commands(later: 3_700))
        #expect(report.state == example.state)
        #expect(report.reason == example.reason)
        let facts = try world.store.read { try $0.facts(of: id) }.map(\.fact)
        let expected: [String: [Fact]] = ["meetingBooked": [.meetingBooked], "replied": [.replied]]
        #expect(facts == expected[example.reason ?? "", default: []])
    }

    private func mail(_ example: Example) -> InboxMail {
        let attendee =
            example.answer.isEmpty
            ? "ATTENDEE:mailto:sam@example.org"
            : "ATTENDEE;PARTSTAT=\(example.answer):mailto:kari@north.test"
        let text = """
            From: Kari <kari@north.test>
            To: sam@example.org
            Subject: Meeting
            Date: Mon, 23 Nov 2026 10:00:00 +0100
            Message-ID: <meeting@north.test>
            MIME-Version: 1.0
            Content-Type: text/calendar; method=\(example.method); charset=utf-8

            BEGIN:VCALENDAR
            VERSION:2.0
            PRODID:-//test//EN
            METHOD:\(example.method)
            BEGIN:VEVENT
            UID:1@north.test
            DTSTAMP:20261123T090000Z
            DTSTART:20261201T090000Z
            DTEND:20261201T093000Z
            ORGANIZER:mailto:kari@north.test
            \(attendee)
            SUMMARY:Meeting
            END:VEVENT
            END:VCALENDAR

            """
        return InboxMail(
            bytes: Array(text.replacing("\n", with: "\r\n").utf8), at: world.start.addingTimeInterval(3_600)
        )
    }
}
