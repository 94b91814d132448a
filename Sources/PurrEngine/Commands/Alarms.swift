package import Foundation
package import PurrMail
internal import PurrSequences
internal import PurrStore

/// A target of alarms as people look at it; its secret stays where it is.
package struct AlarmTargetReport: Sendable, Encodable {
    package let name: String
    package let kind: String
    package let leadsTo: String
}

/// An alarm as people look at it.
package struct AlarmReport: Sendable, Encodable {
    package let id: Int64
    package let kind: String
    package let subject: String
    package let text: String
    package let advice: String
    package let raisedAt: Date
    @OrNull package var clearedAt: Date?
    package let deliveries: [Delivery]

    package struct Delivery: Sendable, Encodable {
        package let event: String
        package let target: String
        package let state: String
        package let attempts: Int
        @OrNull package var doneAt: Date?
        /// When it is tried again; null when it is settled.
        @OrNull package var dueAt: Date?
        package let outcome: String
    }
}

/// What is to be different about the limits of alarms; nil leaves one as it is.
package struct AlarmLimitsChange: Sendable {
    package var unreachableMinutes: Int?
    package var loginRefusedMinutes: Int?
    package var overdueMinutes: Int?
    package var backupHours: Int?
    package var freeMegabytes: Int?

    package init() {}
}

/// The limits of alarms as people look at them.
package struct AlarmLimitsReport: Sendable, Encodable {
    package let unreachableMinutes: Int
    package let loginRefusedMinutes: Int
    package let overdueMinutes: Int
    package let backupHours: Int
    package let freeMegabytes: Int
}

extension Commands {
    /// All targets by name.
    package func alarmTargets() throws -> [AlarmTargetReport] {
        try look { transaction in
            try transaction.alarmTargets().map { record in
                AlarmTargetReport(
                    name: record.name, kind: record.kind,
                    leadsTo: Document.value(AlarmTarget.self, from: record.document)?.summary
                        ?? "damaged: add it again")
            }
        }
    }

    /// Adds a target that gets a mail from a connected mailbox.
    package func addAlarmMail(_ name: String, from: EmailAddress, to: EmailAddress) throws {
        try change { transaction in
            let mailbox = try mailbox(from, in: transaction)
            try add(
                name, .mail(AlarmTarget.Mail(from: mailbox.address.text, to: to.text)), secret: [],
                in: transaction)
        }
    }

    /// Adds a target that gets a signed post.
    ///
    /// - Parameter secret: What is signed with; sealed before it is kept (spec M7.2).
    package func addAlarmWebhook(
        _ name: String, _ webhook: AlarmTarget.Webhook, secret: String, vault: Vault
    ) throws {
        guard secret.utf8.count >= 16 else {
            throw CommandError(
                .badData, "The secret is too short to protect anything: take one of at least 16 bytes.")
        }
        let sealed = try vault.sealed(text: secret, for: AlarmDesk.label(of: name))
        try change { try add(name, .webhook(webhook), secret: sealed, in: $0) }
    }

    /// Adds a target that is a program of one's own.
    package func addAlarmCommand(_ name: String, _ program: AlarmTarget.Program) throws {
        guard let path = program.arguments.first, path.hasPrefix("/") else {
            throw CommandError(
                .usage, "The command is named by its whole path, such as /usr/local/bin/page-me.")
        }
        guard (1...60).contains(program.seconds) else {
            throw CommandError(.usage, "--timeout should be a number of seconds from 1 to 60.")
        }
        guard !program.arguments.contains(where: { $0.utf8.contains(0) }) else {
            throw CommandError(.usage, "An argument of the command holds a NUL byte.")
        }
        try change { try add(name, .command(program), secret: [], in: $0) }
    }

