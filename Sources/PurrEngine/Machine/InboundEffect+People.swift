internal import Foundation
internal import PurrMail
internal import PurrReplies
internal import PurrSequences
internal import PurrStore

// What a person's mail does: it ends what is under way (spec replies R2, R3.8).
extension InboundEffect {
    /// Ends every enrollment of the contacts concerned, whichever mailbox or sequence it is in (spec R2.b, R2.8).
    func stop(
        _ matches: [Match<EnrollmentID>], because reason: EndReason, _ kind: Event.Kind, _ verb: String,
        in transaction: Transaction
    ) throws {
        var contacts: [ContactID] = []
        for match in matches {
            guard let enrollment = try transaction.enrollment(match.owner) else { continue }
            if match.isOnlyNoted, !isByHand {
                try append(
                    .noted, "A colleague of \(try name(enrollment, transaction)) wrote; it is only noted",
                    match, in: transaction)
                continue
            }
            if !contacts.contains(enrollment.contact) { contacts.append(enrollment.contact) }
            if let fact = reason.fact, try isAnswered(enrollment, match, in: transaction) {
                try note(fact, of: enrollment.id, in: transaction)
            }
            try rememberSecondAddress(of: enrollment, match, in: transaction)
            guard enrollment.state.isOpen else {
                // Spec S4.3: a late answer is recorded on the step it answers.
                try append(
                    .noted, "\(try name(enrollment, transaction)) \(verb), after the end", match,
                    in: transaction)
                continue
            }
        }
        let horizon = receivedAt.addingTimeInterval(skew)
        for contact in contacts {
            for enrollment in try transaction.enrollments(of: contact) where enrollment.state.isOpen {
                let match = matches.first { $0.owner == enrollment.id }
                // An answer that is older than an enrollment does not end it, unless it stands in its thread.
                guard match != nil || enrollment.createdAt <= horizon else { continue }
                let detail = "\(try name(enrollment, transaction)) \(verb)"
                guard try end(enrollment, because: reason, detail: detail, in: transaction) else {
                    continue
                }
                let named = match ?? matches.first
                try append(kind, detail, named, enrollment: enrollment.id, in: transaction)
                try CompanyEnding(now: now).end(
                    after: enrollment, because: reason, in: transaction,
                    unenroll: { try end($0, because: $1, detail: $2, in: transaction) },
                    append: { try append(kind, $1, matches.first, enrollment: $0, in: transaction) })
            }
        }
    }

    /// Whether reports count the mail on this enrollment (spec S4.3, S7.1): it is under way, or the mail stands
    /// in its thread, or in no thread of the contact's and this enrollment wrote to them last.
    private func isAnswered(
        _ enrollment: EnrollmentRecord, _ match: Match<EnrollmentID>, in transaction: Transaction
    ) throws -> Bool {
        guard !enrollment.state.isOpen, match.rung > .threadIndex else { return true }
        guard let last = try transaction.lastMail(of: enrollment.id, before: receivedAt)?.at else {
            return false
        }
        for other in matches where other.owner != enrollment.id {
            guard try transaction.enrollment(other.owner)?.contact == enrollment.contact else { continue }
            if other.rung <= .threadIndex { return false }
            if let later = try transaction.lastMail(of: other.owner, before: receivedAt)?.at, later > last {
                return false
            }
        }
        return true
    }

    /// A reply in the thread from another address belongs to the contact from now on (spec R2.b).
    ///
    /// Somebody who is a contact too stays nobody but themselves: else a forged sender would tie two people.
    private func rememberSecondAddress(
        of enrollment: EnrollmentRecord, _ match: Match<EnrollmentID>, in transaction: Transaction
    ) throws {
        guard judgement.kind == .human, match.rung <= .threadRoot, let sender,
            let contact = try transaction.contact(enrollment.contact),
            !contact.isDeleted, contact.email.canonicalKey != sender.canonicalKey,
            try transaction.contact(sender) == nil,
            !(try transaction.secondAddresses(of: contact.id).contains(sender.key))
        else { return }
        try transaction.addAddress(sender, to: contact.id)
        try transaction.record(
            .address, of: inbound, enrollment: enrollment.id, subject: sender.key, at: now)
        try append(.noted, "\(contact.email) also writes from \(sender)", match, in: transaction)
    }

