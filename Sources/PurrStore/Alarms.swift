package import Foundation
package import PurrSequences

/// What an ``AlarmID`` identifies: one time a condition held.
package enum AlarmSubject {}
package typealias AlarmID = Identifier<AlarmSubject>

/// What an ``AlarmDeliveryID`` identifies: one message about an alarm to one target.
package enum AlarmDeliverySubject {}
package typealias AlarmDeliveryID = Identifier<AlarmDeliverySubject>

/// Where alarms go, as the database keeps it.
package struct AlarmTargetRecord: Sendable, Hashable {
    package let name: String
    /// `mail`, `webhook` or `command`.
    package let kind: String
    /// JSON, opaque here.
    package let document: String
    /// Sealed; empty for none.
    package let secret: [UInt8]
    package let createdAt: Date

    package init(name: String, kind: String, document: String, secret: [UInt8], createdAt: Date) {
        self.name = name
        self.kind = kind
        self.document = document
        self.secret = secret
        self.createdAt = createdAt
    }
}

/// A condition that holds, or held.
package struct AlarmRecord: Sendable, Hashable {
    package let id: AlarmID
    package let kind: String
    /// What it is about; empty for the whole of Purr.
    package let subject: String
    package let text: String
    /// What to do about it, in one sentence.
    package let advice: String
    package let raisedAt: Date
    /// Nil while it holds.
    package let clearedAt: Date?
}

/// One message about an alarm to one target, with what became of it.
package struct AlarmDeliveryRecord: Sendable, Hashable {
    package let id: AlarmDeliveryID
    package let alarm: AlarmID
    package let event: Event
    package let target: String
    package let state: State
    package let attempts: Int
    package let dueAt: Date
    /// The first attempt.
    package let beganAt: Date?
    package let doneAt: Date?
    /// What the other side said last.
    package let outcome: String

    package enum Event: String, Sendable, Codable, CaseIterable { case raised, cleared, test }

    /// `due → sending → delivered | due (again) | failed`; by mail `due → queued → delivered | unknown | failed`.
    ///
    /// `dropped` is one whose target was removed before.
    package enum State: String, Sendable, Codable, CaseIterable {
        case due, sending, queued, delivered, unknown, failed, dropped
    }
}

extension Transaction {
    // MARK: Targets

    package func alarmTargets() throws -> [AlarmTargetRecord] {
        try rows("SELECT name, kind, document, secret, created_at FROM alarm_target ORDER BY name")
            .map(AlarmTargetRecord.init(columns:))
    }

    package func alarmTarget(_ name: String) throws -> AlarmTargetRecord? {
        try row("SELECT name, kind, document, secret, created_at FROM alarm_target WHERE name = ?1", name)
            .map(AlarmTargetRecord.init(columns:))
    }

    /// Adds a target, or puts another in the place of the one of that name.
    package func setAlarmTarget(_ target: AlarmTargetRecord) throws {
        try execute(
            """
            INSERT INTO alarm_target (name, kind, document, secret, created_at) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (name) DO UPDATE
               SET kind = excluded.kind, document = excluded.document, secret = excluded.secret
            """, target.name, target.kind, target.document, Data(target.secret),
            target.createdAt.milliseconds)
    }

    /// Removes a target, and drops what was still to be said to it.
    ///
    /// - Returns: Whether there was one of that name.
    package func removeAlarmTarget(_ name: String) throws -> Bool {
        guard try row("DELETE FROM alarm_target WHERE name = ?1 RETURNING name", name) != nil else {
            return false
        }
        try execute(
            """
            UPDATE alarm_delivery SET state = 'dropped', outcome = 'the target was removed'
             WHERE target = ?1 AND state IN ('due', 'sending')
            """, name)
        return true
    }

    // MARK: Alarms

    private static let alarmColumns = "id, kind, subject, text, advice, raised_at, cleared_at"

    /// What holds now, oldest first.
    package func openAlarms() throws -> [AlarmRecord] {
        try rows("SELECT \(Self.alarmColumns) FROM alarm WHERE cleared_at = 0 ORDER BY id")
            .map(AlarmRecord.init(columns:))
    }

