internal import Foundation
internal import PurrMail
internal import PurrReplies
internal import PurrSequences
internal import PurrStore

/// What a judged message does to the enrollments it concerns.
struct InboundEffect {
    let mailbox: MailboxID
    let message: IncomingMessage
    let judgement: Judgement
    let matches: [Match<EnrollmentID>]
    let folder: FolderName
    let receivedAt: Date
    let now: Date

    func apply(in transaction: Transaction) throws {
        switch judgement.kind {
        case .own: return
        case .human, .calendar: try stop(because: .replied, .answered, "answered", in: transaction)
        case .unsubscribe: try optOut(in: transaction)
        case .left: try stop(because: .noLongerThere, .answered, "no longer works there", in: transaction)
        case .outOfOffice: try away(in: transaction)
        case .challenge: try hold(.challenge, "asks for a proof that a person wrote", in: transaction)
        case .unreadable:
            try hold(.unreadableMessage, "sent a message that cannot be read", in: transaction)
        case .complaint: try complaint(in: transaction)
        case .bounce: try bounce(in: transaction)
        case .automatic, .ticket: try noteAutomatic(in: transaction)
        case .delay, .delivered, .receipt:
            try note(
                .noted, "A \(judgement.kind.rawValue) report came; it changes nothing", in: transaction)
        }
    }

    // MARK: A person

    /// Ends every enrollment of the contacts concerned, whichever mailbox or sequence it is in (spec R2.b, R2.8).
    private func stop(
        because reason: EndReason, _ kind: Event.Kind, _ verb: String, in transaction: Transaction
    ) throws {
        var contacts: [ContactID] = []
        for match in matches {
            guard let enrollment = try transaction.enrollment(match.owner) else { continue }
            if match.isOnlyNoted {
                try append(
                    .noted, "A colleague of \(try name(enrollment, transaction)) wrote; it is only noted",
                    match, in: transaction)
                continue
            }
            if !contacts.contains(enrollment.contact) { contacts.append(enrollment.contact) }
            if let fact = reason.fact { try note(fact, of: enrollment.id, in: transaction) }
            try rememberSecondAddress(of: enrollment, match, in: transaction)
            guard enrollment.state.isOpen else {
                // Spec S4.3: a late answer is recorded on the step it answers.
                try append(
                    .noted, "\(try name(enrollment, transaction)) \(verb), after the end", match,
                    in: transaction)
                continue
            }
        }
        for contact in contacts {
            for enrollment in try transaction.enrollments(of: contact) where enrollment.state.isOpen {
                let match = matches.first { $0.owner == enrollment.id }
                let detail = "\(try name(enrollment, transaction)) \(verb)"
                guard try transaction.unenroll(enrollment.id, because: reason, detail: detail, at: now)
                else { continue }
                let named = match ?? matches.first
                try append(kind, detail, named, enrollment: enrollment.id, in: transaction)
                if reason == .replied { try stopColleagues(of: enrollment, in: transaction) }
            }
        }
    }

    /// Where the sequence says so, one answer ends it for the whole company (spec S4.2).
    private func stopColleagues(of enrollment: EnrollmentRecord, in transaction: Transaction) throws {
        #if PLANTED_BUGS
            if Sabotage.active == .companyStopForgotten { return }
        #endif
        guard try transaction.sequence(enrollment.sequence)?.settings.companyReplyStops == true,
            let contact = try transaction.contact(enrollment.contact)
        else { return }
        let domain = isMailProvider(domain: contact.email.domain) ? nil : contact.email.domain
        let detail = "\(contact.email) answered for the company"
        for id in try transaction.openEnrollments(
            in: enrollment.sequence, company: contact.company, domain: domain)
        where try transaction.unenroll(id, because: .companyReplied, detail: detail, at: now) {
            try append(.answered, detail, matches.first, enrollment: id, in: transaction)
        }
    }

    /// A reply in the thread from another address belongs to the contact from now on (spec R2.b).
    private func rememberSecondAddress(
        of enrollment: EnrollmentRecord, _ match: Match<EnrollmentID>, in transaction: Transaction
    ) throws {
        guard judgement.kind == .human, match.rung <= .threadRoot,
            let sender = MatchKeys(message.header).senders.first,
            let contact = try transaction.contact(enrollment.contact),
            contact.email.canonicalKey != sender.canonicalKey,
            !(try transaction.secondAddresses(of: contact.id).contains(sender.key))
        else { return }
        try transaction.addAddress(sender, to: contact.id)
        try append(.noted, "\(contact.email) also writes from \(sender)", match, in: transaction)
    }

    /// Unenrolls everywhere and never writes again (spec M1.4).
    private func optOut(in transaction: Transaction) throws {
        try stop(because: .unsubscribed, .optedOut, "wants no more mail", in: transaction)
        for contact in try contacts(in: transaction) {
            try transaction.suppress(
                contact.email, because: .unsubscribed, evidence: judgement.rule, at: now)
        }
        // Only its own sender: a forged wish must not silence somebody else (spec R3.f).
        if let sender = MatchKeys(message.header).senders.first, !matches.isEmpty {
            try transaction.suppress(sender, because: .unsubscribed, evidence: judgement.rule, at: now)
        }
    }

