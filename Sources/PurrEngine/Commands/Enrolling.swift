package import Foundation
package import PurrMail
package import PurrSequences
internal import PurrStore
internal import PurrTemplates

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
        case ownAddress, unknownContact, missingToken, mailboxPaused
    }
}

extension Commands {
    /// Enrolls contacts one by one, each with its own result; a refusal of one does not stop the others.
    package func enroll(_ request: EnrollmentRequest) throws -> [(
        contact: EmailAddress, result: EnrollmentResult
    )] {
        var entropy = entropy
        return try change { transaction in
            guard let sequence = try transaction.sequence(named: request.sequence) else {
                throw CommandError(
                    .badData, "There is no sequence \"\(request.sequence)\". See: purr sequence list.")
            }
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
            let enrolling = Enrolling(
                request: request, sequence: sequence, version: version, mailbox: mailbox,
                own: try transaction.ownAddressKeys(), now: now)
            return try request.contacts.map { email in
                (email, try enrolling.enroll(email, entropy: &entropy, in: transaction))
            }
        }
    }
}

/// Enrolls single contacts in one sequence.
private struct Enrolling {
    let request: EnrollmentRequest
    let sequence: SequenceRecord
    let version: SequenceVersion
    let mailbox: MailboxRecord
    let own: Set<String>
    let now: Date

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

        let zone = request.zone ?? Zone(identifier: contact.timeZone) ?? request.defaultZone
        let start = max(request.wallStart?.instant(in: zone, now: now) ?? request.start ?? now, now)
        guard let root = MessageID.fresh(at: request.sender, from: &entropy) else {
            throw CommandError(.badData, "\(request.sender) cannot be the sender of mail.")
        }
        let step = version.steps[request.firstStep - 1]
        guard
            let id = try transaction.insertEnrollment(
                contact: contact.id, sequence: sequence.id, version: sequence.version, mailbox: mailbox.id,
                sender: request.sender, zone: zone, idempotencyKey: request.idempotencyKey,
                firstStep: step.id,
                start: start, threadRoot: root.text, at: now)
        else { return .refused(.alreadyEnrolled, "\(email) is enrolled already.") }
        let wall = zone.wall(of: start)
        try transaction.append(
            Event(
                at: now, .enrolled, mailbox: mailbox.id, enrollment: id,
                "\(email) was enrolled in \(sequence.name) from \(request.sender); step \(request.firstStep) goes on \(wall.day) at \(wall.second.asClock) in \(zone).",
                evidence: [
                    "sequence": sequence.name, "version": "\(sequence.version)", "zone": zone.identifier,
                ]))
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
        if earlier.contains(where: \.state.isOpen) {
            return .refused(.alreadyEnrolled, "\(contact.email) is in a sequence now; one at a time.")
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

    /// Spec S3.4: nothing is sent with a hole in it, so nobody is enrolled towards one.
    private func missingToken(_ contact: Contact) -> EnrollmentResult? {
        let sender =
            NamedAddress(name: mailbox.name, address: request.sender) ?? NamedAddress(request.sender)
        let values = Composer.values(contact: contact, sender: sender, sequence: sequence.name)
        for step in version.steps.dropFirst(request.firstStep - 1) {
            guard let name = step.email?.template, let template = try? version.templates[name]?.checked(),
                let missing = template.missing(in: values).first
            else { continue }
            return .refused(
                .missingToken,
                "\(contact.email) has no \(missing), which the template \"\(name)\" needs; give it a value or a fallback."
            )
        }
        return nil
    }
}
