package import Foundation
package import PurrMail
package import PurrSequences
internal import PurrReplies
internal import PurrStore

/// What a look into the mailbox brought back into the database.
package struct RecoveryReport: Sendable, Encodable {
    package struct Person: Sendable, Encodable {
        package enum Outcome: String, Sendable, Encodable {
            /// Goes on at ``nextAt``.
            case goesOn
            /// Waits for a person: the next step may have been sent.
            case held
            case finished
            /// Ended by what lies in the mailbox: an answer, an opt-out, a bounce.
            case ended
        }

        package let contact: String
        package let sequence: String
        /// How many of its mails were found in Sent.
        package let mails: Int
        package let outcome: Outcome
        /// Why it ended, or is held.
        @OrNull package var reason: String?
        @OrNull package var nextStep: String?
        @OrNull package var nextAt: Date?
    }

    package let mailbox: String
    /// Mails in Sent that the database did not know.
    package var found = 0
    /// How many of them it knows by now.
    package var placed = 0
    /// Why the others could not be placed, as sentences.
    package var unplaced: [String] = []
    /// Enrollments made anew.
    package var rebuilt = 0
    /// Enrollments held because their step may have been sent.
    package var held = 0
    package var people: [Person] = []
}

/// How a mailbox's data is brought up to what lies in the mailbox.
package struct RecoveryRequest: Sendable {
    package var mailbox: EmailAddress
    /// Whether mail is believed that bears another key's signature, or none.
    package var trustsSent = false
    /// Whether everything under way is held, not only what was due.
    package var holdsAll = false
    /// Whether the whole database was lost: what fell due after the last mail goes on by itself.
    package var isRebuild = false
    /// The zone of who has none.
    package var defaultZone = Zone.utc

    package init(mailbox: EmailAddress) { self.mailbox = mailbox }
}

// After a restored backup, a second copy, or the loss of everything (spec sending M5.4): the mailbox says what
// was sent. First the folders are read, then `place` enters what was found and has the folders read again, so
// that answers find it; `settle` lets go on what is certain.
extension Commands {
    /// Enters the mails that were found in Sent; everything that they touch, and whatever may have been sent
    /// besides, is held until ``settle(_:)``.
    ///
    /// Doing it twice changes nothing.
    ///
    /// - Returns: Whether anything was entered, so that the folders are to be read again for its answers.
    package func place(_ request: RecoveryRequest) throws -> (report: RecoveryReport, isToBeReadAgain: Bool)
    {
        try change { transaction in
            let mailbox = try self.mailbox(request.mailbox, in: transaction)
            let strays = try transaction.straySends(of: mailbox.id)
            var report = RecoveryReport(mailbox: mailbox.address.text)
            report.found = strays.count
            if request.isRebuild { try refuseStrangers(strays, request, mailbox, in: transaction) }
            var placing = Placing(
                request: request, mailbox: mailbox, own: try ownKeys(mailbox, in: transaction),
                sequences: try transaction.sequences(), now: now)
            for stray in strays { try placing.place(stray, in: transaction) }
            report.placed = placing.placed
            report.unplaced = placing.reasons
            report.rebuilt = placing.made.count
            try holdDoubtful(request, mailbox, made: placing.made, in: transaction)
            // An answer may name nothing but the id of a mail that was not known when it was read. Those made
            // anew in an attempt that was broken off count as well.
            let isToBeReadAgain =
                try placing.placed > 0
                || transaction.openEnrollments(of: mailbox.id).contains(where: isMadeAnew)
            if isToBeReadAgain { try transaction.readAgain(mailbox.id) }
            return (report, isToBeReadAgain)
        }
    }

    /// Refuses a mailbox in which only others have sent, or whose mail bears another key.
    private func refuseStrangers(
        _ strays: [StraySend], _ request: RecoveryRequest, _ mailbox: MailboxRecord,
        in transaction: Transaction
    ) throws {
        guard !strays.isEmpty else { return }
        let own = try ownKeys(mailbox, in: transaction)
        guard strays.contains(where: { own.contains($0.sender.key) }) else {
            throw CommandError(
                .badData,
                "What Purr has sent from this mailbox was sent by somebody else (\(strays[0].sender)); connect the mailbox with that address or as its alias, or name another one."
            )
        }
        guard request.trustsSent || strays.contains(where: \.isSigned) else {
            throw CommandError(
                .configuration,
                "The mails in Sent bear the signature of another key: give the key that Purr had (--key FILE) or, if it is lost and Sent is yours alone, --trust-sent."
            )
        }
    }

