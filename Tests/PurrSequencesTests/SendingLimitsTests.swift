import Foundation
import Testing

@testable import PurrSequences

@Suite("Sending limits")
struct SendingLimitsTests {
    let noon = Date(timeIntervalSince1970: 1_800_000_000)
    let calm = SendingLimits(perDay: 3, perMinute: 2, bulkPerMinute: 1, minimumGap: 0, maximumGap: 0)

    @Test("let a first mail go at once")
    func first() {
        let free = SendingLimits.standard.nextFree(at: noon, recent: [], gapSeed: 1)
        #expect(free.date == noon && free.reason == nil)
    }

    @Test("let the next one go when the oldest is a day old, to the second")
    func perDay() {
        let sends = [-80_000.0, -50_000, -20_000].map { noon + $0 }
        let free = calm.nextFree(at: noon, recent: sends, gapSeed: 1)
        #expect(free.date == noon + 6_400 && free.reason == .perDay)
        #expect(calm.nextFree(at: free.date, recent: sends, gapSeed: 1).reason == nil)
        #expect(calm.nextFree(at: noon, recent: Array(sends.dropFirst()), gapSeed: 1).reason == nil)
    }

    @Test("let the next one go when the minute has room")
    func perMinute() {
        let sends = [-50.0, -10].map { noon + $0 }
        let free = calm.nextFree(at: noon, recent: sends, gapSeed: 1)
        #expect(free.date == noon + 10 && free.reason == .perMinute)
        let bulk = calm.nextFree(at: noon, recent: sends, gapSeed: 1, pace: .bulk)
        #expect(bulk.date == noon + 50 && bulk.reason == .perMinute)
    }

    @Test("keep a gap that the seed alone decides")
    func gap() {
        let limits = SendingLimits(minimumGap: 2, maximumGap: 6)
        let gaps = (0..<200).map {
            limits.nextFree(at: noon, recent: [noon], gapSeed: $0).date.timeIntervalSince(noon)
        }
        #expect(gaps.allSatisfy { (2.0...6.0).contains($0) })
        #expect(
            gaps
                == (0..<200).map {
                    limits.nextFree(at: noon, recent: [noon], gapSeed: $0).date.timeIntervalSince(noon)
                })
        // Spread over the whole span, not stuck at one end.
        #expect((gaps.min() ?? 9) < 2.2 && (gaps.max() ?? 0) > 5.8)
    }

    @Test("are never exceeded in any span, whatever comes when", arguments: 0..<40)
    func neverExceeded(_ seed: UInt64) {
        var numbers = SeededNumbers(seed: seed)
        let limits = SendingLimits(
            perDay: Int.random(in: 1...30, using: &numbers),
            perMinute: Int.random(in: 1...5, using: &numbers),
            minimumGap: 1, maximumGap: 20)
        var now = noon
        var sends: [Date] = []
        for _ in 0..<400 {
            now +=
                Double.random(in: 0...5_000, using: &numbers) * (Bool.random(using: &numbers) ? 1 : 0.001)
            let recent = sends.filter { $0 > now - 86_400 }
            let free = limits.nextFree(at: now, recent: recent, gapSeed: numbers.next()).date
            #expect(free >= now)
            now = free
            sends.append(free)
        }
        for (index, send) in sends.enumerated() {
            #expect(sends[...index].count { $0 > send - 86_400 } <= limits.perDay)
            #expect(sends[...index].count { $0 > send - 60 } <= limits.perMinute)
        }
    }

    @Test("that make no sense are treated as the smallest that do")
    func nonsense() {
        let limits = SendingLimits(
            perDay: 0, perMinute: -5, bulkPerMinute: 0, minimumGap: -3, maximumGap: -9)
        let free = limits.nextFree(at: noon, recent: [noon - 10], gapSeed: 1)
        #expect(free.date == noon - 10 + 86_400)
    }

    @Test("slow down by halves while the provider asks for it")
    func slower() {
        #expect([0, 1, 2, 9].map { SendingLimits.standard.slowed(by: $0).perMinute } == [10, 5, 2, 1])
        #expect(SendingLimits.standard.slowed(by: 1).maximumGap == SendingLimits.standard.maximumGap * 2)
    }

    @Test("hold what is overdue by more than three days")
    func tooLate() {
        #expect(!SendingLimits.standard.isTooLate(due: noon, at: noon + 3 * 86_400))
        #expect(SendingLimits.standard.isTooLate(due: noon, at: noon + 3 * 86_400 + 1))
        #expect(!SendingLimits.standard.isTooLate(due: noon, at: noon - 9 * 86_400))
    }

    @Test("are lower for consumer Gmail")
    func perProvider() {
        #expect(SendingLimits.standard(forDomain: "GMail.com").perDay == 350)
        #expect(SendingLimits.standard(forDomain: "example.org").perDay == 500)
    }
}

