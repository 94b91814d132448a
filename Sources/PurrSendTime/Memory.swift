/// Moments and minutes at risk by the half-hour of the week, fading with each later session.
struct Memory: Hashable, Sendable {
    static let bins = 336

    /// The weight of moments, by the half-hour of the week.
    var moments = [Float](repeating: 0, count: bins)
    /// Half-hours during which a mail lay there to be opened, sinking.
    var exposure = [Float](repeating: 0, count: bins)
    /// The weight of moments that could only come after a mail, by weekday from Monday.
    var exposed = [Float](repeating: 0, count: 7)
    /// The weight of moments that could come at any time.
    var free: Float = 0

    mutating func fade(by factor: Float) {
        // As a whole, so that the compiler takes several at a time.
        moments.withUnsafeMutableBufferPointer { bins in for bin in bins.indices { bins[bin] *= factor } }
        exposure.withUnsafeMutableBufferPointer { bins in for bin in bins.indices { bins[bin] *= factor } }
        for day in 0..<7 { exposed[day] *= factor }
        free *= factor
    }

    mutating func add(_ moment: Int, weight: Float, risk: Risk?) {
        moments[moment] += weight
        guard let risk else {
            free += weight
            return
        }
        exposed[moment / HalfHours.count] += weight
        risk.forEach { bin, halfHours in exposure[bin] += weight * halfHours }
    }

    /// The evidence that bears on one day of the week.
    func day(_ weekday: Int) -> DayEvidence {
        var day = DayEvidence()
        for other in 0..<7 {
            let share = Self.share(of: other, for: weekday)
            let base = other * HalfHours.count
            moments.withUnsafeBufferPointer { bins in
                for half in 0..<HalfHours.count { day.moments.values[half] += share * bins[base + half] }
            }
            exposure.withUnsafeBufferPointer { bins in
                for half in 0..<HalfHours.count { day.exposure.values[half] += share * bins[base + half] }
            }
            day.exposed += share * exposed[other]
            day.free += share * free / 336
        }
        return day
    }

    private static func share(of other: Int, for weekday: Int) -> Float {
        if other == weekday { return 1 }
        return (other < 5) == (weekday < 5)
            ? SendTimeParameters.sameKindOfDay : SendTimeParameters.otherKindOfDay
    }
}

/// What bears on one day.
struct DayEvidence {
    var moments = HalfHours(repeating: 0)
    var exposure = HalfHours(repeating: 0)
    /// The weight of moments that a mail had to come before.
    var exposed: Float = 0
    /// For each half-hour, how many of the other moments there would be if attention were even.
    var free: Float = 0

    /// Adds a share of other evidence.
    mutating func add(_ other: DayEvidence, share: Float) {
        for half in 0..<HalfHours.count {
            moments.values[half] += share * other.moments.values[half]
            exposure.values[half] += share * other.exposure.values[half]
        }
        exposed += share * other.exposed
        free += share * other.free
    }

    func scaled(by share: Float) -> DayEvidence {
        var out = DayEvidence()
        out.add(self, share: share)
        return out
    }

    /// Attention by the half-hour, about 1 on average: moments per minute at risk, shrunk towards the
    /// parent (spec T3).
    ///
    /// How many moments a minute at risk should have brought is reckoned with the parent's attention first,
    /// and then with what that gave.
    func attention(under parent: HalfHours) -> HalfHours {
        let moments = moments.neighbourly
        let exposure = exposure.neighbourly
        guard exposed > 0 else { return shrunk(moments, exposure, rate: 0, under: parent) }
        let first = shrunk(moments, exposure, rate: rate(exposure, under: parent), under: parent)
        return shrunk(moments, exposure, rate: rate(exposure, under: first), under: parent)
    }

    /// As ``attention(under:)`` without the second reckoning and unsmoothed: for comparisons.
    func firstAttention(under parent: HalfHours) -> HalfHours {
        shrunk(moments, exposure, rate: rate(exposure, under: parent), under: parent)
    }

    /// Moments for each half-hour at risk where attention is average.
    private func rate(_ exposure: HalfHours, under curve: HalfHours) -> Float {
        let exposure = exposure.values.span
        let curve = curve.values.span
        var expected: Float = 0
        var sum: Float = 0
        for half in 0..<HalfHours.count {
            expected += exposure[half] * curve[half]
            sum += curve[half]
        }
        guard expected > 0 else { return 0 }
        // As if so many more moments had come, each after the typical wait: a few that came at once say
        // that the person is quick at that time, and not that they are at every other.
        let waits = expected * Float(HalfHours.count) / sum
        return SendTimeParameters.exposureTrust * (exposed + SendTimeParameters.typicalMoments)
            / (waits + SendTimeParameters.typicalMoments * SendTimeParameters.typicalWait)
    }

    private func shrunk(
        _ moments: HalfHours, _ exposure: HalfHours, rate: Float, under parent: HalfHours
    ) -> HalfHours {
        let prior = SendTimeParameters.parentSessions / Float(HalfHours.count)
        let moments = moments.values.span
        let exposure = exposure.values.span
        let parent = parent.values.span
        return HalfHours { half in
            (prior * parent[half] + moments[half]) / (prior + free + rate * exposure[half])
        }
    }
}

/// The stretch during which a mail waited for a moment.
struct Risk {
    let from: Int
    let to: Int

    /// - Returns: `nil` when the moment came before the mail.
    init?(from: WallMinute, to: WallMinute) {
        guard from.minutes <= to.minutes else { return nil }
        self.from = from.minutes
        self.to = min(to.minutes, from.minutes + SendTimeParameters.longestRisk * 30)
    }

    /// Each half-hour of the week that is touched, with the part of it at risk, less the older the mail.
    func forEach(_ body: (_ bin: Int, _ halfHours: Float) -> Void) {
        var start = from
        var bin = WallMinute(from).bin
        var remains: Float = 1
        while start < to {
            let inBin = start % 30 < 0 ? start % 30 + 30 : start % 30
            let end = min(to, start + 30 - inBin)
            body(bin, remains * Float(end - start) / 30)
            remains *= SendTimeParameters.sinking
            start = end
            bin = bin == Memory.bins - 1 ? 0 : bin + 1
        }
    }
}
