import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import Testing

@Suite("Enrolling")
struct CommandsEnrollingTests {
    let world: CommandsWorld

    init() async throws { world = try await CommandsWorld() }

    private func refusal(_ request: EnrollmentRequest, later: TimeInterval = 0) throws -> EnrollmentResult
        .Refusal?
    {
        guard case .refused(let reason, _) = try world.commands(later: later).enroll(request).first?.result
        else { return nil }
        return reason
    }

    @Test("S3.1: starts now, on the contact's own clock")
    func startsNow() throws {
        let result = try #require(
            try world.commands().enroll(world.request("kari@north.test")).first?.result)
        guard case .enrolled(_, let zone, let start) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(zone.identifier == "Europe/Oslo")
        #expect(start == world.start)
    }

    @Test("S3.1: takes a time of day on the clock of each contact's zone")
    func wallTime() throws {
        var request = world.request("kari@north.test", "ola@south.test")
        request.wallStart = StartTime("tomorrow 09:00")
        request.defaultZone = try #require(Zone(identifier: "America/New_York"))
        let starts = try world.commands().enroll(request).map { one in
            if case .enrolled(_, _, let start) = one.result { start } else { Date.distantPast }
        }
        // 09:00 in Oslo is 08:00 UTC, in New York 14:00.
        #expect(starts == [1_795_507_200, 1_795_528_800].map(Date.init(timeIntervalSince1970:)))
    }

    @Test("S3.2, S3.3: refuses somebody who is in a sequence, has been through it, or is not known")
    func refusals() throws {
        #expect(try refusal(world.request("nobody@north.test")) == .unknownContact)
        #expect(try refusal(world.request("sam@example.org")) == .ownAddress)
        try world.enrollKari()
        #expect(try refusal(world.request("kari@north.test")) == .alreadyEnrolled)
        _ = try world.commands().unenroll([world.kari])
        #expect(try refusal(world.request("kari@north.test")) == .alreadyCompleted)
        var again = world.request("kari@north.test")
        again.isAgain = true
        #expect(try refusal(again) == nil)
    }

    @Test("S3.3: refuses who asked for no more mail, and whole domains")
    func suppressed() throws {
        _ = try world.commands().suppress(.address(world.kari))
        #expect(try refusal(world.request("kari@north.test")) == .unsubscribed)
        _ = try world.commands().suppress(.domain("south.test"))
        #expect(try refusal(world.request("ola@south.test")) == .unsubscribed)
    }

    @Test("S3.4: refuses a contact with a hole in one of the mails")
    func missingToken() async throws {
        try await world.importing("email\nliv@east.test\n")
        #expect(try refusal(world.request("liv@east.test")) == .missingToken)
    }

    @Test("S3.5: with the same idempotency key happens once")
    func idempotency() throws {
        var request = world.request("kari@north.test")
        request.idempotencyKey = "spring"
        let first = try world.commands().enroll(request).first?.result
        let second = try world.commands(later: 60).enroll(request).first?.result
        guard case .enrolled(let id, _, _) = first, case .known(let same) = second else {
            Issue.record("\(String(describing: first)), \(String(describing: second))")
            return
        }
        #expect(id == same)
    }

    @Test("in a sequence or from a mailbox that does not exist says so and changes nothing")
    func unknownThings() throws {
        var request = world.request("kari@north.test")
        request.sequence = "outro"
        #expect(throws: CommandError(.badData, "There is no sequence \"outro\". See: purr sequence list."))
        {
            try world.commands().enroll(request)
        }
        #expect(try world.store.read { try $0.enrollmentCounts().isEmpty })
    }
}

@Suite("A start time")
struct StartTimeTests {
    struct Example: CustomTestStringConvertible, Sendable {
        let text: String
        /// In UTC; nil when the text is no time.
        let expected: String?
        var testDescription: String { text }
    }

    @Test(
        "is read as people write it",
        arguments: [
            // Now is Monday 2026-11-23, 10:00 in Oslo (UTC+1).
            Example(text: "now", expected: "2026-11-23T09:00:00Z"),
            Example(text: "2026-12-01T09:00:00+01:00", expected: "2026-12-01T08:00:00Z"),
            Example(text: "2026-12-01T09:00Z", expected: "2026-12-01T09:00:00Z"),
            Example(text: "2026-12-01t09:00:00.123z", expected: "2026-12-01T09:00:00Z"),
            Example(text: "2026-12-01T09:00-0330", expected: "2026-12-01T12:30:00Z"),
            Example(text: "2026-12-01T09:00", expected: "2026-12-01T08:00:00Z"),
            Example(text: "2026-12-01 09:00:30", expected: "2026-12-01T08:00:30Z"),
            Example(text: "2026-12-01 09:00Z", expected: "2026-12-01T09:00:00Z"),
            Example(text: "2026-12-01", expected: "2026-12-01T08:00:00Z"),
            Example(text: "14:30", expected: "2026-11-23T13:30:00Z"),
            Example(text: "today 17:00", expected: "2026-11-23T16:00:00Z"),
            Example(text: "tomorrow", expected: "2026-11-24T08:00:00Z"),
            Example(text: "Tomorrow at 9:15", expected: "2026-11-24T08:15:00Z"),
            Example(text: "monday 09:00", expected: "2026-11-30T08:00:00Z"),
            Example(text: "tue 09:00", expected: "2026-11-24T08:00:00Z"),
            Example(text: "in 2 hours", expected: "2026-11-23T11:00:00Z"),
            Example(text: "in 1 day", expected: "2026-11-24T09:00:00Z"),
            Example(text: "", expected: nil),
            Example(text: "tomorrowish", expected: nil),
            Example(text: "today", expected: nil),
            Example(text: "25:00", expected: nil),
            Example(text: "2026-02-30", expected: nil),
            Example(text: "2026-12-01T09:00+19:00", expected: nil),
            Example(text: "2026-12-01T", expected: nil),
            Example(text: "in -1 hours", expected: nil),
            Example(text: "in 99999999999999999999 days", expected: nil),
            Example(text: "١٢:٠٠", expected: nil),
        ])
    func reads(_ example: Example) throws {
        let zone = try #require(Zone(identifier: "Europe/Oslo"))
        let now = Date(timeIntervalSince1970: 1_795_424_400)
        let time = StartTime(example.text)?.instant(in: zone, now: now)
        #expect(time?.formatted(.iso8601) == example.expected)
    }
}
