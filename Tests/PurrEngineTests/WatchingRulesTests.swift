import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import Testing

@Suite("R1: seeing every message, by the engine on SQLite")
struct WatchingRulesTests {
    var world: InboundWorld

    init() async throws { world = try await InboundWorld() }

    static let answer = EffectRulesTests.inThread + "\nTuesday suits me well.\n"

    @Test(
        "R1.1: an answer counts in whichever folder it lies",
        arguments: ["INBOX", "Junk", "Trash", "Clients", "Archive 2026"])
    mutating func folders(name: String) throws {
        let kari = try world.enroll("kari@north.test")
        try world.receive(Self.answer, in: name)
        #expect(try world.standing(kari) == "unenrolled replied")
    }

    @Test("R1.1: a folder that cannot be opened is shown, and nothing is proven")
    mutating func refused() throws {
        try world.look(minute: 10)
        try world.look(minute: 11)
        let proven = try world.store.read { try $0.mailbox(world.mailbox) }?.provenAt
        #expect(proven == world.base.start.addingTimeInterval(11 * 60))
        world.account.refuse("Clients")
        try world.look(minute: 20)
        try world.look(minute: 21)
        #expect(try world.store.read { try $0.mailbox(world.mailbox) }?.provenAt == proven)
        let record = try world.store.read { try $0.folders(of: world.mailbox) }
            .first { $0.name == FolderName(wire: "Clients") }
        #expect(record?.refusal.isEmpty == false)
    }

    @Test("R1.2: a renumbered folder is read again, which changes nothing")
    mutating func renumbered() throws {
        let kari = try world.enroll("kari@north.test")
        try world.receive(Self.answer)
        let events = try world.events(kari).count
        world.account.renumber()
        try world.receive("From: x@y.test\n\nHello.\n")
        #expect(try world.events(kari).count == events)
        #expect(try world.store.read { try $0.inboundMessages(InboundFilter(), limit: 10) }.count == 1)
    }

    @Test("R1.2: the cursor moves over what was read and no further, whether it was seen or not")
    mutating func cursor() throws {
        try world.enroll("kari@north.test")
        for _ in 1...3 { try world.receive("From: x@y.test\n\nHello.\n") }
        let inbox = try world.store.read { try $0.folders(of: world.mailbox) }.first { $0.name.isInbox }
        #expect(inbox?.readThrough == UID(rawValue: 3))
    }

    @Test("R1.3: without any notification all folders are looked at once a minute")
    mutating func polling() throws {
        try world.enroll("kari@north.test")
        try world.receive("From: x@y.test\n\nHello.\n")
        let now = world.base.start.addingTimeInterval(3_600 + 30)
        guard case .wait(let until) = try world.machine.next(now: now) else {
            Issue.record("there was something to do")
            return
        }
        let wake = try #require(until)
        #expect(wake <= now.addingTimeInterval(60))
        guard case .perform(.survey) = try world.machine.next(now: wake) else {
            Issue.record("the folders were not looked at")
            return
        }
    }

    @Test("R1.4: the first look reads back ninety days, or to the oldest open enrollment")
    mutating func readingBack() throws {
        world.account.store(Array("From: old@y.test\r\n\r\n".utf8), in: "INBOX", at: world.base.start)
        try world.receive("From: x@y.test\n\nHello.\n", minute: 200 * 1_440)
        let asked = try #require(world.account.locatedSince)
        let days = (world.base.start.addingTimeInterval(200 * 86_400).timeIntervalSince(asked)) / 86_400
        #expect((89...91).contains(days))
    }

    @Test("R1.4: a long gap is read in full")
    mutating func gap() throws {
        let kari = try world.enroll("kari@north.test")
        for number in 1...120 {
            world.account.store(
                Array("From: x\(number)@y.test\r\nMessage-ID: <g\(number)@y.test>\r\n\r\n".utf8),
                in: "INBOX",
                at: world.base.start)
        }
        world.account.store(
            Array(Self.answer.replacing("\n", with: "\r\n").utf8), in: "INBOX", at: world.base.start)
        for number in 121...300 {
            world.account.store(
                Array("From: x\(number)@y.test\r\nMessage-ID: <g\(number)@y.test>\r\n\r\n".utf8),
                in: "INBOX",
                at: world.base.start)
        }
        try world.receive("From: x@y.test\n\nHello.\n")
        #expect(try world.standing(kari) == "unenrolled replied")
    }

    @Test("R1.5: bodies are asked for of those messages alone that concern somebody")
    mutating func bodies() throws {
        try world.enroll("kari@north.test")
        for number in 1...20 {
            try world.receive("From: x\(number)@y.test\nSubject: A \(number)\n\nHello.\n")
        }
        try world.receive(Self.answer)
        #expect(world.account.bodiesAsked == 1)
    }

    @Test(
        "R1.5: a message without any readable header holds whom it can be tied to, and the cursor goes on")
    mutating func unreadable() throws {
        try world.enroll("kari@north.test")
        world.account.store([0xFF, 0xFE, 0x00, 0x0D, 0x0A], in: "INBOX", at: world.base.start)
        try world.receive(Self.answer)
        let inbox = try world.store.read { try $0.folders(of: world.mailbox) }.first { $0.name.isInbox }
        #expect(inbox?.readThrough == UID(rawValue: 2))
    }

    @Test("R1.6: a mailbox that was not read to its end for ten minutes is an alarm")
    mutating func heartbeat() throws {
        try world.enroll("kari@north.test")
        try world.receive("From: x@y.test\n\nHello.\n")
        try world.look(minute: 61)
        let read = world.base.start.addingTimeInterval(3_660)
        let proven = try world.store.read { try $0.mailbox(world.mailbox) }?.provenAt
        #expect(try #require(proven) >= read)
        func alarms(after seconds: Double) throws -> [String] {
            try Commands(store: world.store, now: read.addingTimeInterval(seconds))
                .status(clock: .real, isDaemonRunning: true).alarms
        }
        #expect(try alarms(after: 60).isEmpty)
        #expect(try !alarms(after: 1_200).isEmpty)
    }
}
