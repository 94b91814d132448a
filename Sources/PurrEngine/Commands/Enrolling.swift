package import Foundation
package import PurrMail
package import PurrSequences
internal import PurrStore
package import PurrTemplates

/// Who is to go through which sequence, from where and when.
package struct EnrollmentRequest: Sendable {
    package var sequence: String
    package var contacts: [EmailAddress]
    package var sender: EmailAddress
    /// Nil for each contact's own zone.
    package var zone: Zone?
    /// For contacts whose own zone is not known.
    package var defaultZone = Zone.utc
    /// Nil for now.
    package var start: Date?
    /// As ``start``, on the clock of each enrollment's zone; goes first.
    package var wallStart: StartTime?
    /// The first step to run, from 1.
    package var firstStep = 1
    package var idempotencyKey = ""
    /// Enrolls again who has been through the sequence before.
    package var isAgain = false
    /// Enrolls all the same who has lately written with the mailbox's user (spec S3.6).
    package var isRecentWelcome = false
    /// How many days count as recent.
    package var recentDays = 30
    /// How many of each enrollment's first mails wait for approval.
    package var review = 0
    /// Mails changed for these contacts alone, by the number of their step, from 1 (spec S3.1).
    package var edits: [Int: MailTemplate] = [:]
    /// Who enrolls; nil for the user whom the mailbox belongs to.
    package var user: String?
    /// From how many contacts on an enrollment is bulk, and goes slower (spec S8.1).
    package var bulkFrom = 20

    package init(sequence: String, contacts: [EmailAddress], sender: EmailAddress) {
        self.sequence = sequence
        self.contacts = contacts
        self.sender = sender
    }
}

/// What came of enrolling one contact (spec S3.3).
package enum EnrollmentResult: Sendable, Hashable {
    case enrolled(EnrollmentID, zone: Zone, start: Date)
    /// The idempotency key was used for it before (spec S3.5).
    case known(EnrollmentID)
    case refused(Refusal, String)

    package enum Refusal: String, Sendable, Codable {
        case alreadyEnrolled, alreadyCompleted, unsubscribed, previouslyBounced, markedAsSpam,
            suppressedDomain
        case ownAddress, invalidAddress, unknownContact, missingToken, mailboxDisconnected,
            recentConversation, startPassed
    }
}

extension Commands {
    /// Enrolls contacts one by one, each with its own result; a refusal of one does not stop the others.
    package func enroll(_ request: EnrollmentRequest) throws -> [(
        contact: EmailAddress, result: EnrollmentResult
    )] {
        // In short transactions, where a large mailbox was read just now.
        while try change({ try WrittenMail.placeListed(limit: 500, now: now, in: $0) }) {}
        var entropy = entropy
        return try change { try enroll(request, entropy: &entropy, in: $0) }
    }

    /// As ``enroll(_:)``, in a transaction that does more.
    ///
    /// What it throws, it throws before anything is written.
    func enroll(
        _ request: EnrollmentRequest, entropy: inout any RandomNumberGenerator & Sendable,
        in transaction: Transaction
    ) throws -> [(contact: EmailAddress, result: EnrollmentResult)] {
        let sequence = try self.sequence(
            request.sequence, for: Viewer(request.user, in: transaction), in: transaction)
        guard let mailbox = try transaction.mailbox(sending: request.sender) else {
            throw CommandError(
                .badData,
                "\(request.sender) is not a connected mailbox. Connect it: purr mailbox add \(request.sender)."
            )
        }
        guard let document = try transaction.document(of: sequence.id, version: sequence.version),
            let version = Document.value(SequenceVersion.self, from: document)
        else {
            throw CommandError(
                .badData, "The sequence \"\(request.sequence)\" is damaged; apply its file again.")
        }
        guard version.steps.indices.contains(request.firstStep - 1) else {
            throw CommandError(
                .usage,
                "The sequence \"\(request.sequence)\" has steps 1 to \(version.steps.count); there is no step \(request.firstStep)."
            )
        }
        var edits: [StepID: MailTemplate] = [:]
        for (number, edit) in request.edits {
            guard version.steps.indices.contains(number - 1), version.steps[number - 1].email != nil
            else {
                throw CommandError(
                    .usage,
                    "Step \(number) of \"\(request.sequence)\" is no e-mail that could be changed.")
            }
            edits[version.steps[number - 1].id] = try Snippets(transaction).expanded(edit)
        }
        try WrittenMail.placeListed(now: now, in: transaction)
        let mailboxOwner = try transaction.owner(of: mailbox.id)
        let enrolling = Enrolling(
            request: request, sequence: sequence, version: version, mailbox: mailbox,
            owner: try request.user.map { try user($0, in: transaction) } ?? mailboxOwner,
            mailboxOwner: mailboxOwner, edits: edits,
            templates: Dictionary(
                version.steps.compactMap { step in
                    let stored = step.template.flatMap { version.templates[$0] }
                    return (edits[step.id] ?? (try? stored?.checked())).map { (step.id, $0) }
                }, uniquingKeysWith: { $1 }),
            own: try transaction.ownAddressKeys(), now: now)
        return try request.contacts.map { email in
            (email, try enrolling.enroll(email, entropy: &entropy, in: transaction))
        }
    }
}

