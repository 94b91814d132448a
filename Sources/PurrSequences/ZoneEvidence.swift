package import Foundation

/// How the clock of somebody's own mail stood, and which zone fits that best (spec send time T8).
package struct ZoneEvidence: Hashable, Sendable {
    /// The zone whose clock stood so most often.
    package let zone: Zone
    /// How many of the mails fit it.
    package let fitting: Int
    package let mails: Int

    /// - Parameters:
    ///   - clocks: When each mail was written, and the seconds east of Greenwich its clock stood at.
    ///   - preferred: Zones that are likely for other reasons, the likeliest first; of those that fit equally
    ///     well the first is taken, and the usual ones come after them.
    /// - Returns: nil for fewer than three mails, and where no zone fits most of them. Summer time is heeded:
    ///   one who writes at +0100 in January and at +0200 in July fits Oslo and not Lagos.
    package init?(_ clocks: [(at: Date, east: Int)], preferred: [Zone]) {
        guard clocks.count >= 3 else { return nil }
        let usual = Self.usual.compactMap { Zone(identifier: $0) }
        var best: (zone: Zone, fitting: Int)?
        for zone in preferred + usual {
            let fitting = clocks.count { $0.east == zone.east(at: $0.at) }
            if fitting > best?.fitting ?? 0 { best = (zone, fitting) }
        }
        guard let best, best.fitting * 2 > clocks.count else { return nil }
        (zone, fitting, mails) = (best.zone, best.fitting, clocks.count)
    }

    /// One zone for each clock that many people live by, the most populous of each first.
    private static let usual = [
        "Europe/Berlin", "America/New_York", "Asia/Kolkata", "America/Los_Angeles", "America/Chicago",
        "Europe/London", "Asia/Shanghai", "Asia/Tokyo", "America/Sao_Paulo", "Europe/Athens",
        "Europe/Moscow",
        "Africa/Lagos", "Africa/Johannesburg", "Africa/Nairobi", "Asia/Dubai", "Asia/Karachi", "Asia/Dhaka",
        "Asia/Jakarta", "Asia/Jerusalem", "Asia/Tehran", "Asia/Kathmandu", "Asia/Yangon", "Asia/Kabul",
        "Australia/Sydney", "Australia/Brisbane", "Australia/Adelaide", "Australia/Darwin",
        "Pacific/Auckland",
        "America/Denver", "America/Phoenix", "America/Mexico_City", "America/Bogota", "America/Caracas",
        "America/Santiago", "America/Halifax", "America/St_Johns", "America/Anchorage", "Pacific/Honolulu",
    ]
}

extension Zone {
    /// Seconds east of Greenwich at an instant.
    fileprivate func east(at instant: Date) -> Int {
        let wall = wall(of: instant)
        let seconds = Int(instant.timeIntervalSince1970.rounded(.down))
        return wall.day.ordinal * secondsPerDay + wall.second - seconds
    }
}