    // MARK: Automatic mail

    /// Waits until the contact is back (spec R3.c).
    private func away(in transaction: Transaction) throws {
        if try isLoop(in: transaction) { return }
        for match in matches {
            guard let enrollment = try transaction.enrollment(match.owner), enrollment.state == .active,
                let sequence = try transaction.sequence(enrollment.sequence)
            else { continue }
            let placement = Placement(enrollment: enrollment, sequence: sequence)
            let today = placement.zone.wall(of: now).day
            let back = judgement.returnDate.flatMap {
                LocalDay(year: $0.year, month: $0.month, day: $0.day)
            }
            if let back, back.ordinal - today.ordinal > 30 {
                let detail = "\(try name(enrollment, transaction)) is away until \(back)"
                try transaction.hold(enrollment.id, because: .awayTooLong, detail: detail, at: now)
                try append(.held, detail + ", more than thirty days from now", match, in: transaction)
                continue
            }
            if let back, back < today {
                try append(
                    .automatic,
                    "\(try name(enrollment, transaction)) was away until \(back); it changes nothing",
                    match, in: transaction)
                continue
            }
            guard enrollment.awaitsTask == nil else {
                // The sequence waits for its own user already.
                try append(
                    .automatic,
                    "\(try name(enrollment, transaction)) is out of office; a task is to be done first",
                    match, in: transaction)
                continue
            }
            // The wall time of the step that waits, on the first eligible day after the return, or after
            // five eligible days where no date can be read.
            let clock = placement.zone.wall(of: enrollment.nextAt ?? now).second
            let start = back.map { placement.zone.instant(of: $0, second: clock) } ?? now
            let delay = back == nil ? 5 : 1
            let resume =
                enrollment.isTask
                ? placement.taskCreation(after: start, delay: delay)
                : placement.due(after: start, delay: delay) { _, _ in clock / 60 }
            let next = max(resume, enrollment.nextAt ?? resume)
            try transaction.replan(
                enrollment.id, to: next, because: .returnDate,
                detail: back.map { "away until \($0)" } ?? "away")
            let until = placement.zone.wall(of: next)
            try append(
                .waiting,
                "\(try name(enrollment, transaction)) is out of office\(back.map { " until \($0)" } ?? ""); the next step waits until \(until.day)",
                match, in: transaction)
        }
    }

    private func noteAutomatic(in transaction: Transaction) throws {
        if try isLoop(in: transaction) { return }
        try note(.automatic, "An automatic mail came; it changes nothing", in: transaction)
    }

    /// Three automatic mails from one address in 24 hours: two machines talk to each other (spec R3.d).
    private func isLoop(in transaction: Transaction) throws -> Bool {
        guard let sender = MatchKeys(message.header).senders.first else { return false }
        let count = try transaction.automaticCount(
            from: sender.key, of: mailbox, since: receivedAt.addingTimeInterval(-86_400))
        guard count >= 3 else { return false }
        try hold(.loop, "sent three automatic mails in 24 hours", in: transaction)
        return true
    }

    private func hold(_ reason: HoldReason, _ verb: String, in transaction: Transaction) throws {
        for match in matches {
            guard let enrollment = try transaction.enrollment(match.owner) else { continue }
            let detail = "\(try name(enrollment, transaction)) \(verb)"
            guard try transaction.hold(match.owner, because: reason, detail: detail, at: now) else {
                continue
            }
            try append(.held, detail, match, in: transaction)
        }
    }

    // MARK: Reports

    private func bounce(in transaction: Transaction) throws {
        let proven = matches.filter { $0.rung <= .threadIndex }
        if proven.isEmpty {
            return try doubt(
                .doubtfulBounce, "A report says that mail to them failed, without naming a mail of ours",
                in: transaction)
        }
        guard judgement.permanent != false else {
            return try note(
                .delayed,
                "Delivery failed for now (\(judgement.status ?? "no status")); it changes nothing",
                in: transaction)
        }
        // A report that gives no reason that can be read: a person looks.
        guard judgement.permanent != nil else {
            return try hold(
                .doubtfulBounce, "cannot be reached, says a report that gives no reason", in: transaction)
        }
        for match in proven {
            guard let enrollment = try transaction.enrollment(match.owner),
                let contact = try transaction.contact(enrollment.contact)
            else { continue }
            let detail = "Mail to \(contact.email) cannot be delivered (\(judgement.status ?? "no status"))"
            let isAbout =
                judgement.recipients.isEmpty
                || judgement.recipients.contains { $0.canonicalKey == contact.email.canonicalKey }
            if judgement.isAddressLevel, isAbout {
                try transaction.suppress(
                    contact.email, because: .bounced, evidence: judgement.rule, at: now)
            }
            try note(.bounced, of: enrollment.id, in: transaction)
            if try transaction.unenroll(enrollment.id, because: .bounced, detail: detail, at: now) {
                try append(.bounced, detail, match, in: transaction)
            } else {
                try append(.noted, "\(detail), after the end", match, in: transaction)
            }
        }
        try breakCircuit(in: transaction)
    }

