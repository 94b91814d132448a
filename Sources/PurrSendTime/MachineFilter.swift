/// Tells what persons did from what machines did (spec T2).
package enum MachineFilter {
    /// Seconds after a delivery in which an open says nothing.
    ///
    /// The minutes at risk begin after them, so that a person who is quick is not learnt as one who is
    /// slow.
    package static let prefetch = 60
    /// Seconds after a delivery in which an agent that mostly fetches at once may still come for one mail.
    static let slowFetch = 900
    /// Clicks within so many seconds of each other that are every link.
    static let linkSpan = 10
    static let linkCount = 3
    /// Events of different mails or recipients in one second that are a machine.
    static let burst = 3

    /// The reason for each event that is no evidence, and `nil` for each that is.
    ///
    /// - Parameters:
    ///   - events: In the order of time.
    ///   - level: Whose they are. Two that are alike are one if a single person's.
    ///   - end: When the day ends that is to be chosen for, in the seconds of the events.
    package static func reasons(for events: [TrackedEvent], of level: Attention.Level, until end: Int)
        -> [FilterReason?]
    {
        var reasons: [FilterReason?] = []
        reasons.reserveCapacity(events.count)
        // Most events have the agent of the one before.
        var last: (agent: String, reason: FilterReason?)?
        for event in events {
            if let agent = event.agent, last?.agent != agent {
                last = (agent, KnownAgents.reason(for: agent))
            }
            reasons.append(reason(for: event, until: end, ofAgent: event.agent == nil ? nil : last?.reason))
        }
        if level == .contact { markDuplicates(events, &reasons) }
        guard events.contains(where: \.isFetch) else { return reasons }
        markPrefetchingAgents(events, &reasons)
        markBursts(events, level, &reasons)
        markEveryLink(events, &reasons)
        markRegularity(events, &reasons, .clockwork, period: 86_400) { $0.at % 86_400 }
        markRegularity(events, &reasons, .constantDelay, period: nil) { event in
            event.sentAt.map { event.at - $0 }
        }
        return reasons
    }

    /// What an event shows by itself.
    package static func reason(for event: TrackedEvent, until end: Int) -> FilterReason? {
        reason(for: event, until: end, ofAgent: event.agent.flatMap(KnownAgents.reason))
    }

    private static func reason(
        for event: TrackedEvent, until end: Int, ofAgent agentReason: FilterReason?
    ) -> FilterReason? {
        if event.at < 0 { return .before1970 }
        if event.at > end { return .future }
        if let sentAt = event.sentAt, event.at < sentAt { return .beforeSent }
        guard event.isFetch else { return nil }
        if let agentReason { return agentReason }
        if let sentAt = event.sentAt, event.at - sentAt < prefetch { return .prefetch }
        return nil
    }

    private static func markDuplicates(_ events: [TrackedEvent], _ reasons: inout [FilterReason?]) {
        var first = 0
        for index in events.indices.dropFirst() {
            if events[index].at != events[first].at { first = index }
            if reasons[index] == nil, events[first..<index].suffix(32).contains(events[index]) {
                reasons[index] = .duplicate
            }
        }
    }

    private static func markPrefetchingAgents(_ events: [TrackedEvent], _ reasons: inout [FilterReason?]) {
        var seen: [String: (early: Int, all: Int)] = [:]
        for (event, reason) in zip(events, reasons) {
            guard event.isFetch, event.sentAt != nil, let agent = event.agent else { continue }
            seen[agent, default: (0, 0)].all += 1
            if reason == .prefetch { seen[agent, default: (0, 0)].early += 1 }
        }
        for index in events.indices where reasons[index] == nil && events[index].isFetch {
            guard let agent = events[index].agent, let count = seen[agent] else { continue }
            guard count.early >= 2, count.early * 2 >= count.all else { continue }
            // A person may use the browser that a machine pretends to be: what comes much later is theirs,
            // unless hardly anything of that agent ever does.
            let isSlowFetch = events[index].sentAt.map { events[index].at - $0 < slowFetch } ?? false
            if isSlowFetch || count.early * 4 >= count.all * 3 { reasons[index] = .prefetchingAgent }
        }
    }

    private static func markBursts(
        _ events: [TrackedEvent], _ level: Attention.Level, _ reasons: inout [FilterReason?]
    ) {
        var start = 0
        while start < events.count {
            var end = start
            while end < events.count, events[end].at == events[start].at { end += 1 }
            let fetches = (start..<end).filter { events[$0].isFetch && events[$0].kind == .open }
            let mails = level == .contact ? Set(fetches.map { events[$0].sentAt }).count : fetches.count
            if mails >= burst {
                for index in fetches where reasons[index] == nil { reasons[index] = .manyAtOnce }
            }
            start = end
        }
    }

    private static func markEveryLink(_ events: [TrackedEvent], _ reasons: inout [FilterReason?]) {
        let clicks = events.indices.filter { events[$0].kind == .click }
        guard clicks.count >= linkCount else { return }
        for position in 0...(clicks.count - linkCount) {
            let from = events[clicks[position]].at
            guard events[clicks[position + linkCount - 1]].at - from <= linkSpan else { continue }
            for index in clicks[position]..<events.count where events[index].at - from <= linkSpan {
                if events[index].isFetch, reasons[index] == nil { reasons[index] = .everyLink }
            }
            var index = clicks[position] - 1
            while index >= 0, from - events[index].at <= linkSpan {
                if events[index].isFetch, reasons[index] == nil { reasons[index] = .everyLink }
                index -= 1
            }
        }
    }
}
