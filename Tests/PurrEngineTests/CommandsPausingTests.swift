import Foundation
import PurrEngine
import PurrFiles
import PurrMail
import PurrSequences
import PurrStore
import Testing

@Suite("Pausing")
struct CommandsPausingTests {
    let world: CommandsWorld
    private let day: TimeInterval = 86_400

    init() async throws { world = try await CommandsWorld() }

    private func ola() throws -> EmailAddress { try #require(EmailAddress("ola@south.test")) }

    private func states(later: TimeInterval = 0) throws -> [String: EnrollmentReport] {
        var found: [String: EnrollmentReport] = [:]
        try world.commands(later: later).enrollments { found[$0.contact] = $0 }
        return found
    }

    @Test("S4.4: a paused sequence keeps each remaining delay, and resumed waits only the rest")
    func sequence() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        // Due on Thursday 10:00; paused on Tuesday, two days are left; resumed on Wednesday, that is Friday.
        #expect(try world.commands(later: day).pauseSequence("intro").changed == 1)
        #expect(try states(later: day)["kari@north.test"]?.reason == "sequence")
        #expect(try world.commands(later: 2 * day).resumeSequence("intro").changed == 1)
        let report = try #require(try states(later: 2 * day)["kari@north.test"])
        #expect(report.nextAt == world.start.addingTimeInterval(4 * day))
        #expect(report.state == .waiting)
    }

    @Test("S4.4: everything of mine is paused with the rest of each delay, and nothing of anybody else's")
    func everything() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        _ = try world.commands().addUser("Olga", UserChange())
        var request = world.request("ola@south.test")
        request.user = "Olga"
        let shared = try SequenceFile.read(
            CommandsWorld.sequence.replacing("intro", with: "shared"), name: "shared.yaml")
        _ = try world.commands().apply(shared, file: "shared.yaml", as: "Olga")
        request.sequence = "shared"
        _ = try world.commands().enroll(request)
        #expect(try world.commands(later: day).pauseEverything(as: "Sam Sender").changed == 1)
        #expect(try states(later: day)["ola@south.test"]?.state == .active)
        #expect(try states(later: day)["kari@north.test"]?.reason == "everything")
        #expect(try world.commands(later: 2 * day).resumeEverything(as: "Sam Sender").changed == 1)
        #expect(
            try states(later: 2 * day)["kari@north.test"]?.nextAt
                == world.start.addingTimeInterval(4 * day))
    }

    @Test("S4.4: what was paused by itself stays so when its sequence goes on")
    func ownPauseStays() throws {
        try world.enrollKari()
        _ = try world.commands().enroll(world.request("ola@south.test"))
        _ = try world.commands().pause([world.kari])
        _ = try world.commands().pauseSequence("intro")
        // Ola is paused by itself only after its sequence was.
        #expect(try world.commands().pause([ola()]).map(\.change) == [.paused])
        #expect(try world.commands(later: 60).resumeSequence("intro").changed == 0)
        #expect(try states(later: 60).values.map(\.state) == [.paused, .paused])
        #expect(try world.commands(later: 60).resume([world.kari]).count == 1)
        #expect(try states(later: 60)["kari@north.test"]?.state == .active)
    }

    @Test("S4.4: one that is resumed while its sequence is paused goes on with that")
    func resumedInPausedSequence() throws {
        try world.enrollKari()
        _ = try world.commands().pause([world.kari])
        _ = try world.commands().pauseSequence("intro")
        #expect(try world.commands().resume([world.kari]).map(\.change) == [.stillPaused(.sequence)])
        #expect(try world.commands().resumeSequence("intro").changed == 1)
        #expect(try states()["kari@north.test"]?.state == .active)
    }

    @Test("S4.4: what is released or enrolled while its sequence is paused waits with it")
    func enrolledInPausedSequence() throws {
        let id = try world.enrollKari()
        _ = try world.store.write {
            try $0.hold(id, because: .tooLate, detail: "late", at: world.start)
        }
        _ = try world.commands().pauseSequence("intro")
        #expect(try world.commands().release([world.kari]).map(\.change) == [.stillPaused(.sequence)])
        var request = world.request("ola@south.test")
        request.start = world.start.addingTimeInterval(3_600)
        _ = try world.commands().enroll(request)
        #expect(try states()["ola@south.test"]?.state == .paused)
        var machine = try world.machine()
        #expect(try world.settle(&machine, later: 7_200).contains { $0.isSend } == false)
        _ = try world.commands(later: 7_200).resumeSequence("intro")
        #expect(
            try states(later: 7_200)["ola@south.test"]?.nextAt == world.start.addingTimeInterval(10_800))
    }

    @Test("S4.4: two pauses end one by one")
    func sequenceAndEverything() throws {
        try world.enrollKari()
        _ = try world.commands().pauseSequence("intro")
        _ = try world.commands().pauseEverything()
        let result = try world.commands().resumeSequence("intro")
        #expect(result.changed == 0 && result.stillPaused == 1)
        #expect(try states()["kari@north.test"]?.reason == "everything")
        #expect(try world.commands().resumeEverything().changed == 1)
        #expect(try states()["kari@north.test"]?.state == .active)
    }

    @Test("S4.4: doing it twice changes nothing and says so")
    func twice() throws {
        try world.enrollKari()
        _ = try world.commands().pauseSequence("intro")
        #expect(try world.commands().pauseSequence("intro").isUnchanged)
        _ = try world.commands().resumeSequence("intro")
        #expect(try world.commands().resumeSequence("intro").isUnchanged)
        _ = try world.commands().pauseEverything()
        #expect(try world.commands().pauseEverything().isUnchanged)
        _ = try world.commands().resumeEverything()
        #expect(try world.commands().resumeEverything().isUnchanged)
    }

    enum Pause: String, CaseIterable, Sendable { case one, sequence, everything }

    @Test(
        "S4.4: a pause between the server's 354 and the hand-over stops the mail", arguments: Pause.allCases
    )
    func gate(pause: Pause) throws {
        try world.enrollKari()
        var machine = try world.machine()
        let effects = try world.settle(&machine, later: 60) { effect in
            guard case .open = effect else { return }
            let commands = world.commands(later: 60)
            switch pause {
            case .one: _ = try commands.pause([world.kari])
            case .sequence: _ = try commands.pauseSequence("intro")
            case .everything: _ = try commands.pauseEverything()
            }
        }
        #expect(effects.contains { if case .open = $0 { true } else { false } })
        #expect(!effects.contains { $0.isSend })
        #expect(effects.contains(.abandon))
        // Without the pause it goes.
        switch pause {
        case .one: _ = try world.commands(later: 120).resume([world.kari])
        case .sequence: _ = try world.commands(later: 120).resumeSequence("intro")
        case .everything: _ = try world.commands(later: 120).resumeEverything()
        }
        #expect(try world.settle(&machine, later: 200).contains { $0.isSend })
    }
}

extension Effect {
    /// Whether a mail of a sequence is handed over.
    var isSend: Bool { if case .deliver = self { true } else { false } }
}
