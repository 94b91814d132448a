package import Foundation
package import PurrStore

/// The time that a data folder's Purr lives by: the real one or, in a demo, one that runs faster.
///
/// A value: what it says follows from the real instant it is asked about.
package struct VirtualClock: Sendable, Hashable, Codable {
    /// Two instants that are the same.
    package let anchorReal: Date
    package let anchorVirtual: Date
    /// Virtual seconds in a real one; above 0.
    package let rate: Double

    package init(anchorReal: Date, anchorVirtual: Date, rate: Double) {
        self.anchorReal = anchorReal
        self.anchorVirtual = anchorVirtual
        self.rate = rate
    }

    /// The time that everybody has.
    package static let real = VirtualClock(
        anchorReal: Date(timeIntervalSince1970: 0), anchorVirtual: Date(timeIntervalSince1970: 0), rate: 1)

    package var isReal: Bool { self == .real }

    /// Never before the anchor, also where the real clock was set back.
    package func virtual(_ real: Date) -> Date {
        anchorVirtual.addingTimeInterval(max(0, real.timeIntervalSince(anchorReal)) * rate)
    }

    /// When it really is, or was, that virtual time; before the anchor, time ran as always.
    package func real(_ virtual: Date) -> Date {
        let passed = virtual.timeIntervalSince(anchorVirtual)
        return anchorReal.addingTimeInterval(passed > 0 ? passed / rate : passed)
    }

    /// The virtual time of something that really happened then, before the anchor too: an internal date.
    package func virtualOfPast(_ real: Date) -> Date {
        real < anchorReal
            ? anchorVirtual.addingTimeInterval(real.timeIntervalSince(anchorReal)) : virtual(real)
    }

    /// The same time at another pace from now on.
    package func continued(at rate: Double, from real: Date) -> VirtualClock {
        VirtualClock(anchorReal: real, anchorVirtual: isReal ? real : virtual(real), rate: rate)
    }
}

extension VirtualClock {
    private static let key = "clock"

    /// The clock that is kept; nil where time was never made to run fast.
    package static func kept(in store: Store) throws -> VirtualClock? {
        try store.read { try $0.meta(key) }.flatMap { Document.value(VirtualClock.self, from: $0) }
    }

    /// Sets the clock anew at the start of a daemon; time never goes back.
    ///
    /// - Parameter rate: Nil for as fast as real time.
    /// - Throws: ``CommandError/Kind/usage`` for another rate than 1 in a folder that is no demo.
    package static func start(rate: Double?, in store: Store, real: Date) throws -> VirtualClock {
        let kept = try kept(in: store)
        guard try store.isDemo() else {
            guard rate == nil else {
                throw CommandError(
                    .usage,
                    "Time runs fast only in a demo: make a folder for it with purr init --demo --data DIR.")
            }
            return .real
        }
        if let rate, !(rate > 0 && rate <= 1_000_000) {
            throw CommandError(.usage, "The rate should be a number above 0 and at most 1000000.")
        }
        guard kept != nil || rate != nil else { return .real }
        // At the same pace it is the same line: what lies behind keeps its virtual time.
        if let kept, kept.rate == rate ?? 1 { return kept }
        let clock = (kept ?? .real).continued(at: rate ?? 1, from: real)
        try store.write { try $0.setMeta(key, Document.text(of: clock)) }
        return clock
    }
}
