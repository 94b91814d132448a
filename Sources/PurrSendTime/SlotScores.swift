/// How good each minute of a window is.
struct SlotScores {
    let start: Int
    let end: Int
    /// Attention of that day and the next, by the half-hour: what the model believes.
    let attention: [Float]
    /// The score of a slot at the beginning of each half-hour, from that of `start` on.
    private let scores: [Float]
    private let first: Int

    init(evidence: SendTime.Evidence, weekday: Int, window: (start: Int, end: Int)) {
        start = min(max(window.start, 0), 1_439)
        end = min(max(window.end, start), 1_439)
        first = start / 30
        let last = end / 30 + 1
        let reach = SendTimeParameters.discount.count
        let today = Self.attention(evidence, weekday: weekday)
        let needsTomorrow = last + reach > HalfHours.count
        let tomorrow = needsTomorrow ? Self.attention(evidence, weekday: (weekday + 1) % 7) : today
        attention = Self.joined(today, tomorrow)
        let known = evidence.contact.weight
        let detail = known / (known + SendTimeParameters.detailWeight)
        let first = Self.contrast(today, detail: detail)
        let contrast = Self.joined(first, needsTomorrow ? Self.contrast(tomorrow, detail: detail) : first)
        scores = (self.first...last).map { slot in
            var sum: Float = 0
            for (index, weight) in SendTimeParameters.discount.enumerated() {
                sum += weight * contrast[slot + index]
            }
            return sum
        }
    }

    static func attention(_ evidence: SendTime.Evidence, weekday: Int) -> HalfHours {
        var curve = BroadPrior.day
        for level in [evidence.mailbox, evidence.company, evidence.contact] where !level.isEmpty {
            curve = level.day(weekday).attention(under: curve)
        }
        return curve
    }

    private static func joined(_ today: HalfHours, _ tomorrow: HalfHours) -> [Float] {
        (0..<2 * HalfHours.count).map {
            $0 < HalfHours.count ? today.values[$0] : tomorrow.values[$0 - HalfHours.count]
        }
    }

    /// What is chosen by: squared, so that what is a sure peak outweighs what is merely not excluded, and
    /// smoothed, the less the more is known of the person.
    private static func contrast(_ curve: HalfHours, detail: Float) -> HalfHours {
        let squared = curve.map { $0 * $0 }
        let exact = squared.values.span
        let habit = squared.habitual.values
        let smooth = habit.span
        return HalfHours { half in detail * exact[half] + (1 - detail) * smooth[half] }
    }

    /// The score of a minute, between those of the half-hours around it.
    func score(of minute: Int) -> Float {
        let index = minute / 30 - first
        let part = Float(minute % 30) / 30
        return scores[index] + part * (scores[index + 1] - scores[index])
    }

    /// A minute that is as good as the best, drawn by the seed.
    func nearlyBest(seed: UInt64) -> Int {
        var best: Float = 0
        for minute in stops { best = max(best, score(of: minute)) }
        let enough = best * (1 - SendTimeParameters.nearTie)
        var good: [Int] = []
        for minute in start...end where score(of: minute) >= enough { good.append(minute) }
        return good.isEmpty ? start : good[Int(mixed(seed) % UInt64(good.count))]
    }

    /// Between these the score is straight, so the best is one of them.
    private var stops: [Int] {
        [start] + (first...(end / 30)).map { $0 * 30 }.filter { $0 > start && $0 < end } + [end]
    }

    /// What a slot catches of the attention, as a multiple of the mean over the window.
    func lift(of minute: Int) -> Float {
        let slots = stops.map { caught(after: $0) }
        let mean = slots.reduce(0, +) / Float(slots.count)
        return mean > 0 ? caught(after: minute) / mean : 1
    }

    private func caught(after minute: Int) -> Float {
        let half = minute / 30
        let part = Float(minute % 30) / 30
        var sum: Float = 0
        for (index, weight) in SendTimeParameters.discount.enumerated() {
            sum += weight * ((1 - part) * attention[half + index] + part * attention[half + index + 1])
        }
        return sum
    }

    /// SplitMix64's finish (Steele, Lea and Flood 2014): seeds that follow each other become far apart.
    private func mixed(_ seed: UInt64) -> UInt64 {
        var mixed = seed &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
