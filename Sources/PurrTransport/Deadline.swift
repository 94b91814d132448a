/// The instant after which an operation is given up.
///
/// Counts while the machine sleeps, so that a laptop that wakes up finds its old connections overdue.
package struct Deadline: Hashable, Comparable, Sendable {
    private let instant: ContinuousClock.Instant

    private init(_ instant: ContinuousClock.Instant) { self.instant = instant }

    /// This long from now.
    package static func after(_ duration: Duration) -> Deadline { Deadline(.now + duration) }

    package static func < (left: Deadline, right: Deadline) -> Bool { left.instant < right.instant }

    package var hasPassed: Bool { instant <= .now }

    /// What is left, in milliseconds rounded up, as `poll` wants it: 0 once it has passed.
    var milliseconds: Int32 {
        let left = instant - .now
        guard left > .zero else { return 0 }
        let (seconds, attoseconds) = left.components
        guard seconds < 1_000_000 else { return 1_000_000_000 }
        return Int32(seconds) * 1_000 + Int32((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
