import Foundation

@testable import PurrSequences

/// An instant from its ISO 8601 form in UTC, as in `2026-11-24T10:00:00Z`.
func utc(_ text: String) throws -> Date { try Date(text, strategy: .iso8601) }

func zone(_ identifier: String) throws -> Zone {
    guard let zone = Zone(identifier: identifier) else { throw Missing(what: identifier) }
    return zone
}

func day(_ text: String) throws -> LocalDay {
    guard let day = LocalDay(text) else { throw Missing(what: text) }
    return day
}

func window(_ text: String) throws -> SendWindow {
    guard let window = SendWindow(text) else { throw Missing(what: text) }
    return window
}

struct Missing: Error { var what: String }

/// The wall clock of an instant, as in `2026-11-24 17:00:00`.
func wallText(_ instant: Date, in zone: Zone) -> String {
    let (day, second) = zone.wall(of: instant)
    let clock = [second / 3_600, second / 60 % 60, second % 60].map { padded($0, to: 2) }
    return "\(day) \(clock.joined(separator: ":"))"
}

/// Zones whose clocks have jumped in every way there is: by an hour and by half an hour, at midnight, on
/// both halves of the globe, over a whole day, and never.
let interestingZones = [
    "Europe/Oslo", "America/New_York", "America/Santiago", "America/St_Johns", "Australia/Lord_Howe",
    "Africa/Cairo", "Africa/Casablanca", "Asia/Beirut", "Asia/Kolkata", "Asia/Tehran", "Pacific/Apia",
    "Pacific/Kwajalein", "Atlantic/Azores", "Antarctica/Troll", "America/Nuuk", "UTC",
]
