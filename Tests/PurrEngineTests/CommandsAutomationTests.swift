import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import Testing

@Suite("Automation")
struct CommandsAutomationTests {
    let world: CommandsWorld
    private let day: TimeInterval = 86_400

    init() async throws { world = try await CommandsWorld() }

    private func enrolling(delay: Int = 0, isAgain: Bool = false) -> Workflow.Action {
        .enroll(Workflow.Enrolling(mailbox: world.sender, delay: delay, isAgain: isAgain))
    }

    @discardableResult
    private func add(
        _ trigger: Workflow.Trigger, _ action: Workflow.Action, state: Workflow.State = .on
    ) throws -> WorkflowSummary {
        try world.commands().addWorkflow(
            "flow", to: "intro", Workflow(trigger: trigger, action: action), state: state)
    }

    @discardableResult
    private func form(
        _ id: String = "demo", _ email: String = "new@west.test", key: String = "1",
        later: TimeInterval = 0
    ) throws -> SignalResult {
        try world.commands(later: later).recordFormSubmission(
            form: id, fields: ["E-mail": email, "firstName": "Nina"],
            at: world.start.addingTimeInterval(later), key: key)
    }

    private func page(_ url: String, key: String = "1", later: TimeInterval = 0) throws -> SignalResult {
        try world.commands(later: later).recordPageView(
            .address(world.kari), url: url, at: world.start.addingTimeInterval(later), key: key)
    }

    private func open(_ email: String) throws -> [EnrollmentReport] {
        var found: [EnrollmentReport] = []
        try world.commands().enrollments { if $0.contact == email { found.append($0) } }
        return found
    }

    // MARK: Forms

    @Test("S6.2: a form makes its sender a contact and enrolls them, at once")
    func formEnrolls() throws {
        try add(.form("demo"), enrolling())
        let result = try form()
        #expect(result.isNew && result.isNewContact)
        #expect(result.workflows.map(\.result) == [.enrolled])
        let enrollment = try #require(try open("new@west.test").first)
        #expect(enrollment.state == .active)
        let address = try #require(EmailAddress("new@west.test"))
        #expect(try world.commands().contact(address).contact.firstName == "Nina")
    }

    @Test(
        "S6.2: a chosen form sets off its workflow and no other does; any form sets off one without a choice"
    )
    func chosenForm() throws {
        try add(.form("demo"), enrolling())
        #expect(try form("newsletter").workflows.isEmpty)
        _ = try world.commands().editWorkflow(
            "flow", of: "intro",
            {
                var change = WorkflowChange(); change.trigger = .form(nil); return change
            }())
        #expect(try form("newsletter", "other@west.test", key: "2").workflows.count == 1)
    }

    @Test("S6.2: only what is on does anything", arguments: [Workflow.State.draft, .off])
    func states(state: Workflow.State) throws {
        try add(.form(nil), enrolling(), state: state)
        #expect(try form().workflows.isEmpty)
        _ = try world.commands().setWorkflow("flow", of: "intro", .on)
        #expect(try form(key: "2").workflows.map(\.result) == [.enrolled])
    }

    @Test("S6.2: the same submission twice is one")
    func formOnce() throws {
        try add(.form(nil), enrolling(isAgain: true))
        try form()
        #expect(try world.commands().unenroll([#require(EmailAddress("new@west.test"))]).count == 1)
        let again = try form()
        #expect(!again.isNew && again.workflows.isEmpty)
        #expect(try open("new@west.test").map(\.state) == [.unenrolled])
    }