    /// Stops the mailbox where too much comes back (spec S8.3).
    private func breakCircuit(complaints: Int = 0, in transaction: Transaction) throws {
        guard let record = try transaction.mailbox(mailbox), !record.isPaused else { return }
        let latest = try transaction.latestSends(of: mailbox, limit: CircuitBreaker.span)
        let verdict = CircuitBreaker().verdict(
            on: CircuitBreaker.Record(sends: latest.sends, bounces: latest.bounces, complaints: complaints))
        let words: String
        switch verdict {
        case nil: return
        case .bounces: words = "\(latest.bounces) of the last \(latest.sends) mails bounced"
        case .complaint: words = "A recipient marked a mail as spam"
        case .policyRejections: words = "The server refused several mails for reasons of policy"
        }
        try transaction.pauseMailbox(mailbox, because: words)
        try transaction.append(
            Event(
                at: now, .mailboxPaused, mailbox: mailbox,
                "\(words), so the mailbox is paused. Look at whom you write to, then: purr mailbox resume \(record.address)."
            ))
    }

    private func complaint(in transaction: Transaction) throws {
        guard matches.contains(where: { $0.rung <= .threadIndex }) else {
            return try doubt(
                .doubtfulComplaint, "A complaint came that names no mail of ours", in: transaction)
        }
        try stop(because: .markedAsSpam, .complained, "marked the mail as spam", in: transaction)
        for contact in try contacts(in: transaction) {
            try transaction.suppress(
                contact.email, because: .markedAsSpam, evidence: judgement.rule, at: now)
        }
        try breakCircuit(complaints: 1, in: transaction)
    }

    /// A report without our id about somebody mailed in the last seven days: a person decides (spec R3.3).
    private func doubt(_ reason: HoldReason, _ words: String, in transaction: Transaction) throws {
        #if PLANTED_BUGS
            if (reason == .doubtfulBounce && Sabotage.active == .forgedBounceBelieved)
                || (reason == .doubtfulComplaint && Sabotage.active == .forgedComplaintBelieved)
            {
                for recipient in judgement.recipients {
                    try transaction.suppress(recipient, because: .bounced, evidence: words, at: now)
                }
            }
        #endif
        guard judgement.proof != .none else { return }
        for recipient in judgement.recipients {
            guard let contact = try transaction.contact(recipient) else { continue }
            for enrollment in try transaction.enrollments(of: contact.id) where enrollment.state == .active
            {
                let week = now.addingTimeInterval(-7 * 86_400)
                guard
                    try transaction.journal(of: enrollment.id).contains(where: {
                        ($0.sentAt ?? .distantPast) > week
                    }),
                    try transaction.hold(enrollment.id, because: reason, detail: words, at: now)
                else { continue }
                try append(.held, words, nil, enrollment: enrollment.id, in: transaction)
            }
        }
    }

    // MARK: The record

    /// What reports count: on the step whose mail is answered, also after the end (spec S4.3, S7.1).
    private func note(_ fact: Fact, of enrollment: EnrollmentID, in transaction: Transaction) throws {
        let keys = MatchKeys(message).ids.map(\.key)
        let step = try transaction.step(of: enrollment, idKeys: keys, before: receivedAt)
        try transaction.note(fact, of: enrollment, step: step, at: receivedAt)
    }

    private func note(_ kind: Event.Kind, _ words: String, in transaction: Transaction) throws {
        for match in matches { try append(kind, words, match, in: transaction) }
    }

    private func contacts(in transaction: Transaction) throws -> [Contact] {
        let ids = Set(try matches.compactMap { try transaction.enrollment($0.owner)?.contact })
        return try ids.sorted().compactMap { try transaction.contact($0) }
    }

    private func name(_ enrollment: EnrollmentRecord, _ transaction: Transaction) throws -> String {
        try transaction.contact(enrollment.contact)?.email.text ?? "The contact"
    }

    private func append(
        _ kind: Event.Kind, _ words: String, _ match: Match<EnrollmentID>?, enrollment: EnrollmentID? = nil,
        in transaction: Transaction
    ) throws {
        var evidence = ["rule": judgement.rule, "kind": judgement.kind.rawValue, "folder": folder.wire]
        if let match {
            evidence["rung"] = "\(match.rung.rawValue)"
            evidence["matchedBy"] = match.evidence
        }
        if let id = message.header.messageID { evidence["messageId"] = id.text }
        if let sender = MatchKeys(message.header).senders.first { evidence["from"] = sender.text }
        try transaction.append(
            Event(
                at: now, kind, mailbox: mailbox, enrollment: enrollment ?? match?.owner, words + ".",
                evidence: evidence))
    }
}

extension EndReason {
    /// What reports count it as.
    fileprivate var fact: Fact? {
        switch self {
        case .replied: .replied
        case .meetingBooked: .meetingBooked
        case .bounced: .bounced
        case .unsubscribed: .unsubscribed
        default: nil
        }
    }
}
