package import Foundation
package import PurrMail
package import PurrSequences
internal import PurrStore
internal import PurrTemplates

/// What a person's word did to one enrollment.
package struct Steered: Sendable, Hashable {
    package enum Change: Sendable, Hashable {
        case paused
        /// Goes on at that time.
        case resumed(Date)
        case unenrolled
        case released(Date)
        /// Goes on when the pause named ends: its sequence's, or that of everything of its owner's.
        case stillPaused(PauseReason)
        /// Its open mail counts as sent; what comes next, if anything, comes then.
        case countedAsSent(next: Date?)
        /// It was so already, or it is not a state in which that can be done.
        case unchanged(String)
    }

    package let contact: EmailAddress
    package let sequence: String
    package let zone: Zone
    package let change: Change
}

/// What is to become of a mail whose outcome nobody knows (spec sending M5.2).
package enum DoubtAnswer: Sendable, Hashable { case asSent, sendAgain }

extension Commands {
    /// Pauses what is under way for contacts, keeping the rest of the delay (spec S4.4).
    package func pause(_ emails: [EmailAddress], sequence: String? = nil) throws -> [Steered] {
        try steer(emails, sequence) { enrollment, email, transaction in
            if enrollment.state == .paused {
                guard enrollment.reason != PauseReason.manual.rawValue else {
                    return .unchanged("is paused already")
                }
                // From now on by itself as well: it stays so when the other pause ends.
                try transaction.setPauseReason(.manual, of: enrollment.id)
                try append(.paused, "Paused by hand.", enrollment, in: transaction)
                return .paused
            }
            guard try transaction.pause(enrollment.id, at: now) else {
                return .unchanged("is held, so nothing is sent anyway; see: purr held")
            }
            try append(.paused, "Paused by hand.", enrollment, in: transaction)
            return .paused
        }
    }

    /// Lets paused contacts go on after the rest of the delay, inside the send window (spec S4.4).
    package func resume(_ emails: [EmailAddress], sequence: String? = nil) throws -> [Steered] {
        try steer(emails, sequence) { enrollment, email, transaction in
            let start = try opening(for: enrollment, in: transaction)
            guard try transaction.resume(enrollment.id, from: .paused, at: start, now: now) else {
                return .unchanged(
                    enrollment.state == .held
                        ? "is held and not paused; use: purr release \(email)" : "is not paused")
            }
            if let still = try stillPaused(enrollment, in: transaction) { return still }
            let wall = enrollment.zone.wall(of: start)
            try append(
                .resumed,
                "Resumed by hand; the next step is due on \(wall.day) at \(wall.second.asClock) in \(enrollment.zone).",
                enrollment, in: transaction)
            return .resumed(start)
        }
    }

    /// Ends what is under way for contacts.
    package func unenroll(_ emails: [EmailAddress], sequence: String? = nil) throws -> [Steered] {
        try steer(emails, sequence) { enrollment, email, transaction in
            // Asked whether to go on after the sender wrote by hand, they say no (spec S4.6).
            let isTakenOver =
                enrollment.state == .held && enrollment.reason == HoldReason.senderTookOver.rawValue
            guard
                try transaction.unenroll(
                    enrollment.id, because: isTakenOver ? .senderTookOver : .manual,
                    detail: isTakenOver ? "you wrote to them yourself" : "unenrolled by hand", at: now)
            else {
                return .unchanged("has ended already")
            }
            try append(.canceled, "Unenrolled by hand; nothing more is sent.", enrollment, in: transaction)
            return .unenrolled
        }
    }

    /// Lets held contacts go on (spec S4.5).
    ///
    /// - Parameter answer: What to do about a mail whose outcome is unknown; needed where there is one.
    package func release(_ emails: [EmailAddress], sequence: String? = nil, answer: DoubtAnswer? = nil)
        throws
        -> [Steered]
    {
        try steer(emails, sequence) { enrollment, email, transaction in
            guard enrollment.state == .held else {
                return .unchanged(
                    enrollment.state == .paused
                        ? "is paused and not held; use: purr resume \(email)" : "is not held")
            }
            return try release(enrollment, of: email, answer: answer, in: transaction)
        }
    }

