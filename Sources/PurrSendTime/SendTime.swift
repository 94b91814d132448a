/// The best minute of a day (spec T1 to T9).
///
/// Pure, and the same on every machine: it adds, multiplies, divides and takes square roots, which
/// IEEE 754 rounds in one way, and asks no mathematical library.
package enum SendTime {
    /// Evidence at the three levels, nearest first.
    package struct Evidence: Hashable, Sendable {
        package var contact: Attention
        package var company: Attention
        package var mailbox: Attention

        package init(
            contact: Attention = Attention(.contact), company: Attention = Attention(.company),
            mailbox: Attention = Attention(.mailbox)
        ) {
            self.contact = contact
            self.company = company
            self.mailbox = mailbox
        }

        package var isEmpty: Bool { contact.isEmpty && company.isEmpty && mailbox.isEmpty }
    }

    /// The minute, and why (spec T7).
    package struct Choice: Hashable, Sendable {
        /// Of the local day.
        package let minute: Int
        /// The attention expected after it, as a multiple of what an even choice within the window
        /// would catch; 1 without evidence.
        package let score: Float
        /// Which rule gave it.
        package let reason: Reason
    }

    package enum Reason: String, Hashable, Sendable {
        /// There was no evidence: the wall time of the mail before (spec S2.2, T4).
        case previous
        /// No other minute does noticeably better.
        case best
    }

    /// Chooses a minute.
    ///
    /// - Parameters:
    ///   - window: The first and the last minute of the day that are allowed, `start` not after `end`.
    ///   - weekday: Of the day in the zone of the enrollment, 0 for Monday to 6.
    ///   - previous: The minute of the local day at which the step before was sent.
    ///   - seed: Breaks ties and near-ties (spec T5); from the enrollment and the step.
    package static func choose(
        evidence: Evidence, window: (start: Int, end: Int), weekday: Int, previous: Int, seed: UInt64
    ) -> Choice {
        guard !evidence.isEmpty else {
            return Choice(
                minute: slot(previousMinute: previous, window: window), score: 1, reason: .previous)
        }
        let scores = SlotScores(evidence: evidence, weekday: weekday, window: window)
        let minute = scores.nearlyBest(seed: seed)
        return Choice(minute: minute, score: scores.lift(of: minute), reason: .best)
    }

    /// The slots of that day a quarter of an hour apart, best first: where to go when limits have filled
    /// the chosen one (spec T6).
    ///
    /// - Parameter taken: Minutes that are full; none within a quarter of an hour of them is offered.
    /// - Returns: Empty when there is nothing left. Without evidence the nearest to the previous come first.
    package static func alternatives(
        evidence: Evidence, window: (start: Int, end: Int), weekday: Int, previous: Int, taken: [Int]
    ) -> [Choice] {
        let free = stride(from: window.start, through: window.end, by: 15)
            .filter { minute in taken.allSatisfy { abs($0 - minute) >= 15 } }
        guard !evidence.isEmpty else {
            let kept = slot(previousMinute: previous, window: window)
            return free.sorted { (abs($0 - kept), $0) < (abs($1 - kept), $1) }
                .map { Choice(minute: $0, score: 1, reason: .previous) }
        }
        let scores = SlotScores(evidence: evidence, weekday: weekday, window: window)
        return free.map { (minute: $0, score: scores.score(of: $0)) }
            .sorted { ($1.score, $0.minute) < ($0.score, $1.minute) }
            .map { Choice(minute: $0.minute, score: scores.lift(of: $0.minute), reason: .best) }
    }
}
