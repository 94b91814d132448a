import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import Testing

/// A mail that its user writes, as a step, seen in Sent.
@Suite("S1: a manual e-mail")
struct ManualEmailTests {
    let world: CommandsWorld

    private static let day: TimeInterval = 86_400

    init() async throws {
        world = try await CommandsWorld()
        try world.apply(
            """
            name: intro
            settings: { followUpDays: everyday, sendWindow: "00:00-23:59" }
            steps:
              - { manualEmail: "Write to {{contact.firstName}}", template: hello, hold: true }
              - { email: nudge, after: 1, replyTo: 1 }
            """)
        try world.enrollKari()
    }

    /// A machine that has made the task.
    private func waiting(isStarted: Bool) throws -> RunningMachine {
        var machine = try RunningMachine(world)
        try machine.run(until: world.start.addingTimeInterval(60))
        if isStarted {
            let task = try #require(try world.commands(later: 60).tasks().first)
            #expect(try world.commands(later: 60).startTask(task.id).refusal == nil)
            machine.machine.notice()
            try machine.run(until: world.start.addingTimeInterval(120))
        }
        machine.now = world.start.addingTimeInterval(3_600)
        return machine
    }

    /// Kari is in another sequence from now on.
    private func move(to sequence: String, _ steps: String) throws {
        try world.apply("name: \(sequence)\nsteps: \(steps)\n")
        _ = try world.commands().unenroll([world.kari])
        var request = world.request("kari@north.test")
        request.sequence = sequence
        guard case .enrolled = try #require(try world.commands().enroll(request).first?.result) else {
            throw CommandError(.software, "Kari was not enrolled.")
        }
    }

    private func state() throws -> TaskState? {
        try world.commands(later: 7_200).tasks(states: TaskState.allCases).first?.state
    }

    private func sees(_ machine: inout RunningMachine, _ fields: String) throws {
        let text = "From: sam@example.org\n\(fields)\nMessage-ID: <phone@phone.example>\n\nHello.\n"
        machine.findInSent(Array(text.replacing("\n", with: "\r\n").utf8))
        try machine.run(until: world.start.addingTimeInterval(3 * Self.day))
    }

    @Test(
        "mail to the contact is that step once the task was started, whatever its thread, and is answered then"
    )
    func started() throws {
        var machine = try waiting(isStarted: true)
        try sees(&machine, "To: Kari <kari@north.test>, x@north.test\nSubject: Hello from my phone")
        #expect(try state() == .done)
        #expect(machine.sent.map(\.to) == ["kari@north.test"])
        #expect(machine.texts.first?.contains("Subject: Re: Hello from my phone") ?? false)
        #expect(machine.texts.first?.contains("In-Reply-To: <phone@phone.example>") ?? false)
        #expect(
            try world.commands().explain(world.kari).flatMap(\.events).contains {
                $0.text.contains("was sent by you to kari@north.test")
            })
    }

    @Test(
        "S4.6: other mail to the contact is no step: the sequence asks before it goes on",
        arguments: [
            (false, "To: kari@north.test\nSubject: Another matter"),
            (false, "To: x@north.test\nCc: kari@north.test\nSubject: Another matter"),
            (true, "To: x@north.test\nCc: kari@north.test\nSubject: Another matter"),
        ])
    func otherMail(isStarted: Bool, fields: String) throws {
        var machine = try waiting(isStarted: isStarted)
        try sees(&machine, fields)
        #expect(try state() == (isStarted ? .started : .open))
        #expect(machine.sent.isEmpty)
        #expect(try world.report(world.commands()).reason == "senderTookOver")
    }

    @Test("without a template it is written from the first word, in an addressed draft")
    func withoutTemplate() throws {
        try move(to: "free", "[{ manualEmail: \"Write to {{contact.firstName}}\" }]")
        var machine = try RunningMachine(world)
        try machine.run(until: world.start.addingTimeInterval(60))
        let task = try #require(try world.commands(later: 60).tasks().last { $0.sequence == "free" })
        #expect(try world.commands(later: 60).startTask(task.id).refusal == nil)
        #expect(try world.commands(later: 60).task(task.id).mail?.state == .draft)
        let draft = try world.store.read { transaction in
            let contact = try #require(try transaction.contact(world.kari))
            let enrollment = try #require(try transaction.enrollments(of: contact.id).last)
            let entry = try #require(try transaction.journal(of: enrollment.id).last)
            return String(decoding: try transaction.bytes(of: entry.id), as: UTF8.self)
        }
        #expect(draft.contains("To: Kari <kari@north.test>"), "\(draft)")
    }

    @Test("S4.1: a deleted contact leaves no task behind, also of a sequence that is finished")
    func deletedContact() throws {
        try move(to: "calls", "[{ call: \"Call {{contact.firstName}}\" }]")
        var machine = try RunningMachine(world)
        try machine.run(until: world.start.addingTimeInterval(Self.day))
        #expect(try world.commands(later: Self.day).tasks().count == 1)
        _ = try world.commands(later: Self.day).deleteContacts([world.kari])
        #expect(try world.commands(later: Self.day).tasks().isEmpty)
    }

    @Test("S3.1: a start that has passed on the contact's clock is refused; the present minute is now")
    func pastStart() throws {
        _ = try world.commands().unenroll([world.kari])
        // It is ten in Oslo, where Kari lives, and nine by UTC, where Ola does.
        var request = world.request("kari@north.test", "ola@south.test")
        request.isAgain = true
        request.wallStart = StartTime("09:30")
        let results = try world.commands().enroll(request).map(\.result)
        guard case .refused(.startPassed, _) = results[0], case .enrolled(_, _, let start) = results[1]
        else {
            Issue.record("\(results)")
            return
        }
        #expect(start == world.start.addingTimeInterval(1_800))
        request.wallStart = StartTime("10:00")
        guard case .enrolled(_, _, let now) = try world.commands(later: 30).enroll(request)[0].result else {
            Issue.record("the present minute")
            return
        }
        #expect(now == world.start.addingTimeInterval(30))
    }
}
