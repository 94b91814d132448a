package import Foundation

/// How fast one mailbox may send (spec S8.1).
package struct SendingLimits: Hashable, Sendable {
    /// The most in any 24 hours, by hand included; at least 1.
    package var perDay: Int
    /// The most in any 60 seconds; at least 1.
    package var perMinute: Int
    /// The most in any 60 seconds for bulk enrollments; at least 1.
    package var bulkPerMinute: Int
    /// Seconds that pass between two sends at the least.
    package var minimumGap: Double
    /// Seconds that the random gap between two sends reaches at the most.
    package var maximumGap: Double
    /// A step overdue by more days than this is held, not sent (spec S8.2).
    package var holdAfterDays: Int
    /// The way up to ``perDay`` of a mailbox that is new; nil where there is none.
    package var rampUp: RampUp?

    package init(
        perDay: Int = 500, perMinute: Int = 10, bulkPerMinute: Int = 3, minimumGap: Double = 1,
        maximumGap: Double = 8, holdAfterDays: Int = 3, rampUp: RampUp? = nil
    ) {
        self.perDay = perDay
        self.perMinute = perMinute
        self.bulkPerMinute = bulkPerMinute
        self.minimumGap = minimumGap
        self.maximumGap = maximumGap
        self.holdAfterDays = holdAfterDays
        self.rampUp = rampUp
    }

    package static let standard = SendingLimits()
    package static let gmailConsumer = SendingLimits(perDay: 350)
    /// For benchmarks and mail hosts of one's own: no limit that is felt.
    package static let unlimited = SendingLimits(
        perDay: 1_000_000_000, perMinute: 1_000_000_000, bulkPerMinute: 1_000_000_000, minimumGap: 0,
        maximumGap: 0)

    /// The limits to begin with for a mailbox of that domain.
    package static func standard(forDomain domain: String) -> SendingLimits {
        ["gmail.com", "googlemail.com"].contains(domain.lowercased()) ? .gmailConsumer : .standard
    }
}

extension SendingLimits {
    /// Which limit a send waits for, the longest wait first named.
    package enum Reason: String, Hashable, Sendable, Codable, CaseIterable {
        case perDay, perMinute, gap
    }

    /// Whether a send belongs to a bulk enrollment, which goes slower.
    package enum Pace: Hashable, Sendable { case single, bulk }

    /// The first instant at or after `now` at which one more may be sent.
    ///
    /// Rolling: a send counts against the day for 24 hours and against the minute for 60 seconds, and no
    /// longer. Mail sent by hand counts towards the day and the minute like any other.
    ///
    /// - Parameters:
    ///   - recent: Every send of the last 24 hours, rising.
    ///   - gapSeed: Draws the gap after the last of them; the same seed gives the same gap.
    /// - Returns: `now` and no reason when nothing stands in the way.
    package func nextFree(
        at now: Date, recent: [Date], gapSeed: UInt64, pace: Pace = .single
    ) -> (date: Date, reason: Reason?) {
        var free = nextFree(
            at: now, dayLimit: perDay(at: now), recent: recent, gapSeed: gapSeed, pace: pace)
        // A ramp-up lets more go before the oldest mail is a day old.
        var step = rampUp?.nextStep(after: now)
        while free.reason == .perDay, let moment = step, moment < free.date {
            let limit = perDay(at: moment)
            let sooner = nextFree(at: moment, dayLimit: limit, recent: recent, gapSeed: gapSeed, pace: pace)
            free = (sooner.date, sooner.reason ?? .perDay)
            step = rampUp?.nextStep(after: moment)
            if sooner.reason == nil { break }
        }
        return free
    }

    /// The most in the 24 hours before that time.
    package func perDay(at now: Date) -> Int { rampUp?.limit(perDay, at: now) ?? perDay }

    private func nextFree(
        at now: Date, dayLimit: Int, recent: [Date], gapSeed: UInt64, pace: Pace
    ) -> (date: Date, reason: Reason?) {
        var free = now
        var reason: Reason?
        func wait(until date: Date, for cause: Reason) {
            if date > free { (free, reason) = (date, cause) }
        }
        let minuteLimit = mostPerMinute(at: pace)
        if let oldest = send(dayLimit, before: recent) { wait(until: oldest + 86_400, for: .perDay) }
        if let oldest = send(minuteLimit, before: recent) { wait(until: oldest + 60, for: .perMinute) }
        if let last = recent.last { wait(until: last + gap(seed: gapSeed), for: .gap) }
        return (free, reason)
    }

    /// The most in any 60 seconds: the smallest limit wins.
    package func mostPerMinute(at pace: Pace) -> Int {
        pace == .bulk ? min(bulkPerMinute, perMinute) : perMinute
    }

    /// Whether a step is so long overdue that a person has to look at it first (spec S8.2).
    package func isTooLate(due: Date, at now: Date) -> Bool {
        now > due + Double(max(0, holdAfterDays)) * 86_400
    }

    /// Slower than a sixteenth of the usual pace a mailbox does not become.
    package static let slowestLevel = 4

    /// The limits to keep while the provider answers 4xx: half as fast for each level.
    package func slowed(by level: Int) -> SendingLimits {
        let factor = 1 << min(max(level, 0), Self.slowestLevel)
        var slower = self
        slower.perMinute = max(1, perMinute / factor)
        slower.bulkPerMinute = max(1, bulkPerMinute / factor)
        slower.minimumGap = minimumGap * Double(factor)
        slower.maximumGap = maximumGap * Double(factor)
        return slower
    }

    /// The send that has to be out of the span before another may go: the n-th from the end.
    private func send(_ limit: Int, before recent: [Date]) -> Date? {
        let limit = max(1, limit)
        return recent.count < limit ? nil : recent[recent.count - limit]
    }

    private func gap(seed: UInt64) -> TimeInterval {
        var numbers = SeededNumbers(seed: seed)
        let shortest = max(0, minimumGap)
        return shortest + max(0, maximumGap - shortest) * numbers.fraction()
    }
}

extension SendingLimits: Codable {
    private enum CodingKeys: String, CodingKey {
        case perDay, perMinute, bulkPerMinute, minimumGap, maximumGap, holdAfterDays, rampUp
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let standard = SendingLimits.standard
        func number<Value: Decodable>(_ key: CodingKeys, else value: Value) throws -> Value {
            try container.decodeIfPresent(Value.self, forKey: key) ?? value
        }
        self.init(
            perDay: try number(.perDay, else: standard.perDay),
            perMinute: try number(.perMinute, else: standard.perMinute),
            bulkPerMinute: try number(.bulkPerMinute, else: standard.bulkPerMinute),
            minimumGap: try number(.minimumGap, else: standard.minimumGap),
            maximumGap: try number(.maximumGap, else: standard.maximumGap),
            holdAfterDays: try number(.holdAfterDays, else: standard.holdAfterDays),
            rampUp: try container.decodeIfPresent(RampUp.self, forKey: .rampUp))
    }
}
