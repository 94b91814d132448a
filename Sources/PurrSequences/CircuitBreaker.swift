/// When a mailbox stops by itself and asks its user (spec S8.3).
package struct CircuitBreaker: Hashable, Sendable, Codable {
    package var bounces = 5
    /// Of the sends looked at.
    package var bouncedShare = 0.05
    package var complaints = 1
    package var policyRejections = 3

    package init() {}

    /// How many of the latest sends to look at.
    package static let span = 100

    /// What became of the latest sends.
    package struct Record: Hashable, Sendable {
        /// How many there are, at most ``CircuitBreaker/span``.
        package var sends: Int
        /// How many of those bounced.
        package var bounces: Int
        /// Complaints since the mailbox was last released.
        package var complaints: Int
        /// Refusals for reasons of policy (5.7.x) among those sends.
        package var policyRejections: Int

        package init(sends: Int, bounces: Int = 0, complaints: Int = 0, policyRejections: Int = 0) {
            self.sends = sends
            self.bounces = bounces
            self.complaints = complaints
            self.policyRejections = policyRejections
        }
    }

    /// Why the mailbox pauses.
    package enum Opening: String, Hashable, Sendable, Codable, CaseIterable {
        case complaint, policyRejections, bounces
    }

    /// - Returns: `nil` while the mailbox may go on; the gravest reason when several apply.
    package func verdict(on record: Record) -> Opening? {
        if record.complaints >= max(1, complaints) { return .complaint }
        if record.policyRejections >= max(1, policyRejections) { return .policyRejections }
        let isOften = Double(record.bounces) >= bouncedShare * Double(record.sends)
        return record.bounces >= max(1, bounces) && isOften ? .bounces : nil
    }
}
