import Foundation
import PurrEngine
import PurrMail
import PurrSendTime
import PurrSequences
import PurrStore
import Testing

@Suite("When a contact is attentive")
struct AttentionTests {
    let world: CommandsWorld
    private let hello = StepID(rawValue: "hello")
    private let nudge = StepID(rawValue: "nudge")
    private let oslo = Zone(identifier: "Europe/Oslo") ?? .utc

    init() async throws { world = try await CommandsWorld() }

    private func apply(holdout: Int, sendTime: String = "best") throws {
        try world.apply(
            CommandsWorld.sequence.replacing(
                "followUpDays: weekdays",
                with: "followUpDays: weekdays, holdout: \(holdout), sendTime: \(sendTime)"))
    }

    private func mailbox() throws -> MailboxID {
        try #require(try world.store.read { try $0.mailboxes().first?.id })
    }

    /// Mail that somebody wrote at twenty past three on each of the last twenty days.
    private func write(from address: String, notedAt: Date? = nil) throws {
        let mailbox = try mailbox()
        try world.store.write { transaction in
            for day in 1...20 {
                let at = world.start.addingTimeInterval(
                    Double(-day * 86_400 + 5 * 3_600 + 1_200 + day * 37))
                try transaction.note(
                    Sighting(.wrote, at: at, address: address, key: "mail/\(address)/\(day)"), of: mailbox,
                    at: notedAt ?? world.start.addingTimeInterval(-7_200))
            }
        }
    }

    /// Runs the mailbox's machine against servers with an empty INBOX that take every mail.
    private func run(at now: Date) throws {
        var machine = MailboxMachine(
            try mailbox(), store: world.store, settings: MachineSettings(), owner: "test",
            entropy: SystemRandomNumberGenerator())
        for _ in 0..<100 {
            guard case .perform(let effect) = try machine.next(now: now) else { return }
            try machine.record(answer(to: effect), of: effect, now: now)
        }
        Issue.record("The machine does not come to rest.")
    }

    private func answer(to effect: Effect) -> Outcome {
        switch effect {
        case .survey:
            let status = FolderStatus(
                uidValidity: UIDValidity(rawValue: 1), uidNext: UID(rawValue: 1), messages: 0)
            return .surveyed([
                SurveyedFolder(folder: ListedFolder(name: .inbox, role: .inbox), answer: .status(status))
            ])
        case .open: return .opened(.ready)
        case .deliver: return .delivered(.accepted(ServerReply(code: 250, text: "2.0.0 Ok")))
        case .find: return .found(nil)
        default: return .filed(.taken(nil))
        }
    }

    private func next(of id: EnrollmentID) throws -> (day: String, second: Int) {
        let due = try #require(try world.store.read { try $0.enrollment(id)?.nextAt })
        let wall = oslo.wall(of: due)
        return ("\(wall.day)", wall.second)
    }

    @Test("T4: without evidence the wall time of the mail before is kept, to the minute")
    func noEvidence() throws {
        try apply(holdout: 0)
        let id = try world.enrollKari()
        try run(at: world.start)
        #expect(try next(of: id) == ("2026-11-26", 10 * 3_600))
        #expect(try world.store.read { try $0.choice(of: nudge, in: id)?.arm } == ChoiceArm.none)
    }