    @Test("S6.2: a form without an address, or with one of our own, changes nothing and says so")
    func badForm() throws {
        for fields in [[:], ["name": "Nina"], ["email": "not an address"], ["email": "sam@example.org"]] {
            #expect(throws: CommandError.self) {
                try world.commands().recordFormSubmission(
                    form: "demo", fields: fields, at: world.start, key: "x")
            }
        }
        // The key was not used up by what was refused.
        #expect(try form(key: "x").isNew)
    }

    @Test("S6.2: who is suppressed is not enrolled, and the workflow says why")
    func suppressed() throws {
        try add(.form(nil), enrolling())
        _ = try world.commands().suppress(try #require(Silenced("new@west.test")))
        guard case .refused = try #require(try form().workflows.first).result else {
            Issue.record("enrolled")
            return
        }
        let shown = try world.commands().workflow("flow", of: "intro")
        #expect(shown.summary.runs == ["refused": 1])
        #expect(shown.runs.first?.detail.hasPrefix("unsubscribed") == true)
    }

    @Test("S6.2: who has been through it is enrolled again only where the workflow says so")
    func again() throws {
        try add(.form(nil), enrolling())
        try form()
        _ = try world.commands().unenroll([#require(EmailAddress("new@west.test"))])
        guard case .refused = try #require(try form(key: "2").workflows.first).result else {
            Issue.record("enrolled again")
            return
        }
        var change = WorkflowChange()
        change.action = enrolling(isAgain: true)
        _ = try world.commands().editWorkflow("flow", of: "intro", change)
        #expect(try form(key: "3").workflows.map(\.result) == [.enrolled])
    }

    // MARK: Delays

    @Test("S6.2: a delayed enrolment is durable and done by the mailbox's machine when it is due")
    func delayed() throws {
        try add(.form(nil), enrolling(delay: 30))
        let due = world.start.addingTimeInterval(1_800)
        #expect(try form().workflows.map(\.result) == [.waits(until: due)])
        #expect(try open("new@west.test").isEmpty)
        var machine = try world.machine()
        try world.settle(&machine, later: 1_799)
        #expect(try open("new@west.test").isEmpty)
        // Another worker finds it as well: it was kept, not remembered.
        var other = try world.machine()
        try world.settle(&other, later: 1_801)
        #expect(try open("new@west.test").count == 1)
        try world.settle(&other, later: 1_900)
        #expect(try open("new@west.test").count == 1)
        #expect(try world.commands().workflow("flow", of: "intro").summary.runs == ["done": 1])
    }

    @Test("S6.2: what a workflow was to do is not done when it was switched off or deleted meanwhile")
    func delayedThenOff() throws {
        try add(.form(nil), enrolling(delay: 30))
        try form()
        _ = try world.commands().setWorkflow("flow", of: "intro", .off)
        _ = try world.commands().setWorkflow("flow", of: "intro", .on)
        try form(key: "2")
        try world.commands().deleteWorkflow("flow", of: "intro")
        var machine = try world.machine()
        try world.settle(&machine, later: 3_600)
        #expect(try open("new@west.test").isEmpty)
    }

    @Test("S7.3: upcoming holds whom a workflow is to enroll, in the order of time with mails")
    func delayedIsUpcoming() throws {
        try add(.form(nil), enrolling(delay: 30))
        try form()
        for (email, minutes) in [("kari@north.test", 10.0), ("ola@south.test", 60)] {
            var later = world.request(email)
            later.start = world.start.addingTimeInterval(minutes * 60)
            _ = try world.commands().enroll(later)
        }
        let planned = try world.commands().upcoming(limit: 10)
        #expect(planned.map(\.contact) == ["kari@north.test", "new@west.test", "ola@south.test"])
        #expect(planned[1].at == world.start.addingTimeInterval(1_800))
        #expect(planned[1].why == "The workflow “flow” enrolls them, 30 minutes after they sent a form.")
        #expect(try world.commands().upcoming(limit: 2).map(\.contact).last == "new@west.test")
        let json = try #require(
            try JSONSerialization.jsonObject(with: JSONEncoder().encode(planned)) as? [[String: Any]])
        #expect(Set(json[0].keys) == Set(json[1].keys), "each has every key")
        #expect(json[0]["workflow"] is NSNull)
        #expect(json[1]["workflow"] as? [String: String] == ["name": "flow", "action": "enroll"])
        #expect(json[1]["kind"] is NSNull && json[1]["id"] is NSNull)
        #expect(json[1]["state"] as? String == "waiting")
        #expect(json[1]["from"] as? String == world.sender.text)

        var change = WorkflowChange()
        change.action = .unenroll
        _ = try world.commands().editWorkflow("flow", of: "intro", change)
        #expect(try world.commands().upcoming(limit: 10)[1].why.contains("unenrolls them"))
        _ = try world.commands().setWorkflow("flow", of: "intro", .off)
        #expect(
            try world.commands().upcoming(limit: 10).map(\.contact) == [
                "kari@north.test", "ola@south.test",
            ])
    }

    @Test("S6.2: the runs due are found through the partial index, not by a scan")
    func plan() throws {
        let waiting = try world.store.read { try $0.plan(of: Transaction.waitingRunsSQL, argumentCount: 1) }
        #expect(waiting.contains { $0.contains("USING INDEX workflow_run_due") })
        let plan = try world.store.read { try $0.plan(of: Transaction.dueRunSQL, argumentCount: 2) }
        #expect(plan.count == 1 && plan[0].contains("USING INDEX workflow_run_due"))
    }

    // MARK: Pages

    @Test("S6.2: a look at a page that fits unenrolls, with the reason workflow")
    func pageUnenrolls() throws {
        try world.enrollKari()
        try add(.page(try URLConditionReader.read(#"contains "/pricing""#)), .unenroll)
        #expect(try page("https://www.example.org/about").workflows.isEmpty)
        #expect(
            try page("https://www.example.org/pricing", key: "2").workflows.map(\.result) == [
                .unenrolled(1)
            ])
        let report = try world.report(world.commands())
        #expect(report.state == .unenrolled && report.reason == EndReason.workflow.rawValue)
    }

    @Test(
        "S6.2: what is no web address is no page",
        arguments: ["", "pricing", "javascript:alert(1)", "https://a b"])
    func badPage(url: String) throws {
        #expect(throws: CommandError.self) { try page(url) }
    }

    @Test("S6.2: a workflow that points to itself is refused: its sequence's own link would set it off")
    func pointsToItself() throws {
        _ = try world.commands().addTemplates([
            world.template("nudge", body: "Look at [prices](https://www.example.org/pricing).")
        ])
        try world.apply(CommandsWorld.sequence)
        let trigger = Workflow.Trigger.page(try URLConditionReader.read(#"contains "/pricing""#))
        let error = #expect(throws: CommandError.self) { try add(trigger, enrolling()) }
        #expect(error?.text.contains("point to itself") == true)
        #expect(try world.commands().workflows().isEmpty)
        // Ending the sequence for it is what such links are for.
        try add(trigger, .unenroll)
    }

    // MARK: Meetings

    @Test("S6.3, S4.2: a meeting that is booked ends the sequence, and counts on the step before it")
    func meeting() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        let result = try world.commands(later: 60).recordMeeting(
            .address(world.kari), .booked, start: world.start.addingTimeInterval(day), source: "cal.com",
            at: world.start.addingTimeInterval(50), key: "m1")
        #expect(result.ended == ["intro"])
        let report = try world.report(world.commands())
        #expect(report.state == .unenrolled && report.reason == EndReason.meetingBooked.rawValue)
        let facts = try world.store.read { try $0.facts(of: id) }
        #expect(facts.map(\.fact) == [.meetingBooked])
        #expect(facts.map(\.step) == [StepID(rawValue: "hello")])
    }

    @Test(
        "S4.2: a meeting ends the sequence for the company where it says so, and not else",
        arguments: [true, false])
    func companyMeeting(stops: Bool) async throws {
        try world.apply(
            CommandsWorld.sequence.replacing(
                "settings: {", with: "settings: { companyMeetingStops: \(stops),"))
        try await world.importing("email,firstName\nper@north.test,Per\n")
        _ = try world.commands().enroll(
            world.request("kari@north.test", "per@north.test", "ola@south.test"))
        try world.commands().recordMeeting(
            .address(world.kari), .booked, start: nil, source: "test", at: world.start, key: "m1")
        #expect(try open("per@north.test").map(\.reason) == [stops ? "companyMeetingBooked" : nil])
        #expect(try open("ola@south.test").map(\.state) == [.active])
    }

    @Test("S6.3: a canceled meeting is noted and ends nothing")
    func canceled() throws {
        try world.enrollKari()
        let result = try world.commands().recordMeeting(
            .address(world.kari), .canceled, start: nil, source: "test", at: world.start, key: "m1")
        #expect(result.ended.isEmpty)
        #expect(try world.report(world.commands()).state == .active)
        #expect(try world.commands().explain(world.kari).first?.events.last?.kind == .noted)
    }

    @Test("S4.3: a meeting after the end still counts")
    func lateMeeting() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        _ = try world.commands().unenroll([world.kari])
        try world.commands().recordMeeting(
            .address(world.kari), .booked, start: nil, source: "test",
            at: world.start.addingTimeInterval(day), key: "m1")
        #expect(try world.report(world.commands()).reason == "manual")
        #expect(try world.store.read { try $0.facts(of: id) }.map(\.fact) == [.meetingBooked])
    }

    @Test("S6.3: the news of a meeting with somebody unknown is kept and does nothing")
    func unknownMeeting() throws {
        let nobody = try #require(EmailAddress("nobody@west.test"))
        let result = try world.commands().recordMeeting(
            .address(nobody), .booked, start: nil, source: "test", at: world.start, key: "m1")
        #expect(result.isNew && result.contact == nil)
    }
}
