extension Attention {
    /// Takes in what was seen, and leaves out what machines did.
    ///
    /// - Parameters:
    ///   - events: In any order.
    ///   - end: When the day ends that is to be chosen for, in the seconds of the events.
    /// - Returns: How many events were left out, by reason (spec T2, T7).
    package mutating func record(_ events: [TrackedEvent], until end: Int) -> [FilterReason: Int] {
        let events = events.sortedByTime
        let reasons = MachineFilter.reasons(for: events, of: level, until: end)
        var filtered: [FilterReason: Int] = [:]
        // When a mail was last opened: only later than that can it be opened again.
        var opened: [Int: Int] = [:]
        for (event, reason) in zip(events, reasons) {
            if let reason {
                filtered[reason, default: 0] += 1
                continue
            }
            var since: WallMinute?
            if let sentAt = event.sentAt, event.kind != .wrote {
                let before = level == .contact ? opened[sentAt] : nil
                since = WallMinute(seconds: min(before ?? sentAt + MachineFilter.prefetch, event.at))
                opened[sentAt] = event.at
            }
            record(event.kind, at: WallMinute(seconds: event.at), since: since)
        }
        return filtered
    }
}

extension WallMinute {
    /// - Parameter seconds: Since 1970-01-01, as clocks on the wall count them.
    package init(seconds: Int) {
        // 5 January 1970 was the first Monday.
        let fromMonday = min(max(seconds, -(1 << 50)), 1 << 50) - 4 * 86_400
        self.init(fromMonday >= 0 ? fromMonday / 60 : (fromMonday - 59) / 60)
    }
}

extension [TrackedEvent] {
    fileprivate var sortedByTime: [TrackedEvent] {
        var isSorted = true
        for index in indices.dropFirst() where self[index].at < self[index - 1].at { isSorted = false }
        return isSorted ? self : sorted { ($0.at, $0.sentAt ?? .min) < ($1.at, $1.sentAt ?? .min) }
    }
}
