import Foundation
import PurrEngine
import PurrFiles
import PurrMail
import PurrSequences
import PurrStore
import PurrTemplates
import Testing

@Suite("Editing a live sequence")
struct CommandsEditingTests {
    let world: CommandsWorld
    private let day: TimeInterval = 86_400

    init() async throws { world = try await CommandsWorld() }

    private func steps() throws -> [String] {
        try world.commands().sequence(named: "intro").steps.map(\.id.rawValue)
    }

    private var shorter: String {
        """
        name: intro
        settings: { followUpDays: weekdays, sendWindow: "09:00-16:30" }
        steps:
          - email: hello
          - { email: goodbye, after: 5, replyTo: 1 }
        """
    }

    // MARK: S5.1

    @Test("S5.1: a changed step makes a new version, and enrollments under way keep theirs")
    func newVersion() throws {
        let id = try world.enrollKari()
        let edit = try world.commands().editSteps(
            of: "intro", .delete(.number(2), nil))
        #expect(edit.version == 2 && edit.isNewVersion && edit.underWay == 1)
        #expect(try steps() == ["hello", "goodbye"])
        #expect(try world.store.read { try $0.enrollment(id)?.version } == 1)
        #expect(try world.commands().versions(of: "intro").map(\.underWay) == [1, 0])
    }

    @Test("S5.1: a mail edited in place is stored as a new template; the old one stays as it is")
    func editedInPlace() throws {
        let edit = try world.commands().editSteps(
            of: "intro", .rewrite(.id(StepID(rawValue: "nudge")), world.template("nudge", body: "Better.")))
        #expect(edit.template == "nudge-2")
        let sequence = try world.commands().sequence(named: "intro")
        #expect(sequence.steps[1].template == "nudge-2" && sequence.steps[1].id.rawValue == "nudge")
        #expect(sequence.templates["nudge-2"]?.body == "Better.")
        let stored = try world.commands().templates()
        #expect(stored.first { $0.name == "nudge" }?.body == "Hello {{contact.firstName}}.")
        #expect(stored.contains { $0.name == "nudge-2" })
    }

