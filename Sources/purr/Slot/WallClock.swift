import Foundation
import PurrSequences

/// A zone that remembers its offset, a day at a time: asking Foundation costs a microsecond.
struct WallClock {
    let zone: Zone
    private var days = [Int](repeating: .min, count: 1_024)
    private var offsets = [Int?](repeating: nil, count: 1_024)

    init(_ zone: Zone) { self.zone = zone }

    /// What the wall shows at an instant, both in seconds since 1970.
    mutating func wall(at seconds: Int) -> Int {
        let seconds = min(max(seconds, -62_135_000_000), 253_402_000_000)
        let day = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let place = day & 1_023
        if days[place] != day {
            days[place] = day
            let morning = offset(at: day * 86_400)
            // No zone changed its clocks twice in a day.
            offsets[place] = morning == offset(at: day * 86_400 + 86_399) ? morning : nil
        }
        return seconds + (offsets[place] ?? offset(at: seconds))
    }

    private func offset(at seconds: Int) -> Int {
        let wall = zone.wall(of: Date(timeIntervalSince1970: Double(seconds)))
        return wall.day.ordinal * 86_400 + wall.second - seconds
    }
}