/// Enrolls single contacts in one sequence.
private struct Enrolling {
    let request: EnrollmentRequest
    let sequence: SequenceRecord
    let version: SequenceVersion
    let mailbox: MailboxRecord
    /// Who enrolls.
    let owner: UserRecord?
    /// Whose meeting link the mails carry.
    let mailboxOwner: UserRecord?
    let edits: [StepID: MailTemplate]
    /// Checked once, for all contacts.
    let templates: [StepID: MailTemplate]
    let own: Set<String>
    let now: Date

    /// How long ago a start may have been, in seconds: who writes the present minute means now.
    private static let slowTyping: TimeInterval = 300

    func enroll(
        _ email: EmailAddress, entropy: inout any RandomNumberGenerator & Sendable,
        in transaction: Transaction
    ) throws -> EnrollmentResult {
        guard !own.contains(email.key) else {
            return .refused(.ownAddress, "\(email) is one of your own addresses.")
        }
        if let result = try suppressed(email, in: transaction) { return result }
        guard let contact = try transaction.contact(email) else {
            return .refused(
                .unknownContact, "\(email) is not a contact yet. Import it: purr contact import FILE.csv.")
        }
        if let known = try transaction.enrollment(
            idempotencyKey: request.idempotencyKey, contact: contact.id, sequence: sequence.id)
        {
            return .known(known.id)
        }
        if let result = try repeated(contact, in: transaction) { return result }
        if let result = missingToken(contact) { return result }
        if let result = try recent(contact, in: transaction) { return result }

        let known = request.zone ?? Zone(identifier: contact.timeZone)
        let clocks = try transaction.clocks(of: contact.email.canonicalKey)
        let suggested = ZoneEvidence(clocks, preferred: [known ?? request.defaultZone])
        let zone = known ?? suggested?.zone ?? request.defaultZone
        let wanted = request.wallStart?.instant(in: zone, now: now)
        if let wanted, wanted < now.addingTimeInterval(-Self.slowTyping) {
            let wall = zone.wall(of: wanted)
            return .refused(
                .startPassed,
                "\(wall.day) \(wall.second.asClock) in \(zone) has passed for \(email). Give a later --at, or none to begin now."
            )
        }
        let start = max(wanted ?? request.start ?? now, now)
        guard let root = MessageID.fresh(at: request.sender, from: &entropy) else {
            throw CommandError(.badData, "\(request.sender) cannot be the sender of mail.")
        }
        let step = version.steps[request.firstStep - 1]
        var draft = EnrollmentDraft(
            contact: contact.id, sequence: sequence.id, version: sequence.version, mailbox: mailbox.id,
            sender: request.sender, zone: zone, firstStep: step, start: start, threadRoot: root.text)
        draft.idempotencyKey = request.idempotencyKey
        draft.owner = owner?.id
        draft.isBulk = request.contacts.count >= request.bulkFrom
        draft.reviewLeft = request.review
        draft.mayBeRecent = request.isRecentWelcome
        guard let id = try transaction.insert(draft, at: now) else {
            return .refused(.alreadyEnrolled, "\(email) is enrolled already.")
        }
        for (step, edit) in edits {
            try transaction.setEdit(Document.text(of: StoredTemplate(edit)), of: id, step: step)
        }
        let wall = zone.wall(of: start)
        try transaction.append(
            Event(
                at: now, .enrolled, mailbox: mailbox.id, enrollment: id,
                "\(email) was enrolled in \(sequence.name) from \(request.sender); step \(request.firstStep) goes on \(wall.day) at \(wall.second.asClock) in \(zone).",
                evidence: [
                    "sequence": sequence.name, "version": "\(sequence.version)", "zone": zone.identifier,
                ]))
        if let suggested, suggested.zone != (known ?? request.defaultZone) {
            let clock =
                "\(suggested.fitting) of \(suggested.mails) mails of theirs were written by the clock of \(suggested.zone)"
            try transaction.append(
                Event(
                    at: now, .noted, mailbox: mailbox.id, enrollment: id,
                    known == nil
                        ? "\(clock), so that is their zone."
                        : "\(clock), not of \(zone); if they live there, enroll them with --zone \(suggested.zone)."
                ))
        }
        return .enrolled(id, zone: zone, start: start)
    }