@Suite("The circuit breaker")
struct CircuitBreakerTests {
    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var record: CircuitBreaker.Record
        var expected: CircuitBreaker.Opening?
    }

    @Test(
        "opens for what spec S8.3 names",
        arguments: [
            Example(testDescription: "nothing sent", record: .init(sends: 0), expected: nil),
            Example(
                testDescription: "four bounces of five", record: .init(sends: 5, bounces: 4), expected: nil),
            Example(
                testDescription: "five of a hundred", record: .init(sends: 100, bounces: 5),
                expected: .bounces),
            Example(
                testDescription: "five of a hundred and one", record: .init(sends: 101, bounces: 5),
                expected: nil),
            Example(
                testDescription: "one complaint", record: .init(sends: 100, complaints: 1),
                expected: .complaint),
            Example(
                testDescription: "two rejections", record: .init(sends: 3, policyRejections: 2),
                expected: nil),
            Example(
                testDescription: "three rejections", record: .init(sends: 3, policyRejections: 3),
                expected: .policyRejections),
            Example(
                testDescription: "everything at once",
                record: .init(sends: 9, bounces: 9, complaints: 9, policyRejections: 9),
                expected: .complaint),
        ])
    func opens(_ example: Example) {
        #expect(CircuitBreaker().verdict(on: example.record) == example.expected)
    }
}

@Suite("Backing off")
struct BackOffTests {
    let monday = Date(timeIntervalSince1970: 1_795_424_400)  // 2026-11-23 09:00 UTC

    @Test("waits five minutes, twice as long each time, and four hours at the most")
    func doubles() throws {
        var backOff = BackOff()
        backOff.jitter = 0
        backOff.extraDays = 30
        let waits = (1...8).map { attempts in
            backOff.nextAttempt(after: attempts, now: monday, due: monday, in: .utc, seed: 3)?
                .timeIntervalSince(monday)
        }
        #expect(waits == [300, 600, 1_200, 2_400, 4_800, 9_600, 14_400, 14_400])
    }

    @Test("is later by a part that the seed decides, and never earlier")
    func jitters() {
        let waits = (0..<100).compactMap {
            BackOff().nextAttempt(after: 1, now: monday, due: monday, in: .utc, seed: $0)?
                .timeIntervalSince(monday)
        }
        #expect(waits.count == 100 && Set(waits).count > 90)
        #expect(waits.allSatisfy { (300...375).contains($0) })
    }

    @Test("gives up at the midnight after the step's day and one more, in the contact's zone")
    func givesUp() throws {
        let oslo = try zone("Europe/Oslo")
        #expect(BackOff().end(of: monday, in: oslo) == (try utc("2026-11-24T23:00:00Z")))
        let late = try utc("2026-11-24T22:50:00Z")
        #expect(BackOff().nextAttempt(after: 1, now: late - 600, due: monday, in: oslo, seed: 1) != nil)
        #expect(BackOff().nextAttempt(after: 2, now: late, due: monday, in: oslo, seed: 1) == nil)
    }

    @Test("takes any number of attempts", arguments: [Int.min, -1, 0, 1_000, Int.max])
    func extremes(_ attempts: Int) {
        let next = BackOff().nextAttempt(after: attempts, now: monday, due: monday, in: .utc, seed: 1)
        #expect(next.map { $0 > monday } == true)
    }
}
