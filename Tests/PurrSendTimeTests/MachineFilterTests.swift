import Testing

@testable import PurrSendTime

private let day = 86_400
private let monday = 4 * day

private func reasons(_ events: [TrackedEvent], _ level: Attention.Level = .contact) -> [FilterReason?] {
    MachineFilter.reasons(for: events, of: level, until: 10_000 * day)
}

@Suite("T2: machine opens")
struct MachineFilterTests {
    @Test(
        "are told by what one event shows",
        arguments: [
            (TrackedEvent(.open, at: monday + 5, sentAt: monday), FilterReason.prefetch),
            (TrackedEvent(.click, at: monday + 59, sentAt: monday), .prefetch),
            (TrackedEvent(.open, at: monday + 60, sentAt: monday), nil),
            (TrackedEvent(.reply, at: monday + 5, sentAt: monday), nil),
            (TrackedEvent(.open, at: monday - 1, sentAt: monday), .beforeSent),
            (TrackedEvent(.open, at: -1), .before1970),
            (TrackedEvent(.wrote, at: 10_001 * day), .future),
            (TrackedEvent(.open, at: monday, agent: "Mozilla/5.0"), .privacyProxy),
            (TrackedEvent(.open, at: monday, agent: "Barracuda Sentinel (EE)"), .scanner),
            (TrackedEvent(.click, at: monday, agent: "python-requests/2.31"), .scanner),
            (TrackedEvent(.wrote, at: monday, agent: "curl/8"), nil),
            (
                TrackedEvent(
                    .open, at: monday, agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/132.0"),
                nil
            ),
            (TrackedEvent(.open, at: monday + 900, sentAt: monday, agent: "GoogleImageProxy"), nil),
        ])
    func single(_ event: TrackedEvent, _ expected: FilterReason?) {
        #expect(reasons([event]) == [expected])
    }

    @Test("of an agent that prefetches are machine also when they are late")
    func prefetchingAgent() {
        let events = [3, 700, 8, 4].enumerated().map { index, delay in
            TrackedEvent(
                .open, at: monday + index * day + delay, sentAt: monday + index * day, agent: "Proxy/1")
        }
        #expect(reasons(events) == [.prefetch, .prefetchingAgent, .prefetch, .prefetch])
    }

    @Test("of a machine with a person's browser are told from the person's, which come much later")
    func sharedAgent() {
        let delays = [3, 9_000, 8, 40_000, 5, 700]
        let events = delays.enumerated().map { index, delay in
            TrackedEvent(
                .open, at: monday + index * day + delay, sentAt: monday + index * day, agent: "Browser/1")
        }
        #expect(reasons(events) == [.prefetch, nil, .prefetch, nil, .prefetch, .prefetchingAgent])
    }

    @Test("of many recipients in one second are one machine; of two they may be people")
    func bursts() {
        let events = (0..<5).map { TrackedEvent(.open, at: monday + ($0 < 3 ? 500 : 900), sentAt: monday) }
        #expect(reasons(events, .mailbox) == [.manyAtOnce, .manyAtOnce, .manyAtOnce, nil, nil])
    }

    @Test("come with clicks on every link")
    func everyLink() {
        var events = [TrackedEvent(.open, at: monday + 600, sentAt: monday)]
        events += (0..<4).map { TrackedEvent(.click, at: monday + 601 + $0, sentAt: monday) }
        events.append(TrackedEvent(.click, at: monday + 5_000, sentAt: monday))
        #expect(reasons(events) == [.everyLink, .everyLink, .everyLink, .everyLink, .everyLink, nil])
    }

    @Test("come like clockwork, at three each night or an hour after each delivery")
    func clockwork() {
        // The working day of a person, and a scanner.
        var events = (0..<20).map { index in
            TrackedEvent(
                .open, at: monday + index * day + 36_000 + index * 1_237 % 9_000,
                sentAt: monday + index * day)
        }
        let nightly = (0..<6).map { TrackedEvent(.open, at: monday + $0 * day + 10_800 + $0 * 5) }
        let hourly = (0..<6).map { index in
            let sentAt = monday + index * day + index * 4_321
            return TrackedEvent(.open, at: sentAt + 3_600 + index, sentAt: sentAt)
        }
        events = (events + nightly + hourly).sorted { $0.at < $1.at }
        let found = zip(events, reasons(events))
        #expect(found.filter { $0.1 == .clockwork }.map(\.0) == nightly)
        #expect(found.filter { $0.1 == .constantDelay }.map(\.0) == hourly)
    }

    @Test("are not found in times that are known to the half-hour only")
    func coarse() {
        let events = (0..<30).map { TrackedEvent(.open, at: monday + $0 * day + 36_000 + $0 % 4 * 1_800) }
        #expect(reasons(events).allSatisfy { $0 == nil })
    }

    @Test("are found in the times of hardly any person: of 400, fewer than ten lose any of fifty opens")
    func people() {
        let harmed = (1...400).count { seed in
            // Opens within two hours of each other, by SplitMix64.
            var state = UInt64(seed)
            let events = (0..<50).map { index in
                state &+= 0x9E37_79B9_7F4A_7C15
                var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
                mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
                return TrackedEvent(
                    .open, at: monday + index * day + 33_000 + Int((mixed ^ (mixed >> 31)) % 7_000))
            }
            return reasons(events).contains { $0 != nil }
        }
        #expect(harmed < 10)
    }

    @Test("leave the choice where it was: a scanner's clock is not learnt")
    func choiceStays() {
        let person = (0..<20).map {
            TrackedEvent(
                .open, at: monday + $0 * day + 54_000 + $0 * 97, sentAt: monday + $0 * day + 32_400)
        }
        let machine = (0..<12).map {
            TrackedEvent(.open, at: monday + $0 * day + 32_404 + $0, sentAt: monday + $0 * day + 32_400)
        }
        func minute(_ events: [TrackedEvent]) -> Int {
            var evidence = SendTime.Evidence()
            _ = evidence.contact.record(events, until: 10_000 * day)
            return SendTime.choose(
                evidence: evidence, window: (540, 1_020), weekday: 2, previous: 600, seed: 5
            ).minute
        }
        #expect(minute(person + machine) == minute(person))
    }

    @Test("and events given twice count once, in any order")
    func duplicates() {
        let events = (0..<9).map {
            TrackedEvent(.open, at: monday + $0 * day + $0 * 997, sentAt: monday + $0 * day - 999)
        }
        var once = Attention(.contact)
        var twice = Attention(.contact)
        let none = once.record(events, until: 10_000 * day)
        let filtered = twice.record(Array((events + events).reversed()), until: 10_000 * day)
        #expect(once == twice)
        #expect(none.isEmpty)
        #expect(filtered == [.duplicate: 9])
    }
}
