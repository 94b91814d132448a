#if PLANTED_BUGS
    package import PurrEngine
#endif

/// Many seeds in a row.
package struct SeedRun: Sendable {
    package private(set) var seeds = 0
    package private(set) var effects = 0
    package private(set) var crashes = 0
    package private(set) var accepted = 0
    /// The seeds that broke an invariant, with the first one broken.
    package private(set) var broken: [(seed: UInt64, violation: String)] = []

    package init() {}

    package mutating func add(_ report: Simulation.Report) {
        seeds += 1
        effects += report.effects
        crashes += report.crashes
        accepted += report.accepted
        if let violation = report.violations.first { broken.append((report.seed, violation)) }
    }

    #if PLANTED_BUGS
        /// The first seed that shows a planted fault, and what it broke; nil when none of them does.
        package static func find(_ fault: Sabotage, seeds: ClosedRange<UInt64>) throws -> (
            seed: UInt64, violation: String
        )? {
            for seed in seeds {
                let report = try Sabotage.$active.withValue(fault) {
                    try Simulation.run(seed: seed)
                }
                if let violation = report.violations.first { return (seed, violation) }
            }
            return nil
        }
    #endif
}