    @Test("T1, T7: mail they wrote in the afternoons moves the step there, and explain says why")
    func ownMail() throws {
        try apply(holdout: 0)
        try write(from: "kari@north.test")
        let id = try world.enrollKari()
        try run(at: world.start)
        let next = try next(of: id)
        #expect(next.day == "2026-11-26")
        #expect((12 * 3_600...15 * 3_600 + 1_800).contains(next.second))
        let line = try #require(
            try world.commands().explain(world.kari).first?.events.last { $0.kind == .scheduled })
        #expect(line.text.contains("20 moments of theirs"))
        #expect(line.evidence["evidence"] == "contact 20, company 20, mailbox 20")
    }

    @Test("T3: what colleagues do moves the step of one who was never seen")
    func colleagues() throws {
        try apply(holdout: 0)
        try write(from: "per@north.test")
        let id = try world.enrollKari()
        try run(at: world.start)
        #expect(try next(of: id).second > 11 * 3_600)
    }

    @Test("T5: the holdout keeps the wall time of the mail before, and sendTime: sameTime leaves no trace")
    func holdout() throws {
        try apply(holdout: 100)
        try write(from: "kari@north.test")
        let id = try world.enrollKari()
        try run(at: world.start)
        #expect(try next(of: id).second == 10 * 3_600)
        #expect(try world.store.read { try $0.choice(of: nudge, in: id)?.arm } == .holdout)
    }

    @Test("what is seen while a step waits moves it within its day; what a person moved stays")
    func replanned() throws {
        try apply(holdout: 0)
        let id = try world.enrollKari()
        try run(at: world.start)
        try write(from: "kari@north.test", notedAt: world.start.addingTimeInterval(3_600))
        // Not settled yet.
        try run(at: world.start.addingTimeInterval(3_660))
        #expect(try next(of: id).second == 10 * 3_600)
        try run(at: world.start.addingTimeInterval(4_300))
        let moved = try next(of: id)
        #expect(moved.day == "2026-11-26" && moved.second > 12 * 3_600)
    }

    @Test("T2: opens are durable, once each; a machine's is kept with its reason and is no fact")
    func opens() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        let later = world.commands(later: 7_200)
        #expect(try later.recordAttention(.open, of: id, step: hello, agent: "Firefox/132.0"))
        #expect(try !later.recordAttention(.open, of: id, step: hello, agent: "Firefox/132.0"))
        #expect(
            try world.commands(later: 3).recordAttention(.click, of: id, step: hello, agent: "curl/8"))
        #expect(try !later.recordAttention(.open, of: id, step: nudge, agent: ""))
        #expect(try world.store.read { try $0.facts(of: id).map(\.fact) } == [.opened])
        try run(at: world.start.addingTimeInterval(9_000))
        let (bins, filtered) = try world.store.read {
            (
                try $0.attention(.contact, of: "kari@north.test"),
                try $0.filteredCounts(of: "kari@north.test")
            )
        }
        #expect(bins?.moments == 1)
        #expect(filtered == ["scanner": 1])
    }

    @Test("T2: one agent that opens the mail of many recipients in one second is a machine")
    func crowd() throws {
        let mailbox = try mailbox()
        try world.store.write { transaction in
            for name in ["a", "b", "c", "kari"] {
                var sighting = Sighting(
                    .open, at: world.start.addingTimeInterval(-9_000), address: "\(name)@north.test",
                    key: "open/\(name)")
                sighting.agent = "Proxy/1"
                try transaction.note(sighting, of: mailbox, at: world.start.addingTimeInterval(-9_000))
            }
        }
        try run(at: world.start)
        let filtered = try world.store.read { try $0.filteredCounts(of: "kari@north.test") }
        #expect(filtered == ["many at once": 1])
        #expect(try world.store.read { try $0.attention(.company, of: "north.test") } == nil)
    }

    @Test("T5: the report gives the difference of the arms with its interval")
    func report() throws {
        var request = ReportRequest(zone: oslo)
        request.sequence = "intro"
        #expect(try world.commands().report(request).minutes.noticed == nil)
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        try world.store.write { transaction in
            try transaction.noteChoice(of: hello, in: id, arm: .best, at: world.start, score: 1.5)
            try transaction.note(
                .replied, of: id, step: hello, at: world.start.addingTimeInterval(3_600))
        }
        let best = try world.commands().report(request).minutes.best
        #expect(best.sent == 1 && best.noticed == 1 && best.answered == 1)
    }

    @Test("T8: who has no zone gets the one their own mail was written by, summer time heeded")
    func zone() throws {
        let mailbox = try mailbox()
        try world.store.write { transaction in
            for (index, at) in [-300.0, -250, -200, -10, -5].enumerated() {
                var sighting = Sighting(
                    .wrote, at: world.start.addingTimeInterval(at * 86_400), address: "ola@south.test",
                    key: "mail/\(index)")
                // New York: summer time from March to 1 November 2026.
                sighting.east = index == 1 || index == 2 ? -4 * 3_600 : -5 * 3_600
                try transaction.note(sighting, of: mailbox, at: world.start)
            }
        }
        let result = try world.commands().enroll(world.request("ola@south.test")).first?.result
        guard case .enrolled(_, let zone, _) = result else {
            Issue.record("Ola was not enrolled.")
            return
        }
        #expect(zone == Zone(identifier: "America/New_York"))
    }

    /// Lists what Ola wrote as it is listed while a mailbox is read: each mail twice, as it lies in two folders.
    private func listWritten() throws {
        let mailbox = try mailbox()
        try world.store.write { transaction in
            for day in [-9.0, -8, -7, -9, -8, -7] {
                var sighting = Sighting(
                    .wrote, at: world.start.addingTimeInterval(day * 86_400), address: "ola@south.test",
                    key: "mail/\(day)")
                sighting.east = -5 * 3_600
                try transaction.list(sighting, of: mailbox, at: world.start)
            }
        }
    }

    private func olas() throws -> [StoredSighting] {
        try world.store.read {
            try $0.sightings(of: "ola@south.test", settled: .distantFuture, limit: 100)
        }
    }

    @Test("T1: what people wrote is listed while a mailbox is read, and counts once when it has settled")
    func listed() throws {
        try listWritten()
        try run(at: world.start.addingTimeInterval(60))
        #expect(try olas().isEmpty)
        try run(at: world.start.addingTimeInterval(660))
        #expect(try olas().count == 3)
        // The portions of such work come one after another, and between them mail goes first.
        try run(at: world.start.addingTimeInterval(660))
        #expect(try olas().allSatisfy(\.isTaken))
        #expect(try world.store.read { try !$0.hasListed() })
    }

    @Test("T8: who is enrolled while what they wrote is still listed gets their zone from it all the same")
    func listedZone() throws {
        try listWritten()
        let result = try world.commands().enroll(world.request("ola@south.test")).first?.result
        guard case .enrolled(_, let zone, _) = result else {
            Issue.record("Ola was not enrolled.")
            return
        }
        #expect(zone == Zone(identifier: "America/New_York"))
    }

    @Test("Deleting a contact erases also what they wrote and is only listed")
    func listedErasure() throws {
        try listWritten()
        let ola = try #require(EmailAddress("ola@south.test"))
        _ = try world.commands().deleteContacts([ola])
        #expect(try world.store.read { try !$0.hasListed() })
        #expect(try olas().isEmpty)
    }
}
