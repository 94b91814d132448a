import Testing

@testable import PurrSendTime

/// Tuesday, the third week of 1970, as wall time.
func wall(_ day: Int, _ hour: Int, _ minute: Int = 0) -> WallMinute {
    WallMinute((day * 24 + hour) * 60 + minute)
}

/// A contact who opens a mail of nine o'clock at that hour, on working days.
func reader(at hour: Int, days: Range<Int> = 0..<40) -> Attention {
    var attention = Attention(.contact)
    for day in days where day % 7 < 5 {
        attention.record(.open, at: wall(day, hour, day % 30), since: wall(day, 9))
    }
    return attention
}

private let office = (start: 540, end: 1_020)

private func choice(
    _ evidence: SendTime.Evidence, window: (start: Int, end: Int) = office, weekday: Int = 1,
    previous: Int = 600,
    seed: UInt64 = 1
) -> SendTime.Choice {
    SendTime.choose(evidence: evidence, window: window, weekday: weekday, previous: previous, seed: seed)
}

@Suite("The best minute")
struct SendTimeTests {
    @Test("T1: replies and own mail weigh more than opens, and need no pixel")
    func kinds() {
        var attention = Attention(.contact)
        for day in 0..<5 {
            attention.record(.open, at: wall(day, 9, 30))
            attention.record(.wrote, at: wall(day, 15, 30))
        }
        let minute = choice(.init(contact: attention)).minute
        #expect((12 * 60...15 * 60).contains(minute))
    }

    @Test("T3: what is opened late in the day is not learnt as the hour of our own sending")
    func atRisk() {
        // All mails go at nine: two hours of waiting show that the contact is not there in the morning.
        let evidence = SendTime.Evidence(contact: reader(at: 15))
        #expect((12 * 60...15 * 60 + 30).contains(choice(evidence).minute))
    }