    /// Lets everybody go on who is held for the same reason.
    package func releaseAll(heldFor reason: HoldReason) throws -> [Steered] {
        guard reason != .unknownOutcome else {
            throw CommandError(
                .usage,
                "Mails of unknown outcome are decided one by one: purr release EMAIL --as-sent, or --send-again."
            )
        }
        return try change { transaction in
            var released: [Steered] = []
            var last: EnrollmentID?
            while case let page = try transaction.enrollments(in: .held, after: last, limit: 500),
                !page.isEmpty
            {
                last = page.last?.id
                for enrollment in page where enrollment.reason == reason.rawValue {
                    guard let contact = try transaction.contact(enrollment.contact) else { continue }
                    let change: Steered.Change
                    do {
                        change = try release(enrollment, of: contact.email, answer: nil, in: transaction)
                    } catch let error as CommandError {
                        // Nothing of this one was written: what refuses a release looks first.
                        change = .unchanged(error.text)
                    }
                    released.append(try steered(enrollment, contact.email, change, in: transaction))
                }
            }
            return released
        }
    }

    private func release(
        _ enrollment: EnrollmentRecord, of email: EmailAddress, answer: DoubtAnswer?,
        in transaction: Transaction
    ) throws -> Steered.Change {
        let isRecovered = enrollment.reason == HoldReason.recovered.rawValue
        if isRecovered, try transaction.mailboxGuard(of: enrollment.mailbox).trouble != nil {
            throw CommandError(
                .tryLater,
                "The mailbox has not been read to its end since another copy of the data was found, so nobody can say what was sent to \(email). First: purr recover."
            )
        }
        let doubtful = try transaction.journal(of: enrollment.id).last { $0.state == .held }
        if let doubtful {
            guard let answer else {
                throw CommandError(
                    .usage,
                    "Nobody knows whether step \(doubtful.step) reached \(email). Look in Sent or ask them, then say: purr release \(email) --as-sent, or --send-again."
                )
            }
            if answer == .asSent {
                try append(.released, "Counted as sent, by hand.", enrollment, in: transaction)
                try Outcomes(mailbox: enrollment.mailbox, now: now).resolve(
                    doubtful, sentAt: doubtful.sendingAt ?? now, evidence: ["by": "hand"],
                    because: "A person said so.",
                    in: transaction)
                // Held for something else besides: it goes on as well.
                // Read anew: what is left of the delay is that of the step after.
                if let noted = try transaction.enrollment(enrollment.id), noted.state == .held {
                    try transaction.resume(
                        noted.id, from: .held, at: opening(for: noted, in: transaction), now: now)
                }
                return .countedAsSent(next: try transaction.enrollment(enrollment.id)?.nextAt)
            }
            try transaction.allowAgain(doubtful.id)
            try transaction.setMayHaveLeft(false, enrollment.id)
        } else if answer != nil {
            throw CommandError(
                .usage,
                "No mail to \(email) is of unknown outcome; release it without --as-sent and --send-again.")
        }
        if let missing = try missingToken(enrollment, in: transaction) {
            throw CommandError(
                .badData,
                "\(email) still has no \(missing). Give it a value (purr contact import), then release it again."
            )
        }
        // Asked before a task, a person can say nothing of the mail behind it.
        if isRecovered, !enrollment.isTask { try transaction.setMayHaveLeft(false, enrollment.id) }
        let start = try opening(for: enrollment, in: transaction)
        guard try transaction.resume(enrollment.id, from: .held, at: start, now: now) else {
            return .unchanged("is not held")
        }
        if let still = try stillPaused(enrollment, in: transaction) {
            try append(
                .released, "Released by hand; it goes on when its pause ends.", enrollment, in: transaction)
            return still
        }
        let wall = enrollment.zone.wall(of: start)
        try append(
            .released,
            "Released by hand; the next step is due on \(wall.day) at \(wall.second.asClock) in \(enrollment.zone).",
            enrollment, in: transaction)
        return .released(start)
    }

