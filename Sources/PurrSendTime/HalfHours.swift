/// A value for each half-hour of a day, round the clock.
struct HalfHours {
    static let count = 48
    var values: [Float]

    init(_ values: [Float]) { self.values = values }

    init(repeating value: Float) { values = [Float](repeating: value, count: Self.count) }

    /// The running mean over `2 * reach + 1` half-hours. Thrice in a row it is close to a bell curve.
    func averaged(reach: Int) -> HalfHours {
        let count = Self.count
        let share = 1 / Float(2 * reach + 1)
        var out = [Float](repeating: 0, count: count)
        var sum: Float = 0
        for index in -reach..<reach { sum += values[(index + count) % count] }
        for index in 0..<count {
            let entering = index + reach
            sum += values[entering < count ? entering : entering - count]
            out[index] = max(sum, 0) * share
            let leaving = index - reach
            sum -= values[leaving < 0 ? leaving + count : leaving]
        }
        return HalfHours(out)
    }

    /// Smoothed as by a bell of 0.7 hours: what half an hour says about its neighbours.
    var neighbourly: HalfHours { averaged(reach: 1).averaged(reach: 1).averaged(reach: 1) }

    /// Smoothed as by a bell of two hours: a habit is a stretch of the day.
    var habitual: HalfHours { averaged(reach: 4).averaged(reach: 4).averaged(reach: 2) }
}
