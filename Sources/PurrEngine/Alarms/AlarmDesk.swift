package import Foundation
internal import PurrMail
internal import PurrSequences
package import PurrStore

/// The durable side of alarms: facts in, changes and messages out, each step one transaction.
package struct AlarmDesk: Sendable {
    let store: Store
    private let vault: Vault
    private let rate: Double
    private let freeBytes: @Sendable () -> Int64?

    /// - Parameters:
    ///   - rate: How fast time runs; waits for servers are real.
    ///   - freeBytes: What is left on the data's disk; nil where that cannot be seen.
    package init(store: Store, vault: Vault, rate: Double, freeBytes: @escaping @Sendable () -> Int64?) {
        self.store = store
        self.vault = vault
        self.rate = rate
        self.freeBytes = freeBytes
    }

    // MARK: What holds

    /// Looks at everything, and plans what is to be said of what is new and of what is over.
    ///
    /// - Parameter since: When this process began to watch: what lies before was not its work.
    /// - Returns: How many alarms were raised and cleared.
    @discardableResult
    package func look(at now: Date, since: Date) throws -> (raised: Int, cleared: Int) {
        let free = freeBytes()
        // Read first: a look that finds nothing new writes nothing, and wakes no mailbox.
        let seen = try store.read { try changes(at: now, since: since, free: free, in: $0) }
        guard !seen.raised.isEmpty || !seen.cleared.isEmpty else { return (0, 0) }
        return try store.write { transaction in
            let changes = try changes(at: now, since: since, free: free, in: transaction)
            try apply(changes, at: now, in: transaction)
            return (changes.raised.count, changes.cleared.count)
        }
    }

    private func changes(at now: Date, since: Date, free: Int64?, in transaction: Transaction) throws
        -> AlarmChanges
    {
        let open = try transaction.openAlarms().compactMap(Alarm.Key.init)
        let facts = try transaction.alarmFacts(at: now, since: since, freeBytes: free)
        let rules = AlarmRules(try transaction.alarmLimits().scaled(by: rate))
        return AlarmChanges(holding: rules.alarms(given: facts, open: Set(open)), open: open)
    }

    private func apply(_ changes: AlarmChanges, at now: Date, in transaction: Transaction) throws {
        let targets = try transaction.alarmTargets().map(\.name)
        for record in try transaction.openAlarms() {
            guard let key = Alarm.Key(record), changes.cleared.contains(key),
                try transaction.clearAlarm(record.id, at: now)
            else { continue }
            // Whom it was said to hears of its end; who came later heard nothing of it.
            for told in try transaction.deliveries(of: record.id) where targets.contains(told.target) {
                try transaction.planDelivery(of: record.id, .cleared, to: told.target, at: now)
            }
        }
        for alarm in changes.raised {
            guard
                let id = try transaction.raiseAlarm(
                    kind: alarm.key.kind.rawValue, subject: alarm.key.subject, text: alarm.text,
                    advice: alarm.advice, at: now)
            else { continue }
            for target in targets { try transaction.planDelivery(of: id, .raised, to: target, at: now) }
        }
    }

    // MARK: What is to be said

    /// Puts in order what an earlier process left.
    package func start(at now: Date) throws {
        guard try store.read({ try $0.openDeliveries() }).contains(where: { $0.state == .sending }) else {
            return
        }
        try store.write { try $0.reviveDeliveries(at: now) }
    }

    /// The attempts that are to be made now, at most one for each target, each written down as begun.
    ///
    /// Messages by mail are handed to their mailbox here and are no errands.
    package func errands(at now: Date) throws -> [AlarmErrand] {
        let waiting = try store.read { try $0.openDeliveries() }
        guard waiting.contains(where: { $0.state == .queued || $0.state == .due && $0.dueAt <= now })
        else { return [] }
        return try store.write { transaction in
            var errands: [AlarmErrand] = []
            var seen: Set<String> = []
            for delivery in try transaction.openDeliveries() {
                if delivery.state == .queued {
                    try follow(delivery, at: now, in: transaction)
                    continue
                }
                // In order: the end of an alarm is not said before its beginning.
                guard seen.insert(delivery.target).inserted, delivery.state == .due, delivery.dueAt <= now
                else { continue }
                if let errand = try begin(delivery, at: now, in: transaction) { errands.append(errand) }
            }
            return errands
        }
    }

    /// Begins one attempt, and says what is left to do of it.
    func begin(_ delivery: AlarmDeliveryRecord, at now: Date, in transaction: Transaction) throws
        -> AlarmErrand?
    {
        func fail(_ words: String) throws -> AlarmErrand? {
            try transaction.settleDelivery(delivery.id, .failed, outcome: words, at: now)
            return nil
        }
        guard let alarm = try transaction.alarm(delivery.alarm),
            let record = try transaction.alarmTarget(delivery.target)
        else { return try fail("the target was removed") }
        guard let target = Document.value(AlarmTarget.self, from: record.document) else {
            return try fail("the target is damaged; add it again")
        }
        guard try transaction.beginDelivery(delivery.id, at: now) else { return nil }
        let message = AlarmMessage(delivery, alarm)
        switch target {
        case .mail(let mail):
            let words = try queue(message, of: delivery, mail, at: now, in: transaction)
            guard words == nil else { return try fail(words ?? "") }
            try transaction.settleDelivery(
                delivery.id, .queued, outcome: "waits for \(mail.from) to send it", at: now)
            return nil
        case .webhook:
            guard let secret = vault.openedText(record.secret, for: Self.label(of: record.name)) else {
                return try fail("the key does not open the webhook's secret; add the target again")
            }
            return AlarmErrand(delivery: delivery.id, message: message, target: target, secret: secret)
        case .command:
            return AlarmErrand(delivery: delivery.id, message: message, target: target, secret: nil)
        }
    }

    /// What a webhook's secret is sealed with.
    static func label(of target: String) -> String { "alarm target \(target)" }

    /// Hands a message to the mailbox that is to send it.
    ///
    /// - Returns: Why that cannot be; nil when it was done.
    private func queue(
        _ message: AlarmMessage, of delivery: AlarmDeliveryRecord, _ mail: AlarmTarget.Mail, at now: Date,
        in transaction: Transaction
    ) throws -> String? {
        guard let from = EmailAddress(mail.from), let to = EmailAddress(mail.to),
            let mailbox = try transaction.mailbox(sending: from)
        else { return "\(mail.from) is not connected" }
        let isWritten = try Notices(now: now).store(
            delivery.event == .test ? .test : .alarm, key: Self.noticeKey(of: delivery),
            subject: message.headline, lines: message.lines, mailbox: mailbox, to: to, at: now,
            in: transaction)
        return isWritten ? nil : "the mail could not be written"
    }

    private static func noticeKey(of delivery: AlarmDeliveryRecord) -> String { "alarm:\(delivery.id)" }

    /// Takes over what became of a message's mail.
    private func follow(_ delivery: AlarmDeliveryRecord, at now: Date, in transaction: Transaction) throws {
        guard let notice = try transaction.notice(withKey: Self.noticeKey(of: delivery)) else {
            return try transaction.settleDelivery(
                delivery.id, .failed, outcome: "its mail is gone", at: now)
        }
        let state: AlarmDeliveryRecord.State
        switch notice.state {
        case .prepared, .sending: return
        case .sent: state = .delivered
        case .unknown: state = .unknown
        case .failed, .dropped: state = .failed
        }
        let words = notice.state == .dropped ? "it could not be sent for too long" : notice.reply
        try transaction.settleDelivery(delivery.id, state, outcome: words, at: now)
    }

    /// Notes what came of an attempt.
    ///
    /// - Returns: How it stands now.
    @discardableResult
    package func record(_ verdict: AlarmVerdict, of errand: AlarmErrand, at now: Date) throws
        -> AlarmDeliveryRecord.State
    {
        try store.write { transaction in
            guard let delivery = try transaction.delivery(errand.delivery), delivery.state == .sending
            else { return .dropped }
            switch verdict {
            case .delivered(let words):
                try transaction.settleDelivery(delivery.id, .delivered, outcome: words, at: now)
                return .delivered
            case .cancelled:
                try transaction.settleDelivery(
                    delivery.id, .due, outcome: "Purr stopped meanwhile", at: now, dueAt: now)
                return .due
            case .failed(let words):
                let next = AlarmBackOff.next(
                    after: delivery.attempts, began: delivery.beganAt ?? now, now: now, rate: rate)
                try transaction.settleDelivery(
                    delivery.id, next == nil ? .failed : .due, outcome: words, at: now, dueAt: next)
                return next == nil ? .failed : .due
            }
        }
    }
}

extension Alarm.Key {
    /// - Returns: Nil for a kind that this Purr does not know.
    init?(_ record: AlarmRecord) {
        guard let kind = AlarmKind(rawValue: record.kind) else { return nil }
        self.init(kind, record.subject)
    }
}
