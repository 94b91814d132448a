import Foundation
import PurrEngine
import PurrMail
import PurrSendTime
import PurrSequences
import PurrSimulator
import PurrStore
import PurrTemplates
import Testing

/// A sequence, contacts with their zones, and one start on each of their clocks.
struct Performance {
    var steps: [Step]
    var followUpDays = FollowUpDays.weekdays
    var holidays: Set<LocalDay> = []
    var window = SendWindow.standard
    var zones = ["Europe/Oslo"]
    /// As `2026-11-19T17:00`.
    var start: String
    var person = RehearsedPerson()
    /// Those who do something else, by address.
    var people: [String: RehearsedPerson] = [:]
    var limits = SendingLimits.unlimited
    /// When the first contact is seen to write, in hours after the start.
    var writes: [Double] = []

    func report() throws -> RehearsalReport {
        let sender = try #require(EmailAddress("kari@example.org"))
        let day = try #require(LocalDay(String(start.prefix(10))))
        let clock = start.dropFirst(11).split(separator: ":").compactMap { Int($0) }
        let starts = try zones.map { name in
            let zone = try #require(Zone(identifier: name))
            return (zone, zone.instant(of: day, second: clock[0] * 3_600 + clock[1] * 60))
        }
        var rehearsal = try Rehearsal(
            sender: sender, limits: limits, people: people, others: person,
            began: try #require(starts.map(\.1).min()))
        let templates = try steps.compactMap(\.template).map {
            StoredTemplate(try MailTemplate(name: $0, subject: "About us", body: "Hello.\n"))
        }
        var settings = SequenceSettings()
        settings.followUpDays = followUpDays
        settings.holidays = holidays
        settings.sendWindow = window
        let document = Document.text(
            of: SequenceVersion(
                steps: steps,
                templates: Dictionary(templates.map { ($0.name, $0) }, uniquingKeysWith: { $1 })))
        let contacts = try zones.indices.map { try #require(EmailAddress("p\($0)@prospects.test")) }
        try rehearsal.store.write { [settings, now = rehearsal.commands.now] transaction in
            _ = try transaction.saveSequence(name: "plan", settings: settings, document: document, at: now)
            for contact in contacts {
                _ = try transaction.upsert(ContactDetails(email: contact, firstName: "Kim"), at: now)
            }
        }
        for (contact, (zone, start)) in zip(contacts, starts) {
            var request = EnrollmentRequest(sequence: "plan", contacts: [contact], sender: sender)
            request.zone = zone
            request.start = start
            _ = try rehearsal.commands.enroll(request)
        }
        try rehearsal.store.write { [writes, start = starts[0].1] transaction in
            let mailbox = try #require(try transaction.mailboxes().first).id
            for hours in writes {
                let at = start.addingTimeInterval(hours * 3_600)
                try transaction.note(
                    Sighting(.wrote, at: at, address: contacts[0].canonicalKey, key: "\(hours)"),
                    of: mailbox, at: at)
            }
        }
        return try rehearsal.run()
    }

    func locals() throws -> [String] { try report().steps.map { String($0.local.prefix(16)) } }
}

func mail(_ id: String, after delay: Int = 0, replyTo: String? = nil) -> Step {
    Step(
        id: StepID(rawValue: id), delay: delay,
        action: .email(EmailStep(template: id, replyTo: replyTo.map { StepID(rawValue: $0) })))
}

func task(
    _ id: String, _ kind: TaskKind = .call, after delay: Int = 0, holds: Bool = false,
    replyTo: String? = nil
) -> Step {
    let email =
        kind == .manualEmail ? EmailStep(template: id, replyTo: replyTo.map { StepID(rawValue: $0) }) : nil
    return Step(
        id: StepID(rawValue: id), delay: delay,
        action: .task(TaskStep(kind: kind, title: "See to them", holds: holds, email: email)))
}

@Suite("A rehearsal of a sequence")
struct RehearsalTests {
    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var performance: Performance
        var expected: [String]
    }

    @Test(
        "S2.1, S2.3, S2.4: days and clocks are those of the contact",
        arguments: [
            Example(
                testDescription: "Thursday 17:00 and three weekdays are Tuesday 17:00",
                performance: Performance(
                    steps: [mail("a"), mail("b", after: 3)], start: "2026-11-19T17:00"),
                expected: ["2026-11-19T17:00", "2026-11-24T17:00"]),
            Example(
                testDescription: "a first step on a Saturday goes on Saturday",
                performance: Performance(
                    steps: [mail("a"), mail("b", after: 1)], start: "2026-11-21T10:30"),
                expected: ["2026-11-21T10:30", "2026-11-23T10:30"]),
            Example(
                testDescription: "every day counts where every day may be written on",
                performance: Performance(
                    steps: [mail("a"), mail("b", after: 3)], followUpDays: .everyday,
                    start: "2026-11-19T17:00"),
                expected: ["2026-11-19T17:00", "2026-11-22T17:00"]),
            Example(
                testDescription: "a holiday is no business day",
                performance: Performance(
                    steps: [mail("a"), mail("b", after: 1)], followUpDays: .businessDays,
                    holidays: Set([LocalDay("2026-12-25")].compactMap(\.self)),
                    start: "2026-12-24T09:00"),
                expected: ["2026-12-24T09:00", "2026-12-28T09:00"]),
            Example(
                testDescription: "what falls outside the window moves to its end",
                performance: Performance(
                    steps: [mail("a"), mail("b", after: 1)], start: "2026-11-19T22:15"),
                expected: ["2026-11-19T22:15", "2026-11-20T18:00"]),
        ])
    func days(_ example: Example) throws {
        #expect(try example.performance.locals() == example.expected)
    }

    struct Change: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var zone: String
        var start: String
        var delay = 3
        var days = FollowUpDays.weekdays
        var local: String
        /// The distance between the two mails in hours.
        var hours: Double
    }

