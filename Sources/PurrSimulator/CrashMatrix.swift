internal import PurrStore

/// Stops a run before and after each durable write and each outside call, one place at a time, and compares.
package enum CrashMatrix {
    /// What stopping at every place of one scenario showed.
    package struct Report: Sendable {
        package let seed: UInt64
        /// Places at which the run was stopped.
        package let places: Int
        package let violations: [String]
    }

    /// Lives through a faultless seed once, counts its places, then once more for each of them.
    ///
    /// - Parameters:
    ///   - stride: Every how many-th place; 1 for all.
    ///   - offset: How many places to pass over first, so that several processes can share the work.
    package static func run(seed: UInt64, stride: Int = 1, offset: Int = 0) throws -> Report {
        let whole = try Simulation.run(seed: seed, cast: .fixed, stop: nil)
        var violations = whole.violations.map { "undisturbed: \($0)" }
        var tried = 0
        for place in Swift.stride(from: 1 + offset, through: whole.places, by: max(stride, 1)) {
            tried += 1
            let stopped = try Simulation.run(seed: seed, cast: .fixed, stop: place)
            violations += stopped.violations.map { "stopped at place \(place): \($0)" }
            if stopped.crashes != 1 { violations.append("place \(place) was not reached") }
        }
        return Report(seed: seed, places: tried, violations: violations)
    }
}
