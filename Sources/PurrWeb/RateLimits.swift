/// How often one address may ask, kept in memory for as long as it matters.
actor RateLimits {
    /// A number of requests at once, and so many a second from then on.
    struct Rate: Sendable, Hashable {
        let name: String
        let burst: Double
        let perSecond: Double

        /// With a token that is ours: mail providers fetch for all their users from a few addresses.
        static let signed = Rate(name: "signed", burst: 20_000, perSecond: 100)
        /// Forms and pages, which anybody may send.
        static let reports = Rate(name: "reports", burst: 60, perSecond: 1)
        /// What is refused anyway: tokens that are not ours, bodies that say nothing.
        static let refused = Rate(name: "refused", burst: 200, perSecond: 5)
    }

    private struct Bucket {
        var left: Double
        var at: ContinuousClock.Instant
    }

    private struct Key: Hashable {
        let address: String
        let rate: String
    }

    private var buckets: [Key: Bucket] = [:]
    /// Memory for a botnet is bounded: beyond it, those who wait longest are forgotten.
    private static let mostBuckets = 20_000

    /// Takes one request from an address's share.
    ///
    /// - Returns: False when there is none left just now.
    func allows(_ address: String, _ rate: Rate, at now: ContinuousClock.Instant) -> Bool {
        let key = Key(address: address, rate: rate.name)
        var bucket = buckets[key] ?? Bucket(left: rate.burst, at: now)
        let passed = (now - bucket.at) / .seconds(1)
        bucket.left = min(rate.burst, bucket.left + max(0, passed) * rate.perSecond)
        bucket.at = now
        let isAllowed = bucket.left >= 1
        if isAllowed { bucket.left -= 1 }
        if buckets[key] == nil, buckets.count >= Self.mostBuckets { forget() }
        buckets[key] = bucket
        return isAllowed
    }

    private func forget() {
        let instants = buckets.values.map(\.at).sorted()
        let middle = instants[instants.count / 2]
        buckets = buckets.filter { $0.value.at > middle }
    }
}