    @Test(
        "S2.4: wall times survive changes of the clock",
        arguments: [
            Change(
                testDescription: "Oslo, into summer", zone: "Europe/Oslo", start: "2026-03-26T17:00",
                local: "2026-03-31T17:00", hours: 5 * 24 - 1),
            Change(
                testDescription: "Oslo, into winter", zone: "Europe/Oslo", start: "2026-10-22T17:00",
                local: "2026-10-27T17:00", hours: 5 * 24 + 1),
            Change(
                testDescription: "New York, into summer", zone: "America/New_York",
                start: "2026-03-05T17:00",
                local: "2026-03-10T17:00", hours: 5 * 24 - 1),
            Change(
                testDescription: "New York, into winter", zone: "America/New_York",
                start: "2026-10-29T17:00",
                local: "2026-11-03T17:00", hours: 5 * 24 + 1),
            Change(
                testDescription: "Lord Howe, into winter, by half an hour", zone: "Australia/Lord_Howe",
                start: "2026-04-02T17:00", local: "2026-04-07T17:00", hours: 5 * 24 + 0.5),
            Change(
                testDescription: "Lord Howe, into summer, by half an hour", zone: "Australia/Lord_Howe",
                start: "2026-10-01T17:00", local: "2026-10-06T17:00", hours: 5 * 24 - 0.5),
            Change(
                testDescription: "Samoa had no Friday, 30 December 2011", zone: "Pacific/Apia",
                start: "2011-12-29T17:00",
                delay: 1, days: .everyday, local: "2011-12-31T17:00", hours: 24),
            Change(
                testDescription: "Kwajalein had no Saturday, 21 August 1993", zone: "Pacific/Kwajalein",
                start: "1993-08-20T17:00", delay: 1, days: .everyday, local: "1993-08-22T17:00", hours: 24),
            Change(
                testDescription: "Kwajalein had 30 September 1969 twice, and the first counts",
                zone: "Pacific/Kwajalein",
                start: "1969-09-29T17:00", delay: 1, days: .everyday, local: "1969-09-30T17:00", hours: 24),
            Change(
                testDescription: "the day after the one that came twice", zone: "Pacific/Kwajalein",
                start: "1969-09-29T17:00", delay: 2, days: .everyday, local: "1969-10-01T17:00", hours: 71),
        ])
    func changes(_ change: Change) throws {
        let report = try Performance(
            steps: [mail("a"), mail("b", after: change.delay)], followUpDays: change.days,
            zones: [change.zone],
            start: change.start
        ).report()
        try #require(report.steps.count == 2)
        #expect(report.steps[0].local == change.start + ":00")
        #expect(report.steps[1].local == change.local + ":00")
        #expect(report.steps[1].at.timeIntervalSince(report.steps[0].at) == change.hours * 3_600)
    }

    @Test("S1.5: a task is made at midnight and due at 17:00, both in the contact's zone")
    func taskTimes() throws {
        let report = try Performance(
            steps: [mail("a"), task("t", after: 1), mail("b", after: 1)],
            zones: ["Asia/Kolkata", "America/New_York"],
            start: "2026-11-19T11:00"
        ).report()
        let tasks = report.steps.filter { $0.kind == .call }
        #expect(tasks.map(\.local) == ["2026-11-20T17:00:00", "2026-11-20T17:00:00"])
        #expect(tasks.allSatisfy { $0.why.contains("made Fri 2026-11-20 00:00") })
        #expect(tasks[1].at.timeIntervalSince(tasks[0].at) == 10.5 * 3_600)
    }