    @Test("T3: as many opens after a long wait are worth more than after a short one")
    func exposure() {
        var attention = Attention(.contact)
        // At eight and at three equally often, but in the morning each mail had waited all night.
        for day in 0..<12 {
            attention.record(.open, at: wall(7 * day, 8, 10), since: wall(7 * day - 1, 16))
            attention.record(.open, at: wall(7 * day + 2, 15, 10), since: wall(7 * day + 2, 15))
        }
        #expect(
            choice(.init(contact: attention), window: (start: 300, end: 1_020), weekday: 2).minute > 11 * 60
        )
    }

    @Test("T3: with few moments the choice is close to the parent's")
    func shrinking() {
        var company = Attention(.company)
        for day in 0..<60 { company.record(.wrote, at: wall(day, 16, 10)) }
        var contact = Attention(.contact)
        let parent = choice(.init(company: company)).minute
        contact.record(.open, at: wall(1, 10), since: wall(1, 9))
        let one = choice(.init(contact: contact, company: company)).minute
        // Passed over in the afternoon before, each time.
        for day in 7..<80 { contact.record(.open, at: wall(day, 9, day % 30), since: wall(day - 1, 14)) }
        let many = choice(.init(contact: contact, company: company)).minute
        #expect(abs(one - parent) <= 45)
        #expect(many < 10 * 60)
    }

    @Test("T3: a habit that changed is followed within two weeks, and one that lasts is kept")
    func decay() {
        var attention = reader(at: 16, days: 0..<200)
        let before = choice(.init(contact: attention)).minute
        for day in 200..<214 {
            attention.record(.open, at: wall(day, 9, 40), since: wall(day - 1, 14))
        }
        let after = choice(.init(contact: attention)).minute
        #expect(before > 12 * 60)
        #expect(after < 10 * 60)
    }

    @Test("T3: a session of ten moments is one habit, not ten")
    func sessions() {
        var attention = Attention(.contact)
        for day in 0..<6 { attention.record(.wrote, at: wall(day, 15, 10)) }
        for minute in 0..<10 { attention.record(.wrote, at: wall(7, 9, minute)) }
        #expect(attention.sessions == 7)
        #expect(choice(.init(contact: attention)).minute > 11 * 60)
    }

    @Test("T3: the score of a slot is the attention after it, not that of its minute")
    func hoursAfter() {
        // Attention at eleven and from one to three: the slot that catches all of it comes before.
        var attention = Attention(.contact)
        for day in 0..<30 { attention.record(.wrote, at: wall(day, [11, 13, 14][day % 3], 20)) }
        #expect((10 * 60...11 * 60 + 30).contains(choice(.init(contact: attention)).minute))
    }

    @Test("T3: an evening that no slot reaches pulls the slot there only while little is known")
    func detail() {
        // Two of three at 22:40, five hours and more after the window's end, the others at ten.
        func written(_ days: Int) -> SendTime.Evidence {
            var attention = Attention(.contact)
            for day in 0..<days {
                attention.record(.wrote, at: day % 3 == 0 ? wall(day, 10, 10) : wall(day, 22, 40))
            }
            return .init(contact: attention)
        }
        #expect(choice(written(12)).minute > 16 * 60)
        #expect(choice(written(200)).minute < 10 * 60 + 10)
    }

    @Test(
        "T4: without evidence the minute before is kept, moved into the window",
        arguments: [0, 540, 777, 1_439])
    func noEvidence(previous: Int) {
        let kept = choice(.init(), previous: previous)
        #expect(kept.minute == slot(previousMinute: previous, window: office))
        #expect(kept.reason == .previous && kept.score == 1)
    }

    @Test("T5: the seed spreads a batch over minutes that are as good, and the same seed gives the same")
    func spread() {
        let evidence = SendTime.Evidence(contact: reader(at: 13))
        let minutes = (0..<200).map { choice(evidence, seed: $0).minute }
        #expect(Set(minutes).count > 5)
        #expect(minutes == (0..<200).map { choice(evidence, seed: $0).minute })
        let scores = SlotScores(evidence: evidence, weekday: 1, window: office)
        let best = (540...1_020).map { scores.score(of: $0) }.max() ?? 0
        #expect(minutes.allSatisfy { scores.score(of: $0) >= best * 0.995 })
    }

    @Test("T6: where a slot is full the next best is offered, and none when all are")
    func alternatives() {
        let evidence = SendTime.Evidence(contact: reader(at: 15))
        func offered(_ taken: [Int]) -> [SendTime.Choice] {
            SendTime.alternatives(
                evidence: evidence, window: office, weekday: 1, previous: 600, taken: taken)
        }
        let all = offered([])
        #expect(all.count == 33)
        #expect(abs(all[0].minute - choice(evidence).minute) <= 60)
        #expect(offered([all[0].minute])[0].minute == all[1].minute)
        #expect(offered(all.map(\.minute)).isEmpty)
        let idle = SendTime.alternatives(
            evidence: .init(), window: office, weekday: 1, previous: 600, taken: [600])
        #expect(idle.first?.minute == 585)
    }

    @Test("T7: the answer tells how much better than an even choice it is")
    func score() {
        #expect(choice(.init(contact: reader(at: 15))).score > 1.3)
    }

    @Test("T8, T9: the minute lies in the window, whatever the window, the weekday and the seed")
    func inWindow() {
        let evidence = SendTime.Evidence(contact: reader(at: 23), mailbox: reader(at: 3))
        for (start, end) in [(0, 0), (0, 1_439), (599, 600), (1_439, 1_439), (1_410, 1_430), (15, 44)] {
            for weekday in 0..<7 {
                for seed in 0..<UInt64(5) {
                    let chosen = choice(evidence, window: (start, end), weekday: weekday, seed: seed).minute
                    #expect((start...end).contains(chosen))
                }
            }
        }
    }

    @Test("T9: evidence that is weeks older in all its parts gives the same choice")
    func weeksLater() {
        func shifted(_ weeks: Int) -> SendTime.Choice {
            var attention = Attention(.contact)
            for day in 0..<30 {
                attention.record(
                    .open, at: wall(day + 7 * weeks, 8 + day % 7), since: wall(day + 7 * weeks, 2 + day % 5)
                )
            }
            return choice(.init(contact: attention))
        }
        #expect(shifted(0) == shifted(2_900))
    }

    @Test("T9: evidence keeps its size, and comes back from its bytes as it was")
    func bytes() throws {
        for level in Attention.Level.allCases {
            var attention = Attention(level)
            #expect(Attention(bytes: attention.bytes) == attention)
            for event in 0..<3_000 {
                attention.record(.open, at: wall(event, event % 24), since: wall(event - 2, 9))
            }
            #expect(attention.bytes.count <= 5_700)
            let restored = try #require(Attention(bytes: attention.bytes))
            #expect(restored == attention)
            #expect(Attention(bytes: attention.bytes.dropLast()) == nil)
            #expect(Attention(bytes: attention.bytes + [0]) == nil)
        }
        #expect(Attention(bytes: []) == nil)
        #expect(Attention(bytes: [9, 0]) == nil)
    }

    @Test("survives times at the ends of the calendar")
    func extremes() {
        var attention = Attention(.contact)
        for at in [Int.min, -1, 0, 1, Int.max] {
            attention.record(.open, at: WallMinute(at), since: WallMinute(.min))
            attention.record(.click, at: WallMinute(seconds: at), since: WallMinute(.max))
        }
        #expect((540...1_020).contains(choice(.init(contact: attention)).minute))
    }

    @Test("gives this minute on every machine")
    func pinned() {
        var attention = Attention(.contact)
        for day in 0..<50 {
            attention.record(.open, at: wall(day, 7 + day * 5 % 13, day * 7 % 60), since: wall(day, 6))
        }
        let chosen = choice(.init(contact: attention), seed: 42)
        #expect(chosen.minute == 1_019)
        #expect(chosen.score.bitPattern == 1_075_808_842)
    }
}
