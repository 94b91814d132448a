import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import Testing

/// Work grows with what is asked for, not with how many sequences there are.
@Suite("Many sequences")
struct ManySequencesTests {
    /// A world with so many more sequences, each with somebody who is written to tomorrow.
    private func world(_ count: Int) async throws -> CommandsWorld {
        let world = try await CommandsWorld()
        let emails = (0..<count).map { "p\($0)@prospects.test" }
        try await world.importing("email,firstName\n" + emails.map { "\($0),Kim\n" }.joined())
        for (number, email) in emails.enumerated() {
            try world.apply(CommandsWorld.sequence.replacing("name: intro", with: "name: s\(number)"))
            var request = world.request(email)
            request.sequence = "s\(number)"
            request.start = world.start.addingTimeInterval(86_400)
            guard case .enrolled = try world.commands().enroll(request).first?.result else {
                throw CommandError(.software, "\(email) was not enrolled.")
            }
        }
        return world
    }

    struct Work: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let body: @Sendable (CommandsWorld) throws -> Void
    }

    private static let works = [
        Work(testDescription: "applying a file") {
            try $0.apply(CommandsWorld.sequence.replacing("after: 3", with: "after: 4"))
        },
        Work(testDescription: "showing one") { _ = try $0.commands().sequence(named: "s1") },
        Work(testDescription: "upcoming") { _ = try $0.commands().upcoming(limit: 10) },
        Work(testDescription: "status") {
            _ = try $0.commands().status(clock: .real, isDaemonRunning: true)
        },
        Work(testDescription: "a report of all") {
            _ = try $0.commands().report(ReportRequest(zone: .utc))
        },
        Work(testDescription: "a report of one") { world in
            var request = ReportRequest(zone: .utc)
            request.sequence = "s1"
            _ = try world.commands().report(request)
        },
        Work(testDescription: "the daemon's start, and a day of waiting") { world in
            var machine = try RunningMachine(world)
            try machine.run(until: world.start.addingTimeInterval(86_399))
        },
    ]

    @Test("a few ask the database as often as three times as many")
    func statements() async throws {
        let (few, many) = (try await world(20), try await world(60))
        for work in Self.works {
            let counts = try [few, many].map { world in
                try world.store.statementCount { try work.body(world) }
            }
            #expect(counts[0] > 0 && counts[0] == counts[1], "\(work.testDescription)")
        }
    }

    @Test("a list asks once for each")
    func list() async throws {
        let counts = try await [world(20), world(60)].map { world in
            try world.store.statementCount { _ = try world.commands().sequences() }
        }
        #expect(counts[1] - counts[0] == 40)
    }

    @Test("the enrollments of one sequence are counted by its index, not by a scan")
    func plan() async throws {
        let plan = try await CommandsWorld().store.read {
            try $0.plan(of: Transaction.enrollmentCountsSQL, argumentCount: 1)
        }
        #expect(plan.count == 1 && plan[0].contains("USING COVERING INDEX enrollment_sequence"), "\(plan)")
    }
}
