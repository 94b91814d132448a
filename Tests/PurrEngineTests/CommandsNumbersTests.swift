import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import Testing

@Suite("Numbers")
struct CommandsNumbersTests {
    let world: CommandsWorld
    private let hello = StepID(rawValue: "hello")
    private let nudge = StepID(rawValue: "nudge")
    private static let oslo = Zone(identifier: "Europe/Oslo") ?? .utc

    init() async throws {
        world = try await CommandsWorld()
    }

    private func request(_ sequence: String? = "intro") -> ReportRequest {
        var request = ReportRequest(zone: Self.oslo)
        request.sequence = sequence
        return request
    }

    private func report(_ request: ReportRequest? = nil, later: TimeInterval = 0) throws -> SequenceReport {
        try world.commands(later: later).report(request ?? self.request())
    }

    private func note(_ fact: Fact, _ id: EnrollmentID, _ step: StepID?, times: Int = 1) throws {
        try world.store.write { transaction in
            for time in 0..<times {
                try transaction.note(
                    fact, of: id, step: step, at: world.start.addingTimeInterval(3_600 + Double(time)))
            }
        }
    }

    @Test("S7.1: one who opens three times and answers counts once in each number")
    func once() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        _ = try world.commands().enroll(world.request("ola@south.test"))
        try note(.opened, id, hello, times: 3)
        try note(.opened, id, nudge)
        try note(.replied, id, hello, times: 2)
        let totals = try report().totals
        #expect(totals.contacts.count == 2)
        #expect(totals.enrolled.count == 2)
        #expect(totals.mailed.count == 1)
        #expect(totals.engaged.count == 1)
        #expect(totals.opened.count == 1)
        #expect(totals.replied.count == 1)
        #expect(totals.replied.rate == 0.5)
        #expect(totals.bounced.count == 0)
        #expect(totals.bounced.rate == 0)
        #expect(totals.noResponse.count == 0)
        let steps = try report().steps
        #expect(steps.map(\.stepId) == ["hello", "nudge", "goodbye"])
        #expect(steps.map(\.executionCount) == [1, 0, 0])
        #expect(steps[0].opened.count == 1)
        #expect(steps[0].replied.rate == 1)
        #expect(steps[2].replied.rate == nil)
    }

    @Test("S7.1: whoever finished without an answer gave none, until they answer late")
    func noResponse() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        _ = try world.store.write { try $0.finish(id, at: world.start.addingTimeInterval(60)) }
        #expect(try report().totals.noResponse.count == 1)
        try note(.replied, id, hello)
        #expect(try report().totals.noResponse.count == 0)
        #expect(try report().totals.replied.count == 1)
    }

    @Test(
        "S4.3, S7.1: the report is the same before and after unenrolling, and after deleting the sequence")
    func endsEraseNothing() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        for fact in Fact.allCases { try note(fact, id, hello) }
        let before = try report()
        _ = try world.commands(later: 60).unenroll([world.kari])
        func expectSame(_ after: SequenceReport) {
            #expect(after.totals.contacts == before.totals.contacts)
            #expect(after.totals.enrolled == before.totals.enrolled)
            #expect(after.totals.mailed == before.totals.mailed)
            #expect(after.totals.engaged == before.totals.engaged)
            #expect(after.totals.replied == before.totals.replied)
            #expect(after.totals.meetingsBooked == before.totals.meetingsBooked)
            #expect(after.totals.bounced == before.totals.bounced)
            #expect(after.totals.unsubscribed == before.totals.unsubscribed)
            #expect(after.steps == before.steps)
            #expect(after.overTime == before.overTime)
        }
        expectSame(try report())
        #expect(try report().endReasons == ["manual": 1])
        let sequence = try #require(try world.store.read { try $0.sequence(named: "intro") })
        try world.store.write {
            try $0.deleteSequence(sequence.id, renamed: "intro (deleted)", at: world.start)
        }
        expectSame(try report(request("intro (deleted)")))
        #expect(try report(request(nil)).sequences.map(\.isDeleted) == [true])
    }

    @Test("S7.1: a step that the sequence no longer has keeps its numbers")
    func goneStep() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        try world.apply("name: intro\nsteps: [{ email: goodbye }]\n")
        let steps = try report().steps
        #expect(steps.map(\.stepId) == ["goodbye", "hello"])
        #expect(steps.map(\.step) == [1, nil])
        #expect(steps.map(\.executionCount) == [0, 1])
    }

    @Test("S7.1: calls, tasks done and tasks done in time are counted by step")
    func tasks() throws {
        try world.apply(
            "name: intro\nsteps:\n  - { call: \"Call {{contact.firstName|them}}\", id: phone }\n  - { email: hello, after: 1 }\n"
        )
        let phone = Step(
            id: StepID(rawValue: "phone"), delay: 0,
            action: .task(TaskStep(kind: .call, title: "Call them")))
        let ids = try world.commands().enroll(world.request("kari@north.test", "ola@south.test"))
            .compactMap { one -> EnrollmentID? in
                if case .enrolled(let id, _, _) = one.result { id } else { nil }
            }
        try world.store.write { transaction in
            for (number, id) in ids.enumerated() {
                let enrollment = try #require(try transaction.enrollment(id))
                let task = try #require(
                    try transaction.insert(
                        TaskDraft(
                            enrollment: enrollment, step: phone, kind: .call, title: "Call them", notes: "",
                            link: "", dueAt: world.start.addingTimeInterval(3_600)), at: world.start))
                let doneAt = world.start.addingTimeInterval(number == 0 ? 60 : 7_200)
                _ = try transaction.setTask(task, from: [.open], to: .done, doneAt: doneAt)
            }
        }
        let step = try #require(try report().steps.first { $0.stepId == "phone" })
        #expect(step.executionCount == 2)
        #expect(step.calls == 2)
        #expect(step.tasksCompleted.count == 2)
        #expect(step.onTimeTaskCompletion.count == 1)
        #expect(step.onTimeTaskCompletion.rate == 0.5)
    }

    @Test("S7.1: who waits where and why is told apart, a task that holds from what is due")
    func status() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        _ = try world.commands().enroll(world.request("ola@south.test"))
        #expect(
            try report().status.map { "\($0.step ?? 0) \($0.state) \($0.reason ?? "") \($0.count)" }
                == ["1 active  1", "2 waiting delay 1"])
        try world.store.write { try $0.await(TaskID(rawValue: 7), enrollment: id) }
        #expect(try report(later: 90 * 86_400).status.contains { $0.reason == "taskOpen" })
        let ola = try world.report(world.commands())
        _ = try world.store.write {
            try $0.hold(EnrollmentID(rawValue: ola.id), because: .tooLate, detail: "", at: world.start)
        }
        #expect(try report().status.contains { $0.state == .held && $0.reason == "tooLate" })
    }

    @Test("S7.1: enrollments over time are days of the zone asked for, and weeks where there are many")
    func overTime() throws {
        // 2026-11-23 10:00 in Oslo; the second at 00:30 on the 24th, which is the 23rd in UTC.
        try world.enrollKari()
        let late = 13.5 * 3_600 + 1_800
        _ = try world.commands(later: late).enroll(world.request("ola@south.test"))
        #expect(try report(later: late).overTime.map(\.from) == ["2026-11-23", "2026-11-24"])
        var utc = ReportRequest(zone: .utc)
        utc.sequence = "intro"
        #expect(try report(utc, later: late).overTime.map(\.enrolled) == [2])
        var second = request()
        second.from = LocalDay("2026-11-24")
        #expect(try report(second, later: late).totals.enrolled.count == 1)
        second.from = nil
        second.to = LocalDay("2026-11-23")
        #expect(try report(second, later: late).totals.enrolled.count == 1)
        _ = try world.commands(later: 60).unenroll([world.kari])
        var again = world.request("kari@north.test")
        again.isAgain = true
        _ = try world.commands(later: 40 * 86_400).enroll(again)
        let weeks = try report(later: 40 * 86_400).overTime
        #expect(weeks.first?.from == "2026-11-23")
        #expect(weeks.first?.to == "2026-11-29")
        #expect(weeks.map(\.enrolled).reduce(0, +) == 3)
        #expect(try report(later: 40 * 86_400).totals.contacts.count == 2)
    }

    @Test("S2.7: a campaign counts the contacts of all its sequences once, and nothing else")
    func campaign() throws {
        try world.apply("name: intro\nsettings: { campaign: spring }\nsteps: [{ email: hello }]\n")
        try world.apply("name: second\nsettings: { campaign: spring }\nsteps: [{ email: hello }]\n")
        try world.apply("name: other\nsteps: [{ email: hello }]\n")
        let id = try world.enrollKari()
        try note(.replied, id, nil)
        _ = try world.commands().unenroll([world.kari])
        var second = world.request("kari@north.test", "ola@south.test")
        second.sequence = "second"
        _ = try world.commands().enroll(second)
        var request = request(nil)
        request.campaign = "spring"
        let report = try report(request)
        #expect(report.sequences.map(\.sequence) == ["intro", "second"])
        #expect(report.totals.contacts.count == 2)
        #expect(report.totals.enrolled.count == 3)
        #expect(report.totals.unenrolled.count == 1)
        #expect(report.totals.replied.count == 1)
        request.campaign = "autumn"
        #expect(throws: CommandError.self) { try self.report(request) }
    }

    // MARK: Contacts

    private func emails(_ condition: String, later: TimeInterval = 0) throws -> [String] {
        let commands = world.commands(later: later)
        let query = try commands.contactQuery(condition, in: Self.oslo)
        var found: [String] = []
        try commands.contacts(where: query, in: Self.oslo) { found.append($0.contact.email.text) }
        return found
    }

    @Test("S7.2: contacts are found by what they went through")
    func contacts() throws {
        let id = try world.enrollKari()
        #expect(try emails("currentlyInSequence = true") == ["kari@north.test"])
        #expect(try emails("lastEnrolled is empty") == ["ola@south.test"])
        #expect(try emails("latestSequence = intro and numberOfSequences = 1") == ["kari@north.test"])
        try note(.replied, id, hello)
        #expect(try emails("lastReplied = 2026-11-23") == ["kari@north.test"])
        #expect(try emails("lastReplied > 2026-11-23").isEmpty)
        _ = try world.commands(later: 86_400).unenroll([world.kari])
        #expect(try emails("currentlyInSequence = false") == ["kari@north.test", "ola@south.test"])
        #expect(try emails("lastUnenrolled = 2026-11-24 and lastEnded = 2026-11-24") == ["kari@north.test"])
        #expect(try emails("lastFinished is empty") == ["kari@north.test", "ola@south.test"])
    }

    @Test("S7.2: own properties count too, and a name that nobody has is refused with the nearest")
    func ownProperties() async throws {
        try await world.importing("email,tier\nkari@north.test,gold\n")
        #expect(try emails("tier = gold") == ["kari@north.test"])
        #expect(try emails("tier is empty") == ["ola@south.test"])
        let error = #expect(throws: CommandError.self) { try emails("lastReplyed > 2026-11-01") }
        #expect(error?.text.contains("lastReplied") ?? false)
        #expect(error?.kind == .usage)
    }

    @Test("S7.3: history tells everything that happened, or what happened to one contact")
    func history() throws {
        try world.enrollKari()
        _ = try world.commands().enroll(world.request("ola@south.test"))
        _ = try world.commands(later: 60).pause([world.kari])
        func contacts(_ email: EmailAddress?, since: Date? = nil) throws -> [String?] {
            var found: [String?] = []
            try world.commands().history(since: since, contact: email) { found.append($0.contact) }
            return found
        }
        let kari = try contacts(world.kari)
        #expect(kari.count >= 2 && Set(kari) == ["kari@north.test"])
        #expect(try Set(contacts(nil)).isSuperset(of: ["kari@north.test", "ola@south.test"]))
        #expect(try contacts(world.kari, since: world.start.addingTimeInterval(30)).count == 1)
        let nobody = try #require(EmailAddress("nobody@north.test"))
        #expect(throws: CommandError.self) { try contacts(nobody) }
    }
}
