internal import Foundation
internal import PurrMail
internal import PurrSequences
internal import PurrStore

/// Decides about one enrollment whose step is due, in one transaction.
struct StepClaim {
    let enrollment: EnrollmentRecord
    let mailbox: MailboxRecord
    let settings: MailboxSettings?
    let limits: SendingLimits
    let versions: KnownVersions
    /// Makes links of ours; nil where there are none, whatever the settings say.
    var tokens: LinkTokens?
    /// Signs what each mail is; nil for none.
    var marks: MailMarks?
    let now: Date

    /// The mail, durable and with its attempt counted, as the effect that opens its transaction; nil when the
    /// enrollment was moved out of the way instead.
    func effect(entropy: inout any RandomNumberGenerator & Sendable, in transaction: Transaction) throws
        -> Effect?
    {
        guard let contact = try transaction.contact(enrollment.contact),
            let sequence = try transaction.sequence(enrollment.sequence, known: versions.settings),
            let version = try versions.version(of: enrollment, in: transaction), let settings
        else {
            try hold(.missingToken, "What the step needs is gone from the database.", in: transaction)
            return nil
        }
        if let reason = try transaction.suppression(of: contact.email) {
            let detail = "\(contact.email) must not be written to (\(reason.rawValue))"
            if try transaction.unenroll(enrollment.id, because: reason, detail: detail, at: now) {
                try append(.suppressed, "\(detail).", in: transaction)
            }
            return nil
        }
        guard let step = enrollment.nextStep.flatMap({ version.step($0) }) else {
            if try transaction.finish(enrollment.id, at: now) {
                try append(.finished, "No step is left.", in: transaction)
            }
            return nil
        }
        let entry = try transaction.journalEntry(of: enrollment.id, step: step.id)
        guard try isOpen(entry, in: transaction) else { return nil }
        if enrollment.mayHaveLeft {
            try hold(
                .recovered, "\(version.label(of: step.id)) may have been sent by another copy of this data",
                in: transaction)
            return nil
        }
        guard try isTimely(sequence, in: transaction) else { return nil }

        if let entry, entry.unknownAt != nil {
            // Allowed to go once more after an unknown outcome: the very same bytes (spec M1.1).
            try transaction.countAttempt(of: entry.id, at: now)
            return .open(
                entry.id, from: entry.sender, to: entry.recipient,
                size: try transaction.bytes(of: entry.id).count)
        }
        guard try isWelcome(contact, in: transaction), try isApproved(step, in: transaction) else {
            return nil
        }
        let composer = Composer(
            enrollment: enrollment, sequence: sequence, version: version, contact: contact,
            mailbox: mailbox,
            settings: try settings.completed(in: transaction), owner: try transaction.owner(of: mailbox.id),
            earlier: try transaction.journal(of: enrollment.id),
            edit: try transaction.edit(of: enrollment.id, step: step.id)
                .flatMap { Document.value(StoredTemplate.self, from: $0) },
            checked: versions.templates(of: enrollment), marks: marks)
        guard let messageID = entry?.messageID ?? MessageID.fresh(at: enrollment.sender, from: &entropy)
        else { return nil }
        let mail: PreparedMail
        var links = try links(of: step, sequence: sequence, in: transaction)
        do {
            mail = try composer.mail(
                of: step, messageID: messageID, at: now, links: &links, bytesOf: transaction.bytes(of:))
        } catch Composer.Obstacle.missingTokens(let names) {
            try hold(.missingToken, "No value for \(names.joined(separator: ", "))", in: transaction)
            return nil
        } catch Composer.Obstacle.unusable(let words) {
            try hold(.missingToken, words, in: transaction)
            return nil
        }
        guard
            let id = try transaction.prepare(
                mail, enrollment: enrollment.id, step: step.id, mailbox: mailbox.id)
        else { return nil }
        if let links { try transaction.setLinkTargets(links.targets, of: links.mail) }
        if step.email?.replyTo != nil, mail.inReplyTo == nil {
            try append(
                .noted, "The mail to reply to was never sent, so a new thread begins.", in: transaction)
        }
        try transaction.countAttempt(of: id, at: now)
        return .open(id, from: mail.sender, to: mail.recipient, size: mail.bytes.count)
    }

