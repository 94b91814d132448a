extension Attention {
    /// Lets both memories foretell the session that has begun, and keeps who did better.
    ///
    /// The chance of that half-hour among all those at risk; the difference over the sum is half the
    /// logarithm of their ratio near 0, and never beyond 1, so that one odd night decides nothing.
    mutating func compareMemories(_ bin: Int, risk: Risk?) {
        let weekday = bin / HalfHours.count
        let half = bin % HalfHours.count
        let soon = recent.chance(of: half, on: weekday, risk: risk)
        let late = long.chance(of: half, on: weekday, risk: risk)
        trackRecord = SendTimeParameters.trackRecordDecay * trackRecord + (soon - late) / (soon + late)
    }
}

extension Memory {
    /// What this memory gives for a moment in that half-hour, up to a factor that all memories share.
    func chance(of half: Int, on weekday: Int, risk: Risk?) -> Float {
        let curve = day(weekday).firstAttention(under: BroadPrior.day).averaged(reach: 3)
        guard let risk else {
            return curve.values[half] / (curve.sum / Float(HalfHours.count))
        }
        let values = curve.values.span
        var expected: Float = 0
        risk.forEach { bin, halfHours in expected += halfHours * values[bin % HalfHours.count] }
        return values[half] / (expected + 1e-6)
    }
}
