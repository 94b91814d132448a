package import PurrSendTime
package import PurrSequences
package import PurrStore

extension Commands {
    /// Notes that a mail's picture was fetched or a link of it followed, by a person or by a machine.
    ///
    /// Durable when it returns, and there once however often it is told. Which of them persons did is decided
    /// later, when what else the agent did is known (send time T2); reports count those that are not known to
    /// be a machine's at once.
    ///
    /// - Parameters:
    ///   - kind: ``MomentKind/open`` or ``MomentKind/click``.
    ///   - link: What makes clicks on several links of one mail different sightings.
    ///   - agent: The `User-Agent`; only its first 200 bytes are kept.
    /// - Returns: False when there is no such mail, or when it is there already.
    @discardableResult
    package func recordAttention(
        _ kind: MomentKind, of enrollment: EnrollmentID, step: StepID, link: String = "", agent: String
    ) throws -> Bool {
        try change {
            try SeenMail(kind, of: enrollment, step: step, link: link, agent: agent, at: now).note(in: $0)
        }
    }
}

/// Best minutes against held-out ones.
package struct MinuteReport: Sendable, Encodable, Hashable {
    package let best: ArmResult
    package let holdout: ArmResult
    /// The share of mails noticed within four hours: best less holdout, with its interval of 95 %.
    package let noticed: Difference?
    /// The same of mails that were answered.
    package let answered: Difference?

    /// A difference of two shares, from -1 to 1.
    package struct Difference: Sendable, Encodable, Hashable {
        package let value: Double
        package let low: Double
        package let high: Double
    }

    init(_ results: [ChoiceArm: ArmResult]) {
        best = results[.best] ?? ArmResult()
        holdout = results[.holdout] ?? ArmResult()
        noticed = Difference(best.noticed, of: best.sent, holdout.noticed, of: holdout.sent)
        answered = Difference(best.answered, of: best.sent, holdout.answered, of: holdout.sent)
    }
}

extension MinuteReport.Difference {
    /// The difference of two shares with Newcombe's interval, which holds for few mails and for shares near 0
    /// and 1 (Newcombe 1998, method 10).
    ///
    /// - Returns: nil while one of them has no mails.
    init?(_ first: Int, of firstCount: Int, _ second: Int, of secondCount: Int) {
        guard firstCount > 0, secondCount > 0 else { return nil }
        let one = Self.wilson(first, of: firstCount)
        let two = Self.wilson(second, of: secondCount)
        value = one.share - two.share
        let below = one.share - one.low
        let above = two.high - two.share
        low = value - (below * below + above * above).squareRoot()
        let up = one.high - one.share
        let down = two.share - two.low
        high = value + (up * up + down * down).squareRoot()
    }

    /// A share and Wilson's interval of 95 % (Wilson 1927).
    private static func wilson(_ hits: Int, of count: Int) -> (share: Double, low: Double, high: Double) {
        let (n, z) = (Double(count), 1.959_964)
        let share = Double(hits) / n
        let centre = (share + z * z / (2 * n)) / (1 + z * z / n)
        let reach = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        return (share, max(0, centre - reach), min(1, centre + reach))
    }
}