    private func add(
        _ name: String, _ target: AlarmTarget, secret: [UInt8], in transaction: Transaction
    ) throws {
        guard (1...40).contains(name.utf8.count),
            name.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D })
        else {
            throw CommandError(
                .usage,
                "The name of a target has 1 to 40 small letters, digits and hyphens, such as \"my-phone\".")
        }
        guard try transaction.alarmTarget(name) == nil else {
            throw CommandError(
                .badData,
                "There is a target \"\(name)\" already; take another name, or remove it first: purr alarm remove \(name)."
            )
        }
        try transaction.setAlarmTarget(
            AlarmTargetRecord(
                name: name, kind: target.kind, document: Document.text(of: target), secret: secret,
                createdAt: now))
        // What holds already is said to it as well: nobody else may be listening.
        for alarm in try transaction.openAlarms() {
            try transaction.planDelivery(of: alarm.id, .raised, to: name, at: now)
        }
    }

    /// Removes a target; what was still to be said to it is dropped.
    package func removeAlarmTarget(_ name: String) throws {
        try change { transaction in
            guard try transaction.removeAlarmTarget(name) else {
                throw CommandError(
                    .badData, "There is no alarm target \"\(name)\". See: purr alarm list.")
            }
        }
    }

    /// Alarms that hold now, oldest first.
    package func openAlarms() throws -> [AlarmReport] {
        try look { transaction in
            try transaction.openAlarms().map { try report($0, in: transaction) }
        }
    }

    /// The latest alarms and what became of each message, newest first.
    package func alarmHistory(limit: Int) throws -> [AlarmReport] {
        try look { transaction in
            try transaction.alarms(limit: limit).map { try report($0, in: transaction) }
        }
    }

    func report(_ alarm: AlarmRecord, in transaction: Transaction) throws -> AlarmReport {
        AlarmReport(
            id: alarm.id.rawValue, kind: alarm.kind, subject: alarm.subject, text: alarm.text,
            advice: alarm.advice, raisedAt: alarm.raisedAt, clearedAt: alarm.clearedAt,
            deliveries: try transaction.deliveries(of: alarm.id).map { one in
                AlarmReport.Delivery(
                    event: one.event.rawValue, target: one.target, state: one.state.rawValue,
                    attempts: one.attempts, doneAt: one.doneAt,
                    dueAt: one.state == .due ? one.dueAt : nil, outcome: one.outcome)
            })
    }

    /// The limits beyond which a thing is an alarm.
    package func alarmLimits() throws -> AlarmLimitsReport {
        try look { Self.report(try $0.alarmLimits()) }
    }

    /// Changes limits, or takes them back to what they come with.
    package func setAlarmLimits(_ change: AlarmLimitsChange) throws -> AlarmLimitsReport {
        func minutes(_ value: Int, _ name: String) throws -> TimeInterval {
            guard (0...43_200).contains(value) else {
                throw CommandError(.usage, "\(name) should be a number of minutes from 0 to 43200.")
            }
            return Double(value) * 60
        }
        return try self.change { transaction in
            var limits = try transaction.alarmLimits()
            if let value = change.unreachableMinutes {
                limits.unreachable = try minutes(value, "--unreachable")
            }
            if let value = change.loginRefusedMinutes {
                limits.loginRefused = try minutes(value, "--login-refused")
            }
            if let value = change.overdueMinutes { limits.overdue = try minutes(value, "--overdue") }
            if let value = change.backupHours {
                guard (1...8_760).contains(value) else {
                    throw CommandError(.usage, "--backup should be a number of hours from 1 to 8760.")
                }
                limits.backup = Double(value) * 3_600
            }
            if let value = change.freeMegabytes {
                guard (0...10_000_000).contains(value) else {
                    throw CommandError(.usage, "--free should be a number of megabytes from 0 to 10000000.")
                }
                limits.freeBytes = Int64(value) << 20
            }
            try transaction.setAlarmLimits(limits)
            return Self.report(limits)
        }
    }

    private static func report(_ limits: AlarmLimits) -> AlarmLimitsReport {
        AlarmLimitsReport(
            unreachableMinutes: Int(limits.unreachable / 60),
            loginRefusedMinutes: Int(limits.loginRefused / 60), overdueMinutes: Int(limits.overdue / 60),
            backupHours: Int(limits.backup / 3_600), freeMegabytes: Int(limits.freeBytes >> 20))
    }
}