    @Test("S1.2, S1.5: a task without delay is made at once, and after 17:00 due on the next eligible day")
    func taskAtOnce() throws {
        let early = try Performance(steps: [mail("a"), task("t")], start: "2026-11-20T11:00").report()
        #expect(early.steps[1].local == "2026-11-20T17:00:00")
        #expect(early.steps[1].why.contains("made Fri 2026-11-20 11:00"))
        let late = try Performance(steps: [mail("a"), task("t")], start: "2026-11-20T17:30").report()
        #expect(late.steps[1].local == "2026-11-23T17:00:00")
        #expect(late.steps[1].why.contains("made Fri 2026-11-20 17:30"))
    }

    @Test("S1.3: where a task holds, the next delay counts from its completion; else from its making")
    func completion() throws {
        var person = RehearsedPerson()
        person.tasksAfter = 5 * 86_400
        let holding = try Performance(
            steps: [mail("a"), task("t", after: 1, holds: true), mail("b", after: 1)],
            start: "2026-11-19T11:00", person: person
        ).report()
        // Made on Friday, done on Wednesday at midnight.
        #expect(holding.steps.last?.local == "2026-11-26T11:00:00")
        let passing = try Performance(
            steps: [mail("a"), task("t", after: 1), mail("b", after: 1)], start: "2026-11-19T11:00",
            person: person
        ).report()
        #expect(passing.steps.last?.local == "2026-11-23T11:00:00")
    }

    @Test("S1.3: a task that nobody does holds its sequence and no other mail goes")
    func heldForever() throws {
        var person = RehearsedPerson()
        person.tasks = nil
        let report = try Performance(
            steps: [mail("a"), task("t", after: 1, holds: true), mail("b", after: 1)],
            start: "2026-11-19T11:00", person: person
        ).report()
        #expect(report.steps.map(\.outcome) == ["sent", "open"])
        #expect(report.ends.map(\.reason) == ["taskOpen"])
    }

