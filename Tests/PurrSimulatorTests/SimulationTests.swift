import PurrEngine
import PurrSimulator
import Testing

@Suite("The engine, living through simulated months")
struct SimulationTests {
    @Test("keeps every promise", arguments: [1...20, 21...40, 41...60] as [ClosedRange<UInt64>])
    func seeds(range: ClosedRange<UInt64>) throws {
        for seed in range {
            let report = try Simulation.run(seed: seed)
            #expect(report.violations.isEmpty, "seed \(seed)")
            #expect(report.effects > 0)
        }
    }

    @Test("does the same again for the same seed")
    func replays() throws {
        let first = try Simulation.run(seed: 7)
        let second = try Simulation.run(seed: 7)
        #expect(first.story == second.story)
        #expect(!first.story.isEmpty)
    }

    @Test("survives being stopped at any of a sample of places")
    func crashes() throws {
        let report = try CrashMatrix.run(seed: 3, stride: 701)
        #expect(report.violations.isEmpty)
        #expect(report.places > 3)
    }

    #if PLANTED_BUGS
        @Test("would show a fault: state written after the send")
        func plantedBugIsFound() throws {
            #expect(try SeedRun.find(.stateAfterSend, seeds: 1...200) != nil)
        }

        @Test("would show a fault: a copy of the database goes on unhindered")
        func copyIsFound() throws {
            #expect(try SeedRun.find(.cloneGuardSkipped, seeds: 1...200) != nil)
        }
    #endif
}
