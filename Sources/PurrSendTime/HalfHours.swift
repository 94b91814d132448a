/// A value for each half-hour of a day, round the clock.
struct HalfHours {
    static let count = 48
    /// In place: a choice makes some dozens of these, and allocates none.
    var values: InlineArray<48, Float>

    init(repeating value: Float) { values = InlineArray(repeating: value) }

    init(_ value: (Int) -> Float) { values = InlineArray(value) }

    /// The same with each value changed.
    func map(_ change: (Float) -> Float) -> HalfHours {
        let values = values.span
        return HalfHours { change(values[$0]) }
    }

    var sum: Float {
        let values = values.span
        var sum: Float = 0
        for half in 0..<Self.count { sum += values[half] }
        return sum
    }

    /// The mean of each half-hour and its two neighbours.
    ///
    /// Thrice in a row it is close to a bell curve.
    private var averagedByThree: HalfHours {
        let values = values.span
        return HalfHours { half in
            let before = values[half == 0 ? Self.count - 1 : half - 1]
            let after = values[half == Self.count - 1 ? 0 : half + 1]
            return (before + values[half] + after) * (1 / 3)
        }
    }

    /// The running mean over `2 * reach + 1` half-hours.
    func averaged(reach: Int) -> HalfHours {
        let values = values.span
        let share = 1 / Float(2 * reach + 1)
        var out = HalfHours(repeating: 0)
        var sum: Float = 0
        for index in -reach..<reach { sum += values[index < 0 ? index + Self.count : index] }
        for index in 0..<Self.count {
            let entering = index + reach
            sum += values[entering < Self.count ? entering : entering - Self.count]
            out.values[index] = max(sum, 0) * share
            let leaving = index - reach
            sum -= values[leaving < 0 ? leaving + Self.count : leaving]
        }
        return out
    }

    /// Smoothed as by a bell of 0.7 hours: what half an hour says about its neighbours.
    var neighbourly: HalfHours { averagedByThree.averagedByThree.averagedByThree }

    /// Smoothed as by a bell of two and a half hours: a habit is a stretch of the day.
    var habitual: HalfHours { averaged(reach: 5).averaged(reach: 5).averaged(reach: 3) }
}