    struct Reacting: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var answer: RehearsedPerson.Answer
        var outcome: String
        var end: String
    }

    @Test(
        "S4.1: what comes back on the second mail stops the third",
        arguments: [
            Reacting(testDescription: "a reply", answer: .reply, outcome: "replied", end: "replied"),
            Reacting(testDescription: "a bounce", answer: .bounce, outcome: "bounced", end: "bounced"),
            Reacting(
                testDescription: "an opt-out", answer: .unsubscribe, outcome: "unsubscribed",
                end: "unsubscribed"),
        ])
    func answers(_ reacting: Reacting) throws {
        var person = RehearsedPerson()
        person.reactions = [RehearsedPerson.Reaction(reacting.answer, step: 2, after: 3_600)]
        let report = try Performance(
            steps: [mail("a"), mail("b", after: 1, replyTo: "a"), mail("c", after: 1, replyTo: "a")],
            start: "2026-11-19T11:00", person: person
        ).report()
        #expect(report.steps.map(\.outcome) == ["sent", reacting.outcome])
        #expect(report.ends.map(\.reason) == [reacting.end])
    }

    @Test("S6.3: an invitation from the contact stops the sequence")
    func meeting() throws {
        var person = RehearsedPerson()
        person.reactions = [RehearsedPerson.Reaction(.meeting, step: 1, after: 3_600)]
        let report = try Performance(
            steps: [mail("a"), mail("b", after: 1)], start: "2026-11-19T11:00", person: person
        ).report()
        #expect(report.steps.count == 1)
        #expect(report.ends.map(\.state) == [.unenrolled])
    }

    @Test("R3.c: who is away is written to after the return, and a task is made at its midnight")
    func away() throws {
        var person = RehearsedPerson()
        let back = try #require(LocalDay("2026-12-09"))
        person.reactions = [RehearsedPerson.Reaction(.away(until: back), step: 1, after: 60)]
        let mails = try Performance(
            steps: [mail("a"), mail("b", after: 1)], start: "2026-11-19T11:00", person: person
        ).report()
        #expect(mails.steps.map(\.outcome) == ["away", "sent"])
        #expect(mails.steps.map(\.local) == ["2026-11-19T11:00:00", "2026-12-10T11:00:00"])
        let tasks = try Performance(
            steps: [mail("a"), task("t", after: 1)], start: "2026-11-19T11:00", person: person
        ).report()
        #expect(tasks.steps.last?.why.contains("made Thu 2026-12-10 00:00") == true)
    }

    @Test(
        "S1.1: a manual e-mail is sent by the user, and a skipped one breaks no later step",
        arguments: [TaskState.done, .skipped])
    func manualEmail(state: TaskState) throws {
        var person = RehearsedPerson()
        person.tasks = state
        person.reactions = [RehearsedPerson.Reaction(.reply, step: 3, after: 3_600)]
        let report = try Performance(
            steps: [
                mail("a"), task("m", .manualEmail, after: 1, holds: true, replyTo: "a"),
                mail("b", after: 2, replyTo: "m"),
            ],
            start: "2026-11-18T11:00", person: person
        ).report()
        #expect(report.steps.map(\.outcome) == ["sent", state.rawValue, "replied"])
        // The user's own mail is the one whose wall time is kept.
        #expect(
            report.steps.last?.local == (state == .done ? "2026-11-23T17:00:00" : "2026-11-23T11:00:00"))
    }

    @Test("runs a sequence of one step, and one of sixty", arguments: [1, 60])
    func lengths(count: Int) throws {
        let steps = (0..<count).map {
            $0 % 2 == 0 ? mail("s\($0 % 10)-\($0)", after: $0 == 0 ? 0 : 2) : task("t\($0)", after: 1)
        }
        let report = try Performance(steps: steps, start: "2026-01-05T10:00").report()
        #expect(report.steps.count == count)
        #expect(report.ends.map(\.state) == [.finished])
        #expect(report.steps.map(\.at) == report.steps.map(\.at).sorted())
    }

    @Test("T7: where attention chose the minute, the rehearsal says so in the words of explain")
    func attention() throws {
        var performance = Performance(
            steps: [mail("a"), mail("b", after: 2), mail("c", after: 2)],
            zones: Array(repeating: "Europe/Oslo", count: 40), start: "2026-11-16T15:00")
        var answering = RehearsedPerson()
        answering.reactions = [.init(.reply, step: 1, after: 19 * 3_600)]
        for number in 0..<10 { performance.people["p\(number)@prospects.test"] = answering }
        let steps = try performance.report().steps
        #expect(steps.filter { $0.step == 1 }.allSatisfy { $0.why == "at the start" })
        let later = steps.filter { $0.step == 3 }
        #expect(later.count == 30)
        let chosen = later.filter { $0.why.contains("times the attention of an even choice is expected") }
        let kept = later.filter { $0.why.contains("; at the time of the mail before, to measure") }
        #expect(chosen.count + kept.count == 30)
        #expect(chosen.count > 20 && !kept.isEmpty)
        let why = try #require(chosen.first?.why)
        #expect(why.hasPrefix("2 weekdays after step 2 ("))
        #expect(why.contains("10 of their company and 10 of all who write to the mailbox"))
        #expect(!why.hasSuffix("."))
    }

    @Test(
        "T9: a minute that is chosen anew while a mail waits is told with the day that was planned before")
    func chosenAnew() throws {
        // Monday 15:00; they write on Tuesday at eight, while the second mail waits for Friday.
        var performance = Performance(
            steps: [mail("a"), mail("b", after: 4)],
            zones: Array(repeating: "Europe/Oslo", count: 12), start: "2026-11-16T15:00")
        #expect(try performance.report().steps.allSatisfy { $0.local.hasSuffix("15:00:00") })
        performance.writes = [17]
        let steps = try performance.report().steps.filter { $0.step == 2 }
        #expect(steps.count == 12 && steps.allSatisfy { $0.local.hasPrefix("2026-11-20") })
        let moved = try #require(steps.first { $0.contact == "p0@prospects.test" })
        #expect(moved.local < "2026-11-20T10:00")
        #expect(moved.why.hasPrefix("4 weekdays after step 1 ("))
        #expect(
            moved.why.contains(
                "times the attention of an even choice is expected, from 1 moment of theirs"))
        let others = steps.filter { $0.contact != "p0@prospects.test" }
        #expect(others.allSatisfy { $0.local.hasSuffix("T15:00:00") && !$0.why.contains("attention") })
    }

    @Test("S2.5: the send window binds mails, and no task is moved into it")
    func windowAndTasks() throws {
        let performance = Performance(
            steps: [mail("a"), task("t", after: 1), mail("b", after: 1)],
            window: try #require(SendWindow("12:00-13:00")), start: "2026-11-18T10:00")
        #expect(try performance.locals() == ["2026-11-18T10:00", "2026-11-19T17:00", "2026-11-20T12:00"])
    }

    @Test("S8.1: shows the planned second, unless limits are asked for")
    func limits() throws {
        let performance = Performance(
            steps: [mail("a")], zones: [String](repeating: "UTC", count: 30), start: "2026-11-19T11:00")
        #expect(Set(try performance.locals()) == ["2026-11-19T11:00"])
        var limited = performance
        limited.limits = SendingLimits(perDay: 500, perMinute: 10, minimumGap: 1, maximumGap: 1)
        #expect(Set(try limited.locals()) == ["2026-11-19T11:00", "2026-11-19T11:01", "2026-11-19T11:02"])
    }
}