    @Test("S5.1: what somebody else changed meanwhile is not lost: the later change is refused and says so")
    func meanwhile() throws {
        let file = SequenceFile.text(of: try world.commands().exported("intro"))
        _ = try world.commands().editSteps(of: "intro", .delete(.number(3), nil), expectedVersion: 1)
        let stale = #expect(throws: CommandError.self) {
            try world.commands().editSteps(of: "intro", .delete(.number(2), nil), expectedVersion: 1)
        }
        #expect(stale?.text.contains("Somebody else changed") == true)
        #expect(throws: FileProblem.self) { try world.apply(file) }
        #expect(try steps() == ["hello", "nudge"])
    }

    @Test("S1.7: what others reply to is protected in a live sequence too")
    func protected() throws {
        #expect(throws: CommandError.self) {
            try world.commands().editSteps(of: "intro", .delete(.number(1), nil))
        }
        #expect(try steps() == ["hello", "nudge", "goodbye"])
        let edit = try world.commands().editSteps(of: "intro", .delete(.number(1), .newThread))
        #expect(try steps() == ["nudge", "goodbye"])
        // The first of them takes no delay any more.
        #expect(edit.notes.count == 3)
    }

    @Test("S5.1: a copy is private, has nobody enrolled and its workflows as drafts")
    func copy() throws {
        try world.enrollKari()
        let action = Workflow.Action.enroll(Workflow.Enrolling(mailbox: world.sender))
        _ = try world.commands().addWorkflow(
            "flow", to: "intro", Workflow(trigger: .form("demo"), action: action), state: .on)
        let copy = try world.commands().copySequence("intro", to: "autumn", folder: "Seasons")
        #expect(copy.sharing == .private && copy.folder == "Seasons" && copy.counts.isEmpty)
        let original = try world.commands().sequence(named: "intro")
        #expect(copy.steps == original.steps)
        #expect(try world.commands().workflows(of: "autumn").map(\.state) == [.draft])
        #expect(throws: CommandError.self) { try world.commands().copySequence("intro", to: "autumn") }
    }

    @Test("S1.6: the limit on sequences holds for copies")
    func copyLimit() throws {
        try world.commands().setAccountSetting("sequenceLimit", to: "1")
        #expect(throws: CommandError.self) { try world.commands().copySequence("intro", to: "other") }
        let count = try world.commands().sequenceCount()
        #expect(count.count == 1 && count.limit == 1)
    }

    // MARK: Files

    @Test("S5.1: an exported sequence applied again changes nothing")
    func roundTrip() throws {
        let text = SequenceFile.text(of: try world.commands().exported("intro"))
        #expect(try world.apply(text).outcome == .sameSteps)
        #expect(try world.apply(text).settingsChanged == false)
    }

    @Test(
        "S6.2: the automation of a file is that of the sequence, for everybody at once; without it, it stays"
    )
    func automationOfFile() throws {
        let file = """
            \(CommandsWorld.sequence)
            automation:
              - { name: demo, form: demo, enroll: sam@example.org, delay: 30, state: on }
              - { name: prices, page: 'contains "/pricing"', unenroll: true }
            """
        try world.apply(file)
        #expect(try world.commands().workflows(of: "intro").map(\.name) == ["demo", "prices"])
        #expect(try world.commands().workflows(of: "intro").map(\.state) == [.on, .draft])
        let text = SequenceFile.text(of: try world.commands().exported("intro"))
        #expect(try world.apply(text).outcome == .sameSteps)
        #expect(try world.apply(CommandsWorld.sequence).version == 1)
        #expect(try world.commands().workflows(of: "intro").count == 2)
        try world.apply("\(CommandsWorld.sequence)\nautomation: []")
        #expect(try world.commands().workflows(of: "intro").isEmpty)
    }

    @Test("S6.2: a workflow that cannot work refuses the whole file")
    func badAutomationOfFile() throws {
        let file = """
            \(shorter)
            automation:
              - { name: demo, form: demo, enroll: nobody@example.org }
            """
        #expect(throws: (any Error).self) { try world.apply(file) }
        #expect(try steps() == ["hello", "nudge", "goodbye"])
    }

    // MARK: S5.2

    @Test("S5.2: the preview says for each contact which step is next and when, and changes nothing")
    func preview() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        try world.apply(shorter)
        let moves = try world.commands(later: 3_600).moveEnrollments(of: "intro", isPreview: true)
        let move = try #require(moves.first)
        #expect(moves.count == 1)
        #expect(move.contact == "kari@north.test" && move.from == 1 && move.to == 2)
        #expect(move.outcome == .changed && move.nextStep == 2 && move.nextStepId == "goodbye")
        // Monday and five weekdays: the next Monday at the same time.
        #expect(move.nextAt == world.start.addingTimeInterval(7 * day))
        #expect(try world.store.read { try $0.enrollment(id)?.version } == 1)
    }

    @Test("S5.2: moved, an enrollment goes on in the new version as the preview said")
    func moved() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        try world.apply(shorter)
        _ = try world.commands(later: 3_600).moveEnrollments(of: "intro", isPreview: false)
        let record = try #require(try world.store.read { try $0.enrollment(id) })
        #expect(record.version == 2 && record.nextStep?.rawValue == "goodbye")
        #expect(record.nextAt == world.start.addingTimeInterval(7 * day))
        #expect(try world.commands(later: 3_600).moveEnrollments(of: "intro", isPreview: false).isEmpty)
    }

    @Test("S5.2: what is next and unchanged keeps its time")
    func unchanged() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        _ = try world.commands().editSteps(of: "intro", .delete(.number(3), nil))
        let moves = try world.commands(later: 3_600).moveEnrollments(of: "intro", isPreview: false)
        #expect(moves.map(\.outcome) == [.same])
        #expect(moves.first?.nextAt == world.start.addingTimeInterval(3 * day))
    }

    @Test("S5.2: where no step is left it finishes; a mail of open outcome keeps it where it is")
    func ends() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id, outcome: .held)
        try world.apply("name: intro\nsteps:\n  - email: hello\n")
        #expect(
            try world.commands().moveEnrollments(of: "intro", isPreview: false).map(\.outcome) == [.stays])
        _ = try world.commands().release([world.kari], answer: .asSent)
        #expect(
            try world.commands().moveEnrollments(of: "intro", isPreview: false).map(\.outcome)
                == [.finishes])
        #expect(try world.report(world.commands()).state == .finished)
    }

    @Test("S5.2, S4.4: a paused one is moved and stays paused")
    func pausedMove() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        _ = try world.commands().pause([world.kari])
        try world.apply(shorter)
        _ = try world.commands().moveEnrollments(of: "intro", isPreview: false)
        let record = try #require(try world.store.read { try $0.enrollment(id) })
        #expect(record.state == .paused && record.nextStep?.rawValue == "goodbye")
        #expect(record.remaining == 7 * day)
    }

    @Test("S1.7, S5.2: no step leaves twice, whatever was moved")
    func neverTwice() throws {
        try world.enrollKari()
        var machine = try world.machine()
        #expect(try world.settle(&machine, later: 60).filter(\.isSend).count == 1)
        _ = try world.commands(later: 100).editSteps(of: "intro", .move(.number(1), index: 1, .newThread))
        _ = try world.commands(later: 100).moveEnrollments(of: "intro", isPreview: false)
        var sent = 0
        for hour in 1...400 {
            sent += try world.settle(&machine, later: Double(hour) * 3_600).filter(\.isSend).count
        }
        // Nudge was moved before hello, which had left: only goodbye is still to come.
        #expect(sent == 1)
        #expect(try world.report(world.commands(later: 400 * 3_600)).state == .finished)
    }

    @Test(
        "S5.2: a mail made of the older version does not leave after the move, not even after the server's 354"
    )
    func movedAtTheGate() throws {
        try world.enrollKari()
        var machine = try world.machine()
        let effects = try world.settle(&machine, later: 60) { effect in
            guard case .open = effect else { return }
            _ = try world.commands(later: 60).editSteps(
                of: "intro", .rewrite(.number(1), world.template("hello", body: "New words.")))
            _ = try world.commands(later: 60).moveEnrollments(of: "intro", isPreview: false)
        }
        #expect(!effects.contains { $0.isSend })
        let again = try world.settle(&machine, later: 300)
        let bytes = again.compactMap { effect -> [UInt8]? in
            guard case .deliver(_, let bytes, _) = effect else { return nil }
            return bytes
        }
        #expect(bytes.count == 1)
        #expect(String(decoding: bytes.joined(), as: UTF8.self).contains("New words."))
    }

    // MARK: S5.3, S5.4

    @Test("S5.3: a sequence with enrollments under way is deleted only together with them")
    func deletion() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        #expect(throws: CommandError.self) {
            try world.commands().deleteSequences(["intro"], isUnenrolling: false)
        }
        #expect(try world.report(world.commands()).state == .waiting)
        #expect(try steps().count == 3)
        #expect(try world.commands().deleteSequences(["intro"], isUnenrolling: true) == 1)
        let report = try world.report(world.commands())
        #expect(report.state == .unenrolled && report.reason == EndReason.sequenceDeleted.rawValue)
        #expect(report.sent.count == 1)
        #expect(try world.commands().sequences().isEmpty)
    }

    @Test("S5.3: nobody is enrolled in a deleted sequence, and the refusal says how to bring it back")
    func enrollInDeleted() throws {
        _ = try world.commands().deleteSequences(["intro"], isUnenrolling: false)
        let error = #expect(throws: CommandError.self) {
            try world.commands().enroll(world.request("kari@north.test"))
        }
        #expect(error?.text.contains("was deleted") == true && error?.text.contains("restore") == true)
        try world.commands().restoreSequence("intro")
        #expect(try world.commands().enroll(world.request("kari@north.test")).count == 1)
    }

    @Test("S5.3: a name is free once its sequence is deleted, and a restored one needs it free")
    func restoring() throws {
        _ = try world.commands().deleteSequences(["intro"], isUnenrolling: false)
        #expect(try world.apply(CommandsWorld.sequence).outcome == .created)
        #expect(throws: CommandError.self) { try world.commands().restoreSequence("intro") }
        try world.commands().renameSequence("intro", to: "second")
        try world.commands().restoreSequence("intro")
        #expect(try world.commands().sequences().map(\.name) == ["intro", "second"])
        #expect(throws: CommandError.self) { try world.commands().restoreSequence("never") }
    }

    @Test("S5.4: new sequences are private, and shared with everyone or with chosen users, several at once")
    func sharing() throws {
        for name in ["Olga", "Otto"] { _ = try world.commands().addUser(name, UserChange()) }
        _ = try world.commands().copySequence("intro", to: "second", as: "Sam Sender")
        let both = ["intro", "second"]
        func seen(by user: String) throws -> [String] {
            try world.commands().sequences(as: user).map(\.name)
        }
        #expect(try seen(by: "Olga").contains("second") == false)
        try world.commands().share(both, .chosen, with: ["Olga"], as: "Sam Sender")
        #expect(try seen(by: "Olga") == both)
        #expect(try seen(by: "Otto").contains("second") == false)
        try world.commands().share(["second"], .chosen, with: ["Otto"], as: "Sam Sender")
        #expect(try seen(by: "Olga").contains("second"))
        #expect(try seen(by: "Otto").contains("second"))
        try world.commands().unshare(["second"], with: ["Olga"], as: "Sam Sender")
        #expect(try seen(by: "Olga").contains("second") == false)
        try world.commands().share(both, .everyone, as: "Sam Sender")
        #expect(try seen(by: "Otto") == both)
        #expect(throws: CommandError.self) {
            try world.commands().share(both, .private, as: "Otto")
        }
        #expect(throws: CommandError.self) {
            try world.commands().share(["intro", "no such"], .private, as: "Sam Sender")
        }
        #expect(try seen(by: "Otto") == both)
    }
}