    /// The links of ours that the step's mail carries; nil where no public URL has passed its self-test.
    private func links(of step: Step, sequence: SequenceRecord, in transaction: Transaction) throws
        -> MailLinks?
    {
        guard let tokens, let url = try transaction.webSettings().provenURL,
            let mail = try transaction.webMail(of: enrollment.id, step: step.id)
        else { return nil }
        return MailLinks(
            tokens: tokens, url: url, mail: mail, tracking: sequence.settings.tracking,
            targets: try transaction.linkTargets(of: mail))
    }

    /// Whether the step's mail may still be tried, by what the journal says of it.
    private func isOpen(_ entry: JournalEntry?, in transaction: Transaction) throws -> Bool {
        switch entry?.state {
        case nil, .prepared, .cancelled, .draft: return true
        case .sent:
            // Evidence came while it was put back: it goes on from there.
            try Outcomes(mailbox: mailbox.id, now: now, versions: versions).advance(
                enrollment.id, past: enrollment.nextStep ?? StepID(rawValue: ""), at: entry?.sentAt ?? now,
                in: transaction)
        case .sending, .unknown: try transaction.setInDoubt(true, enrollment.id)
        case .held: try hold(.unknownOutcome, "Nobody knows whether the step was sent.", in: transaction)
        case .rejected:
            try transaction.unenroll(
                enrollment.id, because: .sendRejected, detail: "The server refused the step.", at: now)
        }
        return false
    }

    /// Whether now is a time for this step: not days late (S8.2), and inside the window (S2.2, S2.3).
    private func isTimely(_ sequence: SequenceRecord, in transaction: Transaction) throws -> Bool {
        let planned = enrollment.plannedAt ?? now
        let late = now.timeIntervalSince(planned)
        // A first mail that limits put off is no stale follow-up: it only begins later.
        guard enrollment.isFirst || late <= Double(limits.holdAfterDays) * 86_400 else {
            try hold(
                .tooLate, "The step was to go on \(enrollment.zone.wall(of: planned).day)", in: transaction)
            return false
        }
        #if PLANTED_BUGS
            if Sabotage.active == .windowIgnored { return true }
        #endif
        if enrollment.isFirst, late <= 3_600 { return true }
        let opening = Placement(enrollment: enrollment, sequence: sequence).nextOpening(atOrAfter: now)
        guard opening > now else { return true }
        try transaction.postpone(enrollment.id, to: opening, because: .window)
        // First mails that limits put off are moved day by day, perhaps a hundred thousand of them.
        guard !enrollment.isFirst else { return false }
        let wall = enrollment.zone.wall(of: opening)
        try append(
            .waiting,
            "The send window is closed; it opens on \(wall.day) at \(wall.second.asClock) in \(enrollment.zone).",
            in: transaction)
        return false
    }

    /// Whether the mailbox holds no recent exchange with a person who is written to for the first time,
    /// or the user has waved it through (spec S3.6).
    ///
    /// The read-back of the mailbox may have shown it only now.
    private func isWelcome(_ contact: Contact, in transaction: Transaction) throws -> Bool {
        guard enrollment.isFirst, !enrollment.mayBeRecent,
            let date = try RecentConversation(mailbox: mailbox.id, now: enrollment.createdAt)
                .date(with: contact, in: transaction)
        else { return true }
        let day = enrollment.zone.wall(of: date).day
        try hold(
            .recentConversation, "You and \(contact.email) wrote to each other on \(day)", in: transaction)
        return false
    }

    /// Whether the user has looked at the mail, where they asked to (spec S3.1).
    private func isApproved(_ step: Step, in transaction: Transaction) throws -> Bool {
        guard enrollment.reviewLeft > 0, enrollment.approvedStep != step.id else { return true }
        try hold(.approval, "The mail waits for your approval", in: transaction)
        return false
    }

    private func hold(_ reason: HoldReason, _ detail: String, in transaction: Transaction) throws {
        guard try transaction.hold(enrollment.id, because: reason, detail: detail, at: now) else { return }
        try append(.held, "\(detail). \(reason.advice)", in: transaction)
    }

    private func append(_ kind: Event.Kind, _ text: String, in transaction: Transaction) throws {
        try transaction.append(Event(at: now, kind, mailbox: mailbox.id, enrollment: enrollment.id, text))
    }
}