    package func alarm(_ id: AlarmID) throws -> AlarmRecord? {
        try row("SELECT \(Self.alarmColumns) FROM alarm WHERE id = ?1", id.rawValue)
            .map(AlarmRecord.init(columns:))
    }

    /// The latest alarms, newest first.
    package func alarms(limit: Int) throws -> [AlarmRecord] {
        try rows("SELECT \(Self.alarmColumns) FROM alarm ORDER BY id DESC LIMIT ?1", limit)
            .map(AlarmRecord.init(columns:))
    }

    /// Notes that a condition holds.
    ///
    /// - Returns: Nil when it is known to hold already.
    package func raiseAlarm(
        kind: String, subject: String, text: String, advice: String, at now: Date
    ) throws -> AlarmID? {
        try row(
            """
            INSERT INTO alarm (kind, subject, text, advice, raised_at) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (kind, subject) WHERE cleared_at = 0 DO NOTHING
            RETURNING id
            """, kind, subject, text, advice, now.milliseconds
        ).map { AlarmID(rawValue: $0.integer(0)) }
    }

    /// Notes that a condition is over.
    ///
    /// - Returns: False when it was over before.
    package func clearAlarm(_ id: AlarmID, at now: Date) throws -> Bool {
        try row(
            "UPDATE alarm SET cleared_at = ?2 WHERE id = ?1 AND cleared_at = 0 RETURNING id", id.rawValue,
            now.milliseconds) != nil
    }

    // MARK: Deliveries

    private static let deliveryColumns =
        "id, alarm_id, event, target, state, attempts, due_at, began_at, done_at, outcome"

    /// Plans one message, once for each alarm, event and target.
    @discardableResult
    package func planDelivery(
        of alarm: AlarmID, _ event: AlarmDeliveryRecord.Event, to target: String, at now: Date
    ) throws -> AlarmDeliveryID? {
        try row(
            """
            INSERT INTO alarm_delivery (alarm_id, event, target, due_at) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (alarm_id, event, target) DO NOTHING
            RETURNING id
            """, alarm.rawValue, event.rawValue, target, now.milliseconds
        ).map { AlarmDeliveryID(rawValue: $0.integer(0)) }
    }

    /// Everything that is not settled, in the order in which it is to be said.
    package func openDeliveries() throws -> [AlarmDeliveryRecord] {
        try rows(
            """
            SELECT \(Self.deliveryColumns)
              FROM alarm_delivery
             WHERE state IN ('due', 'sending', 'queued')
             ORDER BY id
            """
        ).compactMap(AlarmDeliveryRecord.init(columns:))
    }

    package func delivery(_ id: AlarmDeliveryID) throws -> AlarmDeliveryRecord? {
        try row("SELECT \(Self.deliveryColumns) FROM alarm_delivery WHERE id = ?1", id.rawValue)
            .flatMap(AlarmDeliveryRecord.init(columns:))
    }

    package func deliveries(of alarm: AlarmID) throws -> [AlarmDeliveryRecord] {
        try rows(
            "SELECT \(Self.deliveryColumns) FROM alarm_delivery WHERE alarm_id = ?1 ORDER BY id",
            alarm.rawValue
        ).compactMap(AlarmDeliveryRecord.init(columns:))
    }

    /// The last durable word before a message leaves; the attempt counts.
    ///
    /// - Returns: False when it is no longer due.
    package func beginDelivery(_ id: AlarmDeliveryID, at now: Date) throws -> Bool {
        try row(
            """
            UPDATE alarm_delivery
               SET state = 'sending', attempts = attempts + 1,
                   began_at = CASE WHEN began_at = 0 THEN ?2 ELSE began_at END
             WHERE id = ?1 AND state = 'due'
            RETURNING id
            """, id.rawValue, now.milliseconds) != nil
    }

    /// Notes what came of an attempt.
    ///
    /// - Parameter dueAt: When to try again, for one that is put back.
    package func settleDelivery(
        _ id: AlarmDeliveryID, _ state: AlarmDeliveryRecord.State, outcome: String, at now: Date,
        dueAt: Date? = nil
    ) throws {
        try execute(
            """
            UPDATE alarm_delivery
               SET state = ?2, outcome = ?3, due_at = CASE WHEN ?5 = 0 THEN due_at ELSE ?5 END,
                   done_at = CASE WHEN ?2 IN ('delivered', 'unknown', 'failed') THEN ?4 ELSE 0 END
             WHERE id = ?1
            """, id.rawValue, state.rawValue, outcome, now.milliseconds, dueAt?.milliseconds ?? 0)
    }

