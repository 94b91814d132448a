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
            var placing = StrayPlacing(
                request: request, mailbox: mailbox, own: try ownKeys(mailbox, in: transaction),
                sequences: try transaction.sequences(), now: now)
            for stray in strays { try placing.place(stray, in: transaction) }
            report.placed = placing.placed
            report.unplaced = placing.reasons
            report.rebuilt = placing.made.count
            try doubt(request, mailbox, placing, in: transaction)
            // An answer may name nothing but the id of a mail that was not known when it was read. Those made
            // anew in an attempt that was broken off count as well.
            let anew = try transaction.openEnrollments(of: mailbox.id).filter(isMadeAnew)
            guard placing.placed > 0 || !anew.isEmpty else { return (report, false) }
            try transaction.readAgain(mailbox.id)
            let since = (strays.map(\.sentAt) + anew.map(\.createdAt)).min() ?? now
            try judgeAgain(since: since, of: mailbox.id, in: transaction)
            return (report, true)
        }
    }

    /// Has messages judged again that concern somebody whom they were not known to concern.
    ///
    /// Whose a message is and what it is hang on what is known of the thread: one that was read before the mail
    /// it answers was entered counted for an earlier enrollment, or for a colleague.
    private func judgeAgain(since: Date, of mailbox: MailboxID, in transaction: Transaction) throws {
        let skew = MachineSettings().clockSkew
        var filter = InboundFilter()
        filter.mailbox = mailbox
        filter.since = since.addingTimeInterval(-skew)
        var last: InboundMessage?
        while case let page = try transaction.inboundMessages(filter, before: last, limit: 500),
            !page.isEmpty
        {
            last = page.last
            let keys = page.map { MatchKeys(IncomingMessage.read($0.header)) }
            let lookup = try Lookup(keys, in: transaction)
            for (message, keys) in zip(page, keys) {
                // A person's word stands.
                guard try transaction.reclassification(of: message.id) == nil else { continue }
                let known = Set(try transaction.matches(of: message.id).map(\.enrollment))
                let found = lookup.matches(of: keys, receivedAt: message.receivedAt, skew: skew)
                    .filter { !$0.isOnlyNoted }.map(\.owner)
                let optedOut =
                    try OptOutToken.token(in: MessageHeader(message.header))
                    .map(transaction.enrollments(withThreadToken:)) ?? []
                guard !known.isSuperset(of: found + optedOut) else { continue }
                try transaction.judgeAgain(message.id)
            }
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

    /// Holds what may have been sent though no copy of it was found; what stands still for another reason is
    /// held when it goes on.
    private func doubt(
        _ request: RecoveryRequest, _ mailbox: MailboxRecord, _ placing: StrayPlacing,
        in transaction: Transaction
    ) throws {
        for enrollment in try transaction.openEnrollments(of: mailbox.id) {
            if placing.made.contains(enrollment.id) {
                let isHeld = try transaction.hold(
                    enrollment.id, because: .recovered, detail: Self.madeAnew, at: now)
                // Its sequence is paused: asked about when it goes on.
                if !isHeld { try transaction.setMayHaveLeft(true, enrollment.id) }
            } else if enrollment.state == .active {
                try doubtActive(enrollment, request, in: transaction)
            } else if !isMadeAnew(enrollment) {
                try doubtStanding(enrollment, placing, in: transaction)
            }
        }
    }

    private func doubtActive(
        _ enrollment: EnrollmentRecord, _ request: RecoveryRequest, in transaction: Transaction
    ) throws {
        let isDue = enrollment.nextAt.map { $0 <= now } ?? false
        guard isDue || request.holdsAll else {
            // Put off by an automatic answer, perhaps to that very mail, which was read only now.
            guard enrollment.reason == WaitReason.returnDate.rawValue else { return }
            return try mark(enrollment, mayHaveLeft: true, in: transaction)
        }
        let detail = try doubtWords(enrollment, in: transaction)
        guard try transaction.hold(enrollment.id, because: .recovered, detail: detail, at: now) else {
            return
        }
        try transaction.setMayHaveLeft(true, enrollment.id)
        try transaction.append(
            Event(
                at: now, .held, mailbox: enrollment.mailbox, enrollment: enrollment.id,
                "\(detail). \(HoldReason.recovered.advice)"))
    }

    /// Paused or held in this copy: another one may have gone on with it.
    private func doubtStanding(
        _ enrollment: EnrollmentRecord, _ placing: StrayPlacing, in transaction: Transaction
    ) throws {
        // What follows a mail in Sent by a delay that has not passed cannot have left.
        let mayHaveLeft = !(placing.advanced.contains(enrollment.id) && enrollment.remaining > 0)
        try mark(enrollment, mayHaveLeft: mayHaveLeft, in: transaction)
    }

    private func mark(_ enrollment: EnrollmentRecord, mayHaveLeft: Bool, in transaction: Transaction) throws
    {
        guard mayHaveLeft != enrollment.mayHaveLeft else { return }
        try transaction.setMayHaveLeft(mayHaveLeft, enrollment.id)
        guard mayHaveLeft, enrollment.reason != HoldReason.recovered.rawValue else { return }
        try transaction.append(
            Event(
                at: now, .noted, mailbox: enrollment.mailbox, enrollment: enrollment.id,
                "\(try doubtWords(enrollment, in: transaction)); it is held when it goes on."))
    }

    private func doubtWords(_ enrollment: EnrollmentRecord, in transaction: Transaction) throws -> String {
        let label = try enrollment.nextStep.map { try transaction.label(of: $0, in: enrollment.id) }
        return "\(label ?? "The next step") may have been sent by another copy of this data"
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
        // In another mailbox, or of a colleague: read before this was made anew.
        try honourAnswers(to: enrollment, in: transaction)
        guard try transaction.enrollment(enrollment.id)?.state.isOpen ?? false else { return }
        let due = enrollment.nextAt ?? now
        let isCertain =
            request.isRebuild ? due > last.addingTimeInterval(Self.filingTime) : due > now
        guard isCertain, !request.holdsAll else {
            let label = try enrollment.nextStep.map { try transaction.label(of: $0, in: enrollment.id) }
            let detail = "\(label ?? "The next step") may have been sent before the data was lost"
            // Held anew, in other words; where a pause keeps it, when that ends.
            try transaction.setMayHaveLeft(true, enrollment.id)
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

    /// Ends what was made anew for what was read before it was: in another mailbox, or of a colleague.
    private func honourAnswers(to enrollment: EnrollmentRecord, in transaction: Transaction) throws {
        guard let person = try transaction.contact(enrollment.contact) else { return }
        for id in try transaction.endingMessages(of: person.id) {
            guard let message = try transaction.inboundMessage(id),
                message.receivedAt >= enrollment.createdAt,
                try !transaction.matches(of: id).contains(where: { $0.enrollment == enrollment.id })
            else { continue }
            try applyAgain(message, in: transaction)
        }
        guard let open = try transaction.enrollment(enrollment.id), open.state.isOpen else { return }
        try endForCompany(open, of: person, since: open.createdAt, in: transaction)
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