    /// Not those of other mailboxes: what one has sent may lie in another's Sent, copied there.
    private func ownKeys(_ mailbox: MailboxRecord, in transaction: Transaction) throws -> Set<String> {
        Set([mailbox.address.key] + (try transaction.aliases(of: mailbox.id)))
    }

    /// Holds what may have been sent though no copy of it was found.
    private func holdDoubtful(
        _ request: RecoveryRequest, _ mailbox: MailboxRecord, made: Set<EnrollmentID>,
        in transaction: Transaction
    ) throws {
        for enrollment in try transaction.openEnrollments(of: mailbox.id) where enrollment.state == .active
        {
            let isDue = enrollment.nextAt.map { $0 <= now } ?? false
            guard made.contains(enrollment.id) || isDue || request.holdsAll else { continue }
            let label = try enrollment.nextStep.map { try transaction.label(of: $0, in: enrollment.id) }
            let detail =
                made.contains(enrollment.id)
                ? Self.madeAnew
                : "\(label ?? "The next step") may have been sent by another copy of this data"
            guard try transaction.hold(enrollment.id, because: .recovered, detail: detail, at: now),
                !made.contains(enrollment.id)
            else { continue }
            try transaction.append(
                Event(
                    at: now, .held, mailbox: mailbox.id, enrollment: enrollment.id,
                    "\(detail). \(HoldReason.recovered.advice)"))
        }
    }

    private func isMadeAnew(_ enrollment: EnrollmentRecord) -> Bool {
        enrollment.state == .held && enrollment.reason == HoldReason.recovered.rawValue
            && enrollment.detail == Self.madeAnew
    }

    private static let madeAnew = "made anew from Sent; the mailbox is read for answers"

    /// Lets go on what is certain, and lets the mailbox send again under a new epoch.
    ///
    /// - Parameter report: What ``place(_:)`` said.
    package func settle(_ request: RecoveryRequest, _ report: RecoveryReport) throws -> RecoveryReport {
        try change { transaction in
            let mailbox = try self.mailbox(request.mailbox, in: transaction)
            var report = report
            let enrollments = try allEnrollments(of: mailbox.id, in: transaction)
            // What fell due up to then ought to have been sent, and there is no copy of it.
            let last =
                try enrollments.compactMap { try transaction.lastSent(of: $0.id) }.max() ?? .distantPast
            for enrollment in enrollments where isMadeAnew(enrollment) {
                try settle(enrollment, last: last, request, in: transaction)
            }
            var guarding = try transaction.mailboxGuard(of: mailbox.id)
            let why = guarding.detail
            guarding.trouble = nil
            guarding.detail = ""
            guarding.since = nil
            guarding.epoch = max(guarding.epoch, guarding.seenEpoch)
            guarding.token = ""
            guarding.pending = ""
            guarding.isRaiseDue = true
            try transaction.save(guarding, of: mailbox.id)
            try transaction.append(
                Event(
                    at: now, .recovered, mailbox: mailbox.id,
                    "The mailbox was recovered: \(report.placed) mails that were found in Sent count as sent.\(why.isEmpty ? "" : " Before: \(why)")"
                ))
            var reader = try EnrollmentReader(transaction, now: now)
            for enrollment in try allEnrollments(of: mailbox.id, in: transaction) {
                let isHeld =
                    enrollment.state == .held && enrollment.reason == HoldReason.recovered.rawValue
                if isHeld { report.held += 1 }
                let journal = try transaction.journal(of: enrollment.id)
                // Only what the look into the mailbox had to do with.
                let found = try journal.count { try transaction.isStray($0.messageID, of: mailbox.id) }
                guard found > 0 || isHeld else { continue }
                report.people.append(try person(enrollment, mails: found, &reader))
            }
            return report
        }
    }

