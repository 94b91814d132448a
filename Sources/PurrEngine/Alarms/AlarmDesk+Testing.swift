package import Foundation
internal import PurrStore

// Trying a target: made once, at once, by whoever asks.
extension AlarmDesk {
    /// Begins a test of a target, as if an alarm were raised.
    ///
    /// - Returns: The attempt that whoever asked is to make; nil when the message waits for its mailbox.
    package func test(_ name: String, at now: Date) throws -> AlarmErrand? {
        let own = OwnRefusal()
        do {
            return try store.write { transaction in
                guard try transaction.alarmTarget(name) != nil else {
                    own.error = CommandError(
                        .badData, "There is no alarm target \"\(name)\". See: purr alarm list.")
                    throw StoreError(.other, "no target")
                }
                let subject = "\(name) \(now.milliseconds)"
                guard
                    let id = try transaction.raiseAlarm(
                        kind: AlarmKind.test.rawValue, subject: subject,
                        text: "This is a test of the alarm target \(name).",
                        advice: "Nothing is to be done.",
                        at: now)
                else { throw StoreError(.busy, "The same test was begun a moment ago; try again.") }
                _ = try transaction.clearAlarm(id, at: now)
                guard let planned = try transaction.planDelivery(of: id, .test, to: name, at: now),
                    let delivery = try transaction.delivery(planned)
                else { throw StoreError(.other, "The test could not be planned.") }
                let errand = try begin(delivery, at: now, in: transaction)
                if errand == nil, let settled = try transaction.delivery(planned), settled.state == .failed
                {
                    own.error = CommandError(.configuration, "The test failed: \(settled.outcome).")
                    throw StoreError(.other, "failed")
                }
                return errand
            }
        } catch { throw own.error ?? error }
    }

    /// Notes what came of a test; it is made once.
    package func recordTest(_ verdict: AlarmVerdict, of errand: AlarmErrand, at now: Date) throws {
        try store.write { transaction in
            switch verdict {
            case .delivered(let words):
                try transaction.settleDelivery(errand.delivery, .delivered, outcome: words, at: now)
            case .failed(let words):
                try transaction.settleDelivery(errand.delivery, .failed, outcome: words, at: now)
            case .cancelled:
                try transaction.settleDelivery(errand.delivery, .failed, outcome: "interrupted", at: now)
            }
        }
    }

    /// Carries a refusal of ours past the store, which would take it for the database's.
    private final class OwnRefusal { var error: CommandError? }
}