    /// The pause that still keeps an enrollment from going on.
    func stillPaused(_ enrollment: EnrollmentRecord, in transaction: Transaction) throws -> Steered.Change?
    {
        guard let now = try transaction.enrollment(enrollment.id), now.state == .paused else { return nil }
        return .stillPaused(PauseReason(rawValue: now.reason) ?? .manual)
    }

    /// When an enrollment goes on: after what was left of its delay, a follow-up inside the window.
    func opening(for enrollment: EnrollmentRecord, in transaction: Transaction) throws -> Date {
        #if PLANTED_BUGS
            let rest =
                Sabotage.active == .pauseLosesDelay
                ? now : now.addingTimeInterval(max(0, enrollment.remaining))
        #else
            let rest = now.addingTimeInterval(max(0, enrollment.remaining))
        #endif
        guard !enrollment.isFirst, let sequence = try transaction.sequence(enrollment.sequence) else {
            return rest
        }
        guard !enrollment.isTask else { return rest }
        return Placement(enrollment: enrollment, sequence: sequence).nextOpening(atOrAfter: rest)
    }

    /// The first token of the next step that has no value still.
    private func missingToken(_ enrollment: EnrollmentRecord, in transaction: Transaction) throws -> String?
    {
        guard enrollment.reason == HoldReason.missingToken.rawValue,
            let contact = try transaction.contact(enrollment.contact),
            let sequence = try transaction.sequence(enrollment.sequence),
            let version = try transaction.document(of: enrollment.sequence, version: enrollment.version)
                .flatMap({ Document.value(SequenceVersion.self, from: $0) }),
            let name = enrollment.nextStep.flatMap({ version.step($0) })?.template,
            let template = try? version.templates[name]?.checked()
        else { return nil }
        let mailbox = try transaction.mailbox(enrollment.mailbox)
        let sender =
            NamedAddress(name: mailbox?.name, address: enrollment.sender) ?? NamedAddress(enrollment.sender)
        return template.missing(
            in: Composer.values(contact: contact, sender: sender, sequence: sequence.name)
        ).first
    }

    /// Does something to each open enrollment of each contact, or nothing to any.
    func steer(
        _ emails: [EmailAddress], _ name: String?,
        _ body: (EnrollmentRecord, EmailAddress, Transaction) throws -> Steered.Change
    ) throws -> [Steered] {
        try change { transaction in
            let sequence = try name.map { name in
                guard let found = try transaction.sequence(named: name) else {
                    throw CommandError(
                        .badData, "There is no sequence \"\(name)\". See: purr sequence list.")
                }
                return found.id
            }
            return try emails.flatMap { email in
                guard let contact = try transaction.contact(email) else {
                    throw CommandError(.badData, "\(email) is not a contact. See: purr contact list.")
                }
                let open = try transaction.enrollments(of: contact.id)
                    .filter { $0.state.isOpen && (sequence == nil || $0.sequence == sequence) }
                guard !open.isEmpty else {
                    let called = name.map { " called \($0)" } ?? ""
                    throw CommandError(
                        .badData, "\(email) is in no sequence now\(called). See: purr explain \(email).")
                }
                return try open.map {
                    try steered($0, email, body($0, email, transaction), in: transaction)
                }
            }
        }
    }

    private func steered(
        _ enrollment: EnrollmentRecord, _ email: EmailAddress, _ change: Steered.Change,
        in transaction: Transaction
    ) throws -> Steered {
        Steered(
            contact: email, sequence: try transaction.sequence(enrollment.sequence)?.name ?? "",
            zone: enrollment.zone, change: change)
    }

    private func append(
        _ kind: Event.Kind, _ text: String, _ enrollment: EnrollmentRecord, in transaction: Transaction
    ) throws {
        try transaction.append(
            Event(
                at: now, kind, mailbox: enrollment.mailbox, enrollment: enrollment.id, text,
                evidence: ["by": "hand"]))
    }
}
