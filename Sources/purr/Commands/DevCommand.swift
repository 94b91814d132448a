import ArgumentParser
import Foundation
import PurrEngine
import PurrSimulator

/// What developers run: not shown in the help.
struct DevCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev", abstract: "For working on Purr itself.", shouldDisplay: false,
        subcommands: [Simulate.self, Crashes.self, PlantedBugs.self, Bench.self])

    struct Simulate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Live through simulated months, one a seed.")
        @Option(help: "The first seed.") var from: UInt64 = 1
        @Option(help: "How many.") var count: UInt64 = 100
        @Flag(help: "Tell what happened in the first seed that breaks something.") var story = false

        func run() throws {
            var run = SeedRun()
            for seed in from..<(from + count) {
                let report = try Simulation.run(seed: seed)
                run.add(report)
                guard let violation = report.violations.first else { continue }
                print("seed \(seed): \(violation)")
                if story { report.story.forEach { print($0) } }
                if story { break }
            }
            print(
                "\(run.seeds) seeds, \(run.effects) effects, \(run.crashes) crashes, \(run.accepted) mails, \(run.broken.count) broken"
            )
            if !run.broken.isEmpty { throw ExitCode.failure }
        }
    }

    struct Crashes: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Stop before and after every durable write and outside call of a month, restart, compare.")
        @Option(help: "The month.") var seed: UInt64 = 1
        @Option(help: "Every how many-th place.") var stride = 1
        @Option(help: "Places to pass over first.") var offset = 0

        func run() throws {
            let report = try CrashMatrix.run(seed: seed, stride: stride, offset: offset)
            report.violations.prefix(20).forEach { print($0) }
            print("stopped at \(report.places) places, \(report.violations.count) broken")
            if !report.violations.isEmpty || report.places == 0 { throw ExitCode.failure }
        }
    }

    struct PlantedBugs: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Show that the simulation finds each of the faults planted in the engine (debug builds only)."
        )
        @Option(help: "The most seeds for each.") var seeds: UInt64 = 200
        @Option(help: "This one alone.") var only: String?

        func run() throws {
            #if PLANTED_BUGS
                var missed = 0
                let faults = Sabotage.allCases.filter { only == nil || $0.rawValue == only }
                for fault in faults {
                    if let found = try SeedRun.find(fault, seeds: 1...max(seeds, 1)) {
                        print("\(fault.rawValue): found by seed \(found.seed): \(found.violation)")
                    } else {
                        print("\(fault.rawValue): NOT FOUND in \(seeds) seeds")
                        missed += 1
                    }
                }
                print(
                    "\(faults.count - missed) of \(faults.count) planted faults found"
                )
                if missed > 0 || faults.isEmpty { throw ExitCode.failure }
            #else
                throw CommandError(
                    .usage,
                    "Release builds carry no planted faults. Use the debug build: swift build && .build/debug/purr dev planted-bugs."
                )
            #endif
        }
    }

    struct Bench: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "One side of a benchmark; see bench/run.")
        @Argument(parsing: .allUnrecognized) var arguments: [String] = []

        func run() async throws { try await runBenchmark(arguments) }
    }
}
