/// What is known about when somebody is attentive: evidence of a fixed size, kept up to date moment by
/// moment, so that neither its size nor the cost of a choice grows with its history (spec T9).
///
/// A value. The order of moments matters little, but it does: give them in the order of time.
package struct Attention: Hashable, Sendable {
    /// Whose it is.
    package enum Level: UInt8, CaseIterable, Hashable, Sendable {
        case contact, company, mailbox
    }

    package let level: Level
    /// How many moments were taken in.
    package internal(set) var moments = 0
    /// How many sessions of a person those were.
    package internal(set) var sessions = 0

    var long = Memory()
    /// Only a person has one: a group does not change its habits over night.
    var recent = Memory()
    /// How much better the recent memory foretold the sessions than the long one: above 0 it did.
    var trackRecord: Float = 0
    var last = WallMinute(.min)

    package init(_ level: Level) { self.level = level }

    package var isEmpty: Bool { moments == 0 }

    /// Takes in a moment.
    ///
    /// - Parameters:
    ///   - at: When, on the wall of the zone that choices are made in.
    ///   - since: From when on it could have come: when the mail was sent, or opened before. `nil` for what
    ///     needs no mail of ours, and when that is not known.
    package mutating func record(_ kind: MomentKind, at: WallMinute, since: WallMinute? = nil) {
        let risk = since.flatMap { Risk(from: $0, to: at) }
        moments += 1
        guard level == .contact else {
            long.fade(by: fading)
            long.add(at.bin, weight: kind.weight, risk: risk)
            return
        }
        let isNew = moments == 1 || abs(at.minutes - last.minutes) > SendTimeParameters.sessionGap
        if isNew {
            if sessions > 0 { compareMemories(at.bin, risk: risk) }
            sessions += 1
            long.fade(by: Self.longFading)
            recent.fade(by: Self.recentFading)
        }
        let weight = isNew ? kind.weight : kind.weight * SendTimeParameters.sameSession
        long.add(at.bin, weight: weight, risk: risk)
        recent.add(at.bin, weight: weight, risk: risk)
        last = isNew ? max(last, at) : at
    }

    /// The weight of the moments that are remembered.
    var weight: Float { long.moments.reduce(0, +) }

    /// How much the recent memory counts, 0 to 1.
    var recentShare: Float {
        guard level == .contact else { return 0 }
        // A sigmoid in operations that IEEE 754 rounds alike everywhere.
        return (1 + trackRecord / (1 + trackRecord * trackRecord).squareRoot()) / 2
    }

    /// The evidence that bears on a weekday, 0 for Monday.
    func day(_ weekday: Int) -> DayEvidence {
        let share = recentShare
        guard share > 0 else { return long.day(weekday) }
        var day = long.day(weekday).scaled(by: 1 - share)
        day.add(recent.day(weekday), share: share)
        return day
    }

    // 2^(-1/half-life): constants, because no libm is asked.
    private static let recentFading: Float = 0.870_550_57
    private static let longFading: Float = 0.993_092_5
    private var fading: Float { level == .company ? 0.998_614_7 : 0.999_653_5 }
}
