package import Foundation
internal import PurrMail
internal import PurrSequences
internal import PurrStore

/// One enrollment as people see it.
package struct EnrollmentReport: Sendable, Encodable {
    /// Where it stands (spec S4).
    package enum State: String, Sendable, Encodable, CaseIterable {
        /// Its step is due now, or its mail under way.
        case active
        /// Goes on by itself; the reason is a ``WaitReason``.
        case waiting
        case paused, held, finished, unenrolled
    }

    /// A mail that left.
    package struct Sent: Sendable, Encodable {
        /// As people count, from 1.
        @OrNull package var step: Int?
        package let stepId: String
        /// The id that Purr gave it.
        package let messageId: String
        /// The id under which its copy was seen in the mailbox; null until it was.
        @OrNull package var wireId: String?
        package let subject: String
        @OrNull package var at: Date?
        @OrNull package var inReplyTo: String?
    }

    package let id: Int64
    package let contact: String
    package let sequence: String
    package let version: Int
    package let from: String
    package let zone: String
    package let state: State
    /// A ``WaitReason``, ``HoldReason`` or ``EndReason``, by state.
    @OrNull package var reason: String?
    /// The reason in words.
    @OrNull package var detail: String?
    /// What a person can do, when it is held.
    @OrNull package var advice: String?
    @OrNull package var nextStep: Int?
    @OrNull package var nextStepId: String?
    @OrNull package var nextAt: Date?
    package let sent: [Sent]
    package let enrolledAt: Date
    @OrNull package var endedAt: Date?
}

/// Looks up what reports need, each thing once.
struct EnrollmentReader {
    let transaction: Transaction
    let now: Date
    private var sequences: [SequenceID: SequenceRecord] = [:]
    private var versions: [SequenceID: [Int: SequenceVersion]] = [:]
    private let standings: Standings

    init(_ transaction: Transaction, now: Date) throws {
        self.transaction = transaction
        self.now = now
        standings = try Standings(transaction, now: now)
    }

    mutating func report(_ record: EnrollmentRecord) throws -> EnrollmentReport {
        let version = try version(of: record)
        let (state, reason, detail) = standings.standing(of: record)
        let hold = state == .held ? reason.flatMap(HoldReason.init(rawValue:)) : nil
        let email = try transaction.contact(record.contact)?.email.text ?? ""
        let isOpen = record.state.isOpen
        return EnrollmentReport(
            id: record.id.rawValue, contact: email, sequence: try sequence(record.sequence)?.name ?? "",
            version: record.version, from: record.sender.text, zone: record.zone.identifier, state: state,
            reason: reason,
            detail: detail, advice: hold?.advice.replacing("EMAIL", with: email),
            nextStep: isOpen ? record.nextStep.flatMap { version?.number(of: $0) } : nil,
            nextStepId: isOpen ? record.nextStep?.rawValue : nil, nextAt: nextAt(of: record),
            sent: try transaction.journal(of: record.id).filter { $0.state == .sent }.map {
                sent($0, in: version)
            },
            enrolledAt: record.createdAt, endedAt: record.endedAt)
    }

    /// The end of the wait, the mailbox's limits included; while paused or held, nothing is planned.
    private func nextAt(of record: EnrollmentRecord) -> Date? {
        // Until when a task holds it, its owner alone knows.
        guard record.state == .active, record.awaitsTask == nil, let next = record.nextAt else {
            return nil
        }
        guard next <= now else { return next }
        return standings.mailboxes[record.mailbox]?.nextFree(after: now) ?? next
    }

    private func sent(_ entry: JournalEntry, in version: SequenceVersion?) -> EnrollmentReport.Sent {
        let wireID = entry.wireID ?? (entry.filing == .seen ? entry.messageID : nil)
        return EnrollmentReport.Sent(
            step: version?.number(of: entry.step), stepId: entry.step.rawValue,
            messageId: entry.messageID.description,
            wireId: wireID?.description, subject: entry.subject, at: entry.sentAt,
            inReplyTo: entry.inReplyTo?.description)
    }

    private mutating func sequence(_ id: SequenceID) throws -> SequenceRecord? {
        if let known = sequences[id] { return known }
        sequences[id] = try transaction.sequence(id)
        return sequences[id]
    }

    mutating func version(of record: EnrollmentRecord) throws -> SequenceVersion? {
        if let known = versions[record.sequence]?[record.version] { return known }
        let version = try transaction.document(of: record.sequence, version: record.version)
            .flatMap { Document.value(SequenceVersion.self, from: $0) }
        versions[record.sequence, default: [:]][record.version] = version
        return version
    }
}

extension Commands {
    /// Every enrollment, oldest first, handed out one by one: there may be a million.
    package func enrollments(
        in state: EnrollmentReport.State? = nil, each: (EnrollmentReport) throws -> Void
    ) throws {
        try look { transaction in
            var reader = try EnrollmentReader(transaction, now: now)
            var last: EnrollmentID?
            while case let page = try transaction.enrollments(after: last, limit: 500), !page.isEmpty {
                last = page.last?.id
                for record in page {
                    let report = try reader.report(record)
                    if state == nil || report.state == state { try each(report) }
                }
            }
        }
    }

    /// What is held, oldest first, with what to do about it.
    package func held() throws -> [EnrollmentReport] {
        try look { transaction in
            var reader = try EnrollmentReader(transaction, now: now)
            var reports: [EnrollmentReport] = []
            var last: EnrollmentID?
            while case let page = try transaction.enrollments(in: .held, after: last, limit: 500),
                !page.isEmpty
            {
                last = page.last?.id
                for record in page { reports.append(try reader.report(record)) }
            }
            return reports
        }
    }
}

/// A value that JSON shows as null, instead of leaving its key out.
@propertyWrapper
package struct OrNull<Value: Encodable & Sendable>: Encodable, Sendable {
    package var wrappedValue: Value?

    package init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
    }
}

extension OrNull: Equatable where Value: Equatable {}
extension OrNull: Hashable where Value: Hashable {}
