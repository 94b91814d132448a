import Foundation
import PurrSequences
import Testing

@Suite("A ramp-up")
struct RampUpTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)
    private func day(_ number: Double) -> Date { start + number * 86_400 }

    @Test("grows in equal steps a day up to the limit, and then ends")
    func growth() {
        let rampUp = RampUp(first: 10, days: 4, startedAt: start)
        let limits = [-1, 0, 0.99, 1, 2, 3, 3.99, 4, 400].map { rampUp.limit(50, at: day($0)) }
        #expect(limits == [10, 10, 10, 20, 30, 40, 40, 50, 50])
    }

    @Test("never falls and never passes the limit, whatever it is", arguments: [1, 3, 28, 365])
    func monotonous(days: Int) {
        for (first, limit) in [(1, 2), (10, 50), (7, 500), (50, 50), (80, 50)] {
            let rampUp = RampUp(first: first, days: days, startedAt: start)
            let all = (0...(days + 2)).map { rampUp.limit(limit, at: day(Double($0))) }
            #expect(zip(all, all.dropFirst()).allSatisfy { $0 <= $1 })
            #expect(all.allSatisfy { $0 <= limit && $0 >= min(first, limit) })
            #expect(all.last == limit)
        }
    }

    @Test("is read as it is typed")
    func reading() throws {
        let read = try #require(RampUp.read("10..50/4w", startedAt: start))
        #expect(read.rampUp == RampUp(first: 10, days: 28, startedAt: start) && read.limit == 50)
        #expect(RampUp.read("1..2/1d", startedAt: start)?.rampUp.days == 1)
        for text in [
            "", "10-50/4w", "50..10/4w", "10..10/4w", "0..5/4w", "1..5/0w", "1..5/400d", "1..5/4",
            "1..5/4m",
        ] {
            #expect(RampUp.read(text, startedAt: start) == nil, "\(text)")
        }
    }

    @Test("lets the next mail go when a step allows it, before the oldest is a day old")
    func nextFree() {
        var limits = SendingLimits(perDay: 4, perMinute: 9, bulkPerMinute: 9, minimumGap: 0, maximumGap: 0)
        limits.rampUp = RampUp(first: 2, days: 2, startedAt: start)
        let recent = [day(0.9), day(0.91)]
        #expect(limits.perDay(at: day(0.95)) == 2)
        let free = limits.nextFree(at: day(0.95), recent: recent, gapSeed: 1)
        #expect(free.date == day(1) && free.reason == .perDay)
        // Three are allowed on the second day, and four from the third on.
        let third = limits.nextFree(at: day(1.01), recent: recent + [day(1)], gapSeed: 1)
        #expect(third.date == day(1.9) && third.reason == .perDay)
        let fourth = limits.nextFree(at: day(1.95), recent: [day(1.5), day(1.6), day(1.7)], gapSeed: 1)
        #expect(fourth.date == day(2) && fourth.reason == .perDay)
        #expect(
            limits.nextFree(at: day(2), recent: [day(1.5), day(1.6), day(1.7)], gapSeed: 1).reason == nil)
    }

    @Test("is never exceeded in any 24 hours by more than the day's limit", arguments: 0..<20)
    func neverExceeded(_ seed: UInt64) {
        var numbers = SeededNumbers(seed: seed)
        var limits = SendingLimits(
            perDay: Int.random(in: 5...40, using: &numbers), perMinute: 100, minimumGap: 0, maximumGap: 0)
        limits.rampUp = RampUp(
            first: Int.random(in: 1...4, using: &numbers), days: Int.random(in: 1...10, using: &numbers),
            startedAt: start)
        var now = start
        var sends: [Date] = []
        while now < day(12) {
            let recent = sends.filter { $0 > now - 86_400 }
            let free = limits.nextFree(at: now, recent: recent, gapSeed: 0)
            guard free.date <= now else {
                now = free.date
                continue
            }
            #expect(recent.count < limits.perDay(at: now))
            sends.append(now)
            now += Double(Int.random(in: 1...9_000, using: &numbers))
        }
        #expect(sends.count { $0 < day(1) } <= limits.perDay(at: start) + 1)
    }

    @Test("is kept with the limits, and limits without one are read as before")
    func kept() throws {
        var limits = SendingLimits(perDay: 50)
        let old = try JSONEncoder().encode(limits)
        #expect(!String(decoding: old, as: UTF8.self).contains("rampUp"))
        limits.rampUp = RampUp(first: 10, days: 28, startedAt: start)
        let read = try JSONDecoder().decode(SendingLimits.self, from: JSONEncoder().encode(limits))
        #expect(read == limits)
        #expect(limits.warmingWords(at: start) == ", warming up to 50 until 2027-02-12")
        #expect(limits.warmingWords(at: day(30)) == "")
    }
}