    private func settle(
        _ enrollment: EnrollmentRecord, last: Date, _ request: RecoveryRequest, in transaction: Transaction
    ) throws {
        // Read before this was made anew, it counted for an earlier enrollment of theirs.
        let people: [Judgement.Kind] = [.human, .calendar, .unsubscribe, .left]
        if try transaction.hasAnswer(to: enrollment, of: people.map(\.rawValue)) {
            let detail = "They have written since the mail that was found in Sent."
            guard try transaction.unenroll(enrollment.id, because: .replied, detail: detail, at: now) else {
                return
            }
            return try transaction.append(
                Event(
                    at: now, .answered, mailbox: enrollment.mailbox, enrollment: enrollment.id,
                    "\(detail) Nothing more is sent to them."))
        }
        let due = enrollment.nextAt ?? now
        let isCertain =
            request.isRebuild ? due > last.addingTimeInterval(Self.filingTime) : due > now
        guard isCertain, !request.holdsAll else {
            let label = try enrollment.nextStep.map { try transaction.label(of: $0, in: enrollment.id) }
            let detail = "\(label ?? "The next step") may have been sent before the data was lost"
            // Held anew, in other words.
            try transaction.resume(enrollment.id, from: .held, at: due, now: now)
            try transaction.hold(enrollment.id, because: .recovered, detail: detail, at: now)
            return try transaction.append(
                Event(
                    at: now, .held, mailbox: enrollment.mailbox, enrollment: enrollment.id,
                    "\(detail). \(HoldReason.recovered.advice)"))
        }
        let start = max(due, try opening(for: enrollment, in: transaction))
        try transaction.resume(enrollment.id, from: .held, at: start, now: now)
        let wall = enrollment.zone.wall(of: start)
        try transaction.append(
            Event(
                at: now, .released, mailbox: enrollment.mailbox, enrollment: enrollment.id,
                "Goes on where Sent shows that it was; the next step is due on \(wall.day) at \(wall.second.asClock) in \(enrollment.zone)."
            ))
    }

    /// How long after a mail its copy may come into Sent: fifteen minutes.
    private static let filingTime: TimeInterval = 900

    private func allEnrollments(of mailbox: MailboxID, in transaction: Transaction) throws
        -> [EnrollmentRecord]
    {
        var found: [EnrollmentRecord] = []
        var last: EnrollmentID?
        while case let page = try transaction.enrollments(after: last, limit: 500), !page.isEmpty {
            last = page.last?.id
            found += page.filter { $0.mailbox == mailbox }
        }
        return found
    }

    private func person(_ enrollment: EnrollmentRecord, mails: Int, _ reader: inout EnrollmentReader) throws
        -> RecoveryReport.Person
    {
        let report = try reader.report(enrollment)
        let outcome: RecoveryReport.Person.Outcome =
            switch enrollment.state {
            case .active, .paused: .goesOn
            case .held: .held
            case .finished: .finished
            case .unenrolled: .ended
            }
        return RecoveryReport.Person(
            contact: report.contact, sequence: report.sequence, mails: mails, outcome: outcome,
            reason: outcome == .goesOn || enrollment.reason.isEmpty ? nil : enrollment.reason,
            nextStep: enrollment.nextStep?.rawValue,
            nextAt: enrollment.state == .active ? enrollment.nextAt : nil)
    }

    /// The mailboxes that send nothing until they are recovered.
    package func stoppedMailboxes() throws -> [EmailAddress] {
        try look { transaction in
            try transaction.mailboxes().filter {
                try transaction.mailboxGuard(of: $0.id).trouble != nil
            }.map(\.address)
        }
    }

    /// Has the mailbox's folders read from the beginning, as far back as is asked for.
    package func readAgain(_ address: EmailAddress) throws {
        try change { transaction in
            try transaction.readAgain(try self.mailbox(address, in: transaction).id)
        }
    }
}

/// Enters mails that were found in Sent, the oldest first.
private struct Placing {
    let request: RecoveryRequest
    let mailbox: MailboxRecord
    let own: Set<String>
    let sequences: [SequenceRecord]
    let now: Date
    var placed = 0
    var made: Set<EnrollmentID> = []
    private var unplaced: [String: Int] = [:]

    init(
        request: RecoveryRequest, mailbox: MailboxRecord, own: Set<String>, sequences: [SequenceRecord],
        now: Date
    ) {
        self.request = request
        self.mailbox = mailbox
        self.own = own
        self.sequences = sequences
        self.now = now
    }