    /// Unenrolls everywhere and never writes again (spec M1.4).
    func optOut(in transaction: Transaction) throws {
        try stop(matches, because: .unsubscribed, .optedOut, "wants no more mail", in: transaction)
        for contact in try wishers(in: transaction) {
            try suppress(contact.email, because: .unsubscribed, in: transaction)
        }
        // Who was deleted has no address here any more; the wish brings it along (spec M1.4).
        if let sender, try isOfDeleted(in: transaction) {
            try suppress(sender, because: .unsubscribed, in: transaction)
        }
    }

    /// Whether it stands in the thread of somebody who was deleted, and of nobody else.
    private func isOfDeleted(in transaction: Transaction) throws -> Bool {
        let owners = proven + matches.filter { optedOut.contains($0.owner) }
        return try !owners.isEmpty && contacts(of: owners, in: transaction).isEmpty
    }

    /// Whose wish it is to get no more mail (spec R3.f).
    ///
    /// A token is its owner's word, whatever `From` says. Without one a sender whom we know speaks for
    /// themselves alone, and one whom we do not know for the thread. A colleague silences nobody.
    private func wishers(in transaction: Transaction) throws -> [Contact] {
        if !optedOut.isEmpty {
            return try contacts(of: matches.filter { optedOut.contains($0.owner) }, in: transaction)
        }
        let concerned = try contacts(of: personal, in: transaction)
        guard let sender else { return [] }
        let known = try concerned.filter { contact in
            try contact.email.canonicalKey == sender.canonicalKey
                || transaction.secondAddresses(of: contact.id).contains(sender.key)
        }
        return known.isEmpty ? try contacts(of: proven, in: transaction) : known
    }

    /// Somebody left: the sequence ends, and who follows is for a person to decide (spec R3.b).
    func left(in transaction: Transaction) throws {
        try stop(
            personal, because: .noLongerThere, .answered, "no longer works there", in: transaction)
        for match in matches where !personal.contains(match) {
            try append(
                .noted, "A colleague's mail says that somebody has left; it is only noted", match,
                in: transaction)
        }
        try offer(
            title: { "\($0) has left; write to \($1)?" },
            notes: "Their automatic answer names \(standIns) instead.", in: transaction)
    }

    private var standIns: String { judgement.standIns.prefix(3).map(\.text).joined(separator: ", ") }

    /// Makes a task of the addresses that the answer names instead; once for each message and contact.
    func offer(title: (String, String) -> String, notes: String, in transaction: Transaction) throws {
        guard !judgement.standIns.isEmpty else { return }
        var offered: Set<ContactID> = []
        for match in personal {
            guard let enrollment = try transaction.enrollment(match.owner),
                offered.insert(enrollment.contact).inserted,
                let sequence = try transaction.sequence(enrollment.sequence)
            else { continue }
            let title = title(try name(enrollment, transaction), standIns)
            let step = Step(
                // Not a step of the sequence: reports leave it out by its name.
                id: StepID(rawValue: "@reply-\(inbound)"), delay: 0,
                action: .task(TaskStep(kind: .general, title: title)))
            let placement = Placement(enrollment: enrollment, sequence: sequence)
            let draft = TaskDraft(
                enrollment: enrollment, step: step, kind: .general, title: title,
                notes: notes + " See: purr reply show \(inbound)", link: "",
                dueAt: placement.taskDue(createdAt: now))
            guard let task = try transaction.insert(draft, at: now) else { continue }
            try transaction.record(
                .task, of: inbound, enrollment: enrollment.id, subject: "\(task)", at: now)
            try append(.taskCreated, "“\(title)” is for you to decide", match, in: transaction)
        }
    }
}

extension EndReason {
    /// What reports count it as.
    var fact: Fact? {
        switch self {
        case .replied: .replied
        case .meetingBooked: .meetingBooked
        case .bounced: .bounced
        case .unsubscribed: .unsubscribed
        default: nil
        }
    }
}