    /// What was being said when a process stopped is said again: twice is better than not at all.
    package func reviveDeliveries(at now: Date) throws {
        try execute(
            "UPDATE alarm_delivery SET state = 'due', due_at = ?1 WHERE state = 'sending'",
            now.milliseconds)
    }

    /// The notice that carries a message by mail; nil when there is none.
    package func notice(withKey key: String) throws -> (state: NoticeRecord.State, reply: String)? {
        try row("SELECT state, reply FROM notice WHERE key = ?1", key).flatMap { row in
            NoticeRecord.State(rawValue: row.text(0)).map { ($0, row.text(1)) }
        }
    }

    // MARK: Facts

    /// How many enrollments are held, by mailbox and reason.
    package func heldCounts() throws -> [(mailbox: MailboxID, reason: String, count: Int)] {
        try rows(
            """
            SELECT mailbox_id, reason, count(*)
              FROM enrollment
             WHERE state = 'held'
             GROUP BY mailbox_id, reason
             ORDER BY mailbox_id, reason
            """
        ).map { (MailboxID(rawValue: $0.integer(0)), $0.text(1), $0.int(2)) }
    }

    /// Why the mailbox's servers cannot be used, by the machine's own name for it; empty when they can.
    package func failureReason(of id: MailboxID) throws -> String {
        try row("SELECT failure_reason FROM mailbox WHERE id = ?1 AND failing_since <> 0", id.rawValue)?
            .text(0) ?? ""
    }

    /// How many mails of a mailbox are due now.
    package func dueMails(of mailbox: MailboxID, at now: Date) throws -> Int {
        try row(
            """
            SELECT count(*)
              FROM enrollment
             WHERE state = 'active' AND is_in_doubt = 0 AND is_task = 0 AND mailbox_id = ?1
               AND is_first IN (0, 1) AND next_at <= ?2
            """, mailbox.rawValue, now.milliseconds)?.int(0) ?? 0
    }

    /// How many mails a mailbox has sent in all, by machine.
    package func sentInAll(by mailbox: MailboxID) throws -> Int {
        try row("SELECT count(*) FROM journal WHERE mailbox_id = ?1 AND state = 'sent'", mailbox.rawValue)?
            .int(0) ?? 0
    }

    /// How many mails have an outcome that nobody knows yet.
    package func openOutcomes(of mailbox: MailboxID) throws -> Int {
        try row(
            "SELECT count(*) FROM journal WHERE mailbox_id = ?1 AND state IN ('sending', 'unknown')",
            mailbox.rawValue)?.int(0) ?? 0
    }
}

extension AlarmTargetRecord {
    fileprivate init(columns: Columns) {
        self.init(
            name: columns.text(0), kind: columns.text(1), document: columns.text(2),
            secret: columns.bytes(3), createdAt: columns.instant(4))
    }
}

extension AlarmRecord {
    fileprivate init(columns: Columns) {
        self.init(
            id: AlarmID(rawValue: columns.integer(0)), kind: columns.text(1), subject: columns.text(2),
            text: columns.text(3), advice: columns.text(4), raisedAt: columns.instant(5),
            clearedAt: columns.optionalInstant(6))
    }
}

extension AlarmDeliveryRecord {
    fileprivate init?(columns: Columns) {
        guard let event = Event(rawValue: columns.text(2)), let state = State(rawValue: columns.text(4))
        else { return nil }
        self.init(
            id: AlarmDeliveryID(rawValue: columns.integer(0)),
            alarm: AlarmID(rawValue: columns.integer(1)),
            event: event, target: columns.text(3), state: state, attempts: columns.int(5),
            dueAt: columns.instant(6), beganAt: columns.optionalInstant(7),
            doneAt: columns.optionalInstant(8), outcome: columns.text(9))
    }
}