    var reasons: [String] { unplaced.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" } }

    mutating func place(_ stray: StraySend, in transaction: Transaction) throws {
        guard stray.isSigned || request.trustsSent else {
            return leave("It bears the signature of another key: --key FILE, or --trust-sent.")
        }
        guard own.contains(stray.sender.key) else { return leave("Somebody else sent it.") }
        guard let mark = StepMark(stray.mark) else { return leave("Its mark cannot be read.") }
        guard let enrollment = try enrollment(of: stray, mark, in: transaction) else { return }
        guard let version = try KnownVersions().version(of: enrollment, in: transaction),
            let step = version.steps.first(where: {
                MailMarks.hash(of: $0.id.rawValue, in: stray.threadRoot) == mark.stepHash
            })
        else { return leave("Its step is none of the sequence as it is here.") }
        placed += 1
        try transaction.setPlaced(stray, of: mailbox.id)
        guard try transaction.enter(stray, of: enrollment.id, step: step.id, mailbox: mailbox.id) else {
            return
        }
        try transaction.append(
            Event(
                at: now, .found, mailbox: mailbox.id, enrollment: enrollment.id,
                "\(version.label(of: step.id)) was found in Sent and counts as sent.",
                evidence: [
                    "messageId": stray.messageID.text, "sent": stray.sentAt.formatted(.iso8601),
                ]))
        guard let present = try transaction.enrollment(enrollment.id), present.state.isOpen else { return }
        // A step before the one that comes next was counted already.
        let next = present.nextStep.flatMap { version.number(of: $0) } ?? 1
        guard (version.number(of: step.id) ?? 1) >= next else { return }
        try Outcomes(mailbox: mailbox.id, now: now).advance(
            enrollment.id, past: step.id, at: stray.sentAt, in: transaction)
    }

    /// The enrollment that a mail is of, made anew where it is not known.
    private mutating func enrollment(
        of stray: StraySend, _ mark: StepMark, in transaction: Transaction
    ) throws -> EnrollmentRecord? {
        if let known = try transaction.enrollment(withThreadRoot: stray.threadRoot) { return known }
        guard
            let sequence = sequences.first(where: {
                MailMarks.hash(of: $0.name, in: stray.threadRoot) == mark.sequenceHash
            }),
            let version = try transaction.document(of: sequence.id, version: sequence.version)
                .flatMap({ Document.value(SequenceVersion.self, from: $0) }),
            let first = version.steps.first
        else {
            leave("There is no sequence of its name here: apply it, then do this again.")
            return nil
        }
        let names = stray.recipientName.split(separator: " ", maxSplits: 1).map(String.init)
        let contact: ContactID
        if let known = try transaction.contact(stray.recipient) {
            contact = known.id
        } else {
            contact = try transaction.upsert(
                ContactDetails(
                    email: stray.recipient, firstName: names.first ?? "",
                    lastName: names.count > 1 ? names[1] : ""), at: now
            ).id
        }
        try WrittenMail.placeListed(now: now, in: transaction)
        let zone =
            try Zone(identifier: transaction.contact(contact)?.timeZone ?? "")
            ?? ZoneEvidence(
                transaction.clocks(of: stray.recipient.canonicalKey), preferred: [request.defaultZone])?
            .zone ?? request.defaultZone
        var draft = EnrollmentDraft(
            contact: contact, sequence: sequence.id, version: sequence.version, mailbox: mailbox.id,
            sender: stray.sender, zone: zone, firstStep: first, start: stray.sentAt,
            threadRoot: stray.threadRoot.text)
        draft.owner = try transaction.owner(of: mailbox.id)?.id
        draft.mayBeRecent = true
        guard let id = try transaction.insert(draft, at: stray.sentAt) else {
            leave("Its recipient is enrolled in the sequence already, in another thread.")
            return nil
        }
        made.insert(id)
        try transaction.append(
            Event(
                at: now, .enrolled, mailbox: mailbox.id, enrollment: id,
                "\(stray.recipient) was enrolled in \(sequence.name) anew: mail of it lies in Sent.",
                evidence: ["sequence": sequence.name, "version": "\(sequence.version)"]))
        return try transaction.enrollment(id)
    }

    private mutating func leave(_ why: String) { unplaced[why, default: 0] += 1 }
}
