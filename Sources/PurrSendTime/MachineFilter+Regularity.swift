extension MachineFilter {
    /// Seconds within which regular events lie.
    private static let width = 60
    /// Half the stretch around them that shows how frequent a person's events are there.
    private static let neighbourhood = 2_700
    /// The fewest that are a pattern.
    private static let fewest = 3

    /// How many within the width chance brings once in several hundred persons at the most, where it brings
    /// so many on average: the tail of the Poisson distribution for some dozen chances, as a curve.
    private static func surprising(_ expected: Double) -> Double {
        2.2 + 5 * expected.squareRoot() + 1.5 * expected
    }

    /// Marks values that lie too close together for a person.
    ///
    /// A person's opens come like raindrops: where chance brings one within a minute, it does not bring
    /// nine. Times that are only known to the minute or the half-hour are compared by that unit.
    ///
    /// - Parameters:
    ///   - period: After how many seconds the values begin again.
    ///   - value: What is compared; `nil` leaves the event out.
    static func markRegularity(
        _ events: [TrackedEvent], _ reasons: inout [FilterReason?], _ reason: FilterReason, period: Int?,
        value: (TrackedEvent) -> Int?
    ) {
        var found: [(value: Int, index: Int)] = []
        for index in events.indices where reasons[index] == nil && events[index].isFetch {
            if let value = value(events[index]) { found.append((value, index)) }
        }
        guard found.count >= fewest else { return }
        found.sort { ($0.value, $0.index) < ($1.value, $1.index) }
        let width = max(width, unit(of: found.map(\.value)))
        let values = found.map(\.value)
        for start in found.indices {
            let near = upper(values, values[start] + width - 1) - start
            guard near >= fewest else { continue }
            var around =
                upper(values, values[start] + neighbourhood) - lower(values, values[start] - neighbourhood)
            if let period {
                around += values.count - lower(values, values[start] - neighbourhood + period)
                around += upper(values, values[start] + neighbourhood - period)
            }
            let expected = Double(around - near) * Double(width) / Double(2 * neighbourhood)
            guard Double(near) >= surprising(expected) else { continue }
            let days = Set(found[start..<(start + near)].map { events[$0.index].at / 86_400 })
            guard days.count >= fewest else { continue }
            for entry in found[start..<(start + near)] { reasons[entry.index] = reason }
        }
    }

    /// The coarsest of the usual units that all values are multiples of, in seconds.
    private static func unit(of values: [Int]) -> Int {
        [3_600, 1_800, 900, 600, 300, 60].first { unit in values.allSatisfy { $0 % unit == 0 } } ?? 1
    }

    /// How many values are at most that.
    private static func upper(_ values: [Int], _ limit: Int) -> Int { lower(values, limit + 1) }

    /// How many values are below that.
    private static func lower(_ values: [Int], _ limit: Int) -> Int {
        var low = 0
        var high = values.count
        while low < high {
            let middle = (low + high) / 2
            if values[middle] < limit { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
