import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import Testing

@Suite("Copies in Sent")
struct FilingTests {
    private let world: CommandsWorld

    init() async throws { world = try await CommandsWorld() }

    /// Two people's first mail through a mailbox whose server files nothing by itself.
    private func sendTwo(_ prepare: (inout RunningMachine) -> Void = { _ in }) async throws
        -> RunningMachine
    {
        var machine = try RunningMachine(world)
        let id = machine.machine.id
        try world.store.write { try $0.setFilesSent(false, of: id) }
        prepare(&machine)
        try await machine.enroll(2)
        try machine.run(until: world.start.addingTimeInterval(600))
        try #require(machine.sent.count == 2)
        return machine
    }

    /// What is done from the first mail's final dot to the second one's.
    private func cycle(of machine: RunningMachine) -> [String] {
        let words = machine.performed.map { effect in
            switch effect {
            case .survey: "survey"
            case .readHeaders: "read"
            case .file: "file"
            case .open: "open"
            case .deliver: "deliver"
            default: "other"
            }
        }
        guard let first = words.firstIndex(of: "deliver"), let last = words.lastIndex(of: "deliver") else {
            return []
        }
        return Array(words[(first + 1)...last])
    }

    private func filings(of machine: RunningMachine) throws -> [FilingState] {
        try world.store.read { transaction in
            try transaction.openEnrollments(of: machine.machine.id).flatMap {
                try transaction.journal(of: $0.id).filter { $0.state == .sent }.map(\.filing)
            }
        }
    }

    @Test(
        "M5.3: a copy that lies right behind what was read is not read back, and no pass is made for it")
    func placed() async throws {
        let machine = try await sendTwo { machine in
            machine.placeOfCopy = {
                AppendedUID(uidValidity: UIDValidity(rawValue: 1), uid: UID(rawValue: $0))
            }
        }
        // The clock stands still here, so the pass before the first mail is fresh at the second one's 354.
        #expect(cycle(of: machine) == ["file", "open", "deliver"])
        #expect(try filings(of: machine) == [.seen, .seen])
        #expect(machine.sentFolder.count == 2)
    }

    @Test("M5.3: what came before the copy is read, whatever the server says of its place")
    func foreignMailFirst() async throws {
        var hasCome = false
        let start = world.start
        let machine = try await sendTwo { machine in
            machine.placeOfCopy = {
                AppendedUID(uidValidity: UIDValidity(rawValue: 1), uid: UID(rawValue: $0))
            }
            machine.beforeFiling = { folder in
                guard !hasCome else { return }
                hasCome = true
                folder.append(
                    (
                        Array("From: sam@example.org\r\nMessage-ID: <x@example.org>\r\n\r\nHi\r\n".utf8),
                        start
                    )
                )
            }
        }
        let cycle = cycle(of: machine)
        #expect(cycle.starts(with: ["file", "survey", "read", "survey", "open"]))
        #expect(try filings(of: machine) == [.seen, .seen])
    }

    @Test("M5.3: a copy is read back where the server does not say where it lies, or names other numbers")
    func unplaced() async throws {
        for validity: UInt32? in [nil, 9] {
            let world = try await FilingTests()
            let machine = try await world.sendTwo { machine in
                machine.placeOfCopy = { uid in
                    validity.map {
                        AppendedUID(uidValidity: UIDValidity(rawValue: $0), uid: UID(rawValue: uid))
                    }
                }
            }
            #expect(world.cycle(of: machine).starts(with: ["file", "survey", "read"]))
            #expect(machine.sentFolder.count == 2)
        }
    }

    @Test("M5.3: what an earlier worker sent is looked for before a copy of it is filed")
    func earlierWorker() async throws {
        var machine = try RunningMachine(world)
        let id = machine.machine.id
        try world.store.write { try $0.setFilesSent(false, of: id) }
        try await machine.enroll(1)
        try machine.run(until: world.start.addingTimeInterval(600), count: 1)
        #expect(!machine.performed.contains { if case .file = $0 { true } else { false } })
        machine.restart(at: machine.now.addingTimeInterval(1))
        let before = machine.performed.count
        try machine.run(until: machine.now.addingTimeInterval(600))
        #expect(machine.performed[before...].first == .survey)
        #expect(machine.sentFolder.count == 1)
    }
}
