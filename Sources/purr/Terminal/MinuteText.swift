import PurrEngine
import PurrStore

/// What the best minutes brought, as people read it; nothing where no minute was chosen.
struct MinuteText {
    let minutes: MinuteReport

    init(_ minutes: MinuteReport) { self.minutes = minutes }

    func print() {
        guard minutes.best.sent > 0 else { return }
        Swift.print("")
        Swift.print(Terminal.paint("Best minute against the time of the mail before", .bold))
        line("noticed within four hours", \.noticed, minutes.noticed)
        line("answered", \.answered, minutes.answered)
    }

    private func line(
        _ name: String, _ hits: KeyPath<ArmResult, Int>, _ difference: MinuteReport.Difference?
    ) {
        let counts =
            "\(minutes.best[keyPath: hits]) of \(minutes.best.sent) against \(minutes.holdout[keyPath: hits]) of \(minutes.holdout.sent)"
        guard let difference else {
            return Swift.print("  \(name): \(counts); too few to compare")
        }
        let parts = [difference.value, difference.low, difference.high].map(Self.points)
        Swift.print("  \(name): \(counts), \(parts[0]) points (95 %: \(parts[1]) to \(parts[2]))")
    }

    private static func points(_ share: Double) -> String {
        let tenths = Int((share * 1_000).rounded())
        return "\(tenths < 0 ? "−" : "+")\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
    }
}