    private func suppressed(_ email: EmailAddress, in transaction: Transaction) throws -> EnrollmentResult?
    {
        switch try transaction.suppression(of: email) {
        case nil: nil
        case .bounced: .refused(.previouslyBounced, "Mail to \(email) bounced before.")
        case .markedAsSpam: .refused(.markedAsSpam, "\(email) marked mail from you as spam.")
        default: .refused(.unsubscribed, "\(email) asked for no more mail.")
        }
    }

    private func repeated(_ contact: Contact, in transaction: Transaction) throws -> EnrollmentResult? {
        let earlier = try transaction.enrollments(of: contact.id)
        if let open = earlier.first(where: \.state.isOpen) {
            let name = try transaction.sequence(open.sequence).map { "\($0.name)" } ?? "a sequence"
            return .refused(
                .alreadyEnrolled,
                "\(contact.email) is in \(name) now; a contact is in one sequence at a time.")
        }
        guard !request.isAgain, let last = earlier.last(where: { $0.sequence == sequence.id }) else {
            return nil
        }
        let how = last.state == .finished ? "finished" : last.reason
        return .refused(
            .alreadyCompleted,
            "\(contact.email) has been through \(sequence.name) (\(how), \(last.zone.wall(of: last.endedAt ?? last.createdAt).day)). To do it again: --again."
        )
    }

    /// Spec S3.6: a warning that the user may override.
    private func recent(_ contact: Contact, in transaction: Transaction) throws -> EnrollmentResult? {
        guard !request.isRecentWelcome else { return nil }
        let conversation = RecentConversation(mailbox: mailbox.id, now: now, days: request.recentDays)
        guard let date = try conversation.date(with: contact, in: transaction) else { return nil }
        let day = (request.zone ?? request.defaultZone).wall(of: date).day
        return .refused(
            .recentConversation,
            "You and \(contact.email) wrote to each other on \(day). To enroll them all the same: --even-if-recent."
        )
    }

    /// Spec S3.4: nothing is sent with a hole in it, so nobody is enrolled towards one.
    private func missingToken(_ contact: Contact) -> EnrollmentResult? {
        let sender =
            NamedAddress(name: mailbox.name, address: request.sender) ?? NamedAddress(request.sender)
        let values = Composer.values(
            contact: contact, sender: sender, sequence: sequence.name, owner: mailboxOwner)
        for step in version.steps.dropFirst(request.firstStep - 1) {
            if let name = step.task.flatMap({ missingToken(of: $0, values) }) {
                return .refused(
                    .missingToken, words(missing: name, for: contact, in: "a task of the sequence"))
            }
            guard let name = step.template, let missing = templates[step.id]?.missing(in: values).first
            else { continue }
            return .refused(
                .missingToken, words(missing: missing, for: contact, in: "the template \"\(name)\""))
        }
        return nil
    }

    /// What is missing is not always the contact's.
    private func words(missing token: String, for contact: Contact, in place: String) -> String {
        guard token == "sender.meetingLink" else {
            return "\(contact.email) has no \(token), which \(place) needs; give it a value or a fallback."
        }
        guard let mailboxOwner else {
            return
                "\(mailbox.address) belongs to no user, whose meeting link \(place) needs; see: purr user --help."
        }
        return
            "\(mailboxOwner.name) has no meeting link, which \(place) needs: purr user set \"\(mailboxOwner.name)\" --meeting-link URL."
    }

    private func missingToken(of task: TaskStep, _ values: [String: String]) -> String? {
        for text in [task.title, task.notes] {
            do { _ = try TaskText(text).filled(with: values) } catch {
                if let missing = error as? TaskText.MissingToken { return missing.name }
            }
        }
        return nil
    }
}
