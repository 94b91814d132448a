@testable import PurrWeb
import Testing

/// How often one address may ask.
@Suite("The share of requests of an address")
struct RateLimitsTests {
    private let rate = RateLimits.Rate(name: "test", burst: 3, perSecond: 0.5)

    @Test("is spent at once, grows back with time, and never beyond its whole")
    func growsBack() async {
        let rates = RateLimits()
        let start = ContinuousClock.now
        var allowed: [Bool] = []
        for second in [0, 0, 0, 0, 1, 2, 2, 3_600, 3_600, 3_600, 3_600] {
            allowed.append(await rates.allows("203.0.113.7", rate, at: start + .seconds(second)))
        }
        #expect(
            allowed == [true, true, true, false, false, true, false, true, true, true, false])
        #expect(await rates.allows("203.0.113.8", rate, at: start), "another address has its own")
    }
}
