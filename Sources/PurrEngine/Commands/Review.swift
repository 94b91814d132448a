package import Foundation
package import PurrMail
internal import PurrSequences
internal import PurrStore
package import PurrTemplates

/// A mail that has not left yet, as it would leave.
package struct PlannedMail: Sendable, Encodable {
    package let contact: String
    package let sequence: String
    package let step: Int
    package let stepId: String
    package let subject: String
    package let text: String
    package let from: String
    @OrNull package var inReplyTo: String?
    @OrNull package var at: Date?
    package let zone: String
    /// Whether it waits for a person's approval, and does not leave without.
    package let needsApproval: Bool
    /// Whether it was changed for this contact alone.
    package let isEdited: Bool
}

extension Commands {
    /// The next mails to a contact as they would leave now.
    ///
    /// - Parameter step: From 1; nil for the next one.
    package func plannedMails(to email: EmailAddress, sequence name: String? = nil, step number: Int? = nil)
        throws
        -> [PlannedMail]
    {
        try look { transaction in
            try open(email, name, in: transaction).compactMap { enrollment in
                try planned(enrollment, step: number, in: transaction)
            }
        }
    }

    /// All mails that wait for approval.
    package func mailsToApprove() throws -> [PlannedMail] {
        try look { transaction in
            var mails: [PlannedMail] = []
            var last: EnrollmentID?
            while case let page = try transaction.enrollments(in: .held, after: last, limit: 500),
                !page.isEmpty
            {
                last = page.last?.id
                for enrollment in page where enrollment.reason == HoldReason.approval.rawValue {
                    if let mail = try planned(enrollment, step: nil, in: transaction) { mails.append(mail) }
                }
            }
            return mails
        }
    }

    /// Lets the next mail to each contact go, or none; with `all`, every one that was to be approved.
    package func approve(_ emails: [EmailAddress], sequence: String? = nil, all: Bool = false) throws
        -> [Steered]
    {
        try steer(emails, sequence) { enrollment, _, transaction in
            guard enrollment.reviewLeft > 0, let step = enrollment.nextStep else {
                return .unchanged("has no mail that waits for approval")
            }
            try transaction.approve(step, of: enrollment.id, left: all ? 0 : enrollment.reviewLeft)
            try transaction.append(
                Event(
                    at: now, .approved, mailbox: enrollment.mailbox, enrollment: enrollment.id,
                    "\(try transaction.label(of: step, in: enrollment.id)) was approved\(all ? ", and all that follow" : "").",
                    evidence: ["by": "hand"]))
            guard enrollment.state == .held, enrollment.reason == HoldReason.approval.rawValue else {
                return .released(enrollment.nextAt ?? now)
            }
            let start = try opening(for: enrollment, in: transaction)
            try transaction.resume(enrollment.id, from: .held, at: start, now: now)
            return try stillPaused(enrollment, in: transaction) ?? .released(start)
        }
    }

    /// Changes one mail for one contact before it leaves (spec S3.1).
    package func edit(
        _ email: EmailAddress, sequence name: String? = nil, step number: Int, to template: MailTemplate
    )
        throws
    {
        try change { transaction in
            let enrollments = try open(email, name, in: transaction)
            guard enrollments.count == 1, let enrollment = enrollments.first else {
                throw CommandError(.usage, "\(email) is in several sequences; name one: --sequence NAME.")
            }
            guard let version = try version(of: enrollment, in: transaction),
                version.steps.indices.contains(number - 1), version.steps[number - 1].email != nil
            else { throw CommandError(.usage, "There is no e-mail at step \(number) of their sequence.") }
            let step = version.steps[number - 1]
            if let entry = try transaction.journalEntry(of: enrollment.id, step: step.id),
                ![.prepared, .cancelled, .draft].contains(entry.state)
            {
                throw CommandError(.badData, "Step \(number) to \(email) has left already.")
            }
            let mailbox = try transaction.mailbox(enrollment.mailbox)
            let sender =
                NamedAddress(name: mailbox?.name, address: enrollment.sender)
                ?? NamedAddress(enrollment.sender)
            let values = Composer.values(
                contact: try contact(email, in: transaction), sender: sender,
                sequence: try transaction.sequence(enrollment.sequence)?.name ?? "",
                owner: try transaction.owner(of: enrollment.mailbox))
            if let missing = template.missing(in: values).first {
                throw CommandError(
                    .badData, "The changed mail uses {{\(missing)}}, and \(email) has no value for it.")
            }
            try transaction.setEdit(
                Document.text(of: StoredTemplate(template)), of: enrollment.id, step: step.id)
            try transaction.append(
                Event(
                    at: now, .edited, mailbox: enrollment.mailbox, enrollment: enrollment.id,
                    "\(try transaction.label(of: step.id, in: enrollment.id)) was changed for \(email) alone.",
                    evidence: ["by": "hand"]))
        }
    }

    /// Plans a test mail of one step to the mailbox's own user, filled for a contact.
    ///
    /// - Returns: The address it goes to.
    package func sendTest(
        of name: String, step number: Int, as email: EmailAddress, from sender: EmailAddress
    ) throws
        -> EmailAddress
    {
        var entropy = entropy
        return try change { transaction in
            guard let sequence = try transaction.sequence(named: name),
                let version = try transaction.document(of: sequence.id, version: sequence.version)
                    .flatMap({ Document.value(SequenceVersion.self, from: $0) })
            else {
                throw CommandError(.badData, "There is no sequence \"\(name)\". See: purr sequence list.")
            }
            guard version.steps.indices.contains(number - 1),
                let template = version.steps[number - 1].template,
                let stored = version.templates[template]
            else {
                throw CommandError(.usage, "Step \(number) of \"\(name)\" is no e-mail with a template.")
            }
            guard let mailbox = try transaction.mailbox(sending: sender) else {
                throw CommandError(
                    .badData, "\(sender) is not a connected mailbox. See: purr mailbox list.")
            }
            let contact = try contact(email, in: transaction)
            let from = NamedAddress(name: mailbox.name, address: sender) ?? NamedAddress(sender)
            let values = Composer.values(
                contact: contact, sender: from, sequence: name, owner: try transaction.owner(of: mailbox.id)
            )
            let mail: RenderedMail
            do { mail = try stored.checked().rendered(with: values) } catch let problem as TemplateProblem {
                throw CommandError(
                    .badData, "The template \"\(template)\" cannot be filled: \(problem.text)")
            }
            guard
                let subject = HeaderText(
                    "[Test] \(mail.subject.text.isEmpty ? "Re: …" : mail.subject.text)"),
                let id = MessageID.fresh(at: sender, from: &entropy)
            else { throw CommandError(.badData, "The subject cannot stand in a header.") }
            let bytes = OutgoingMessage(
                from: from, to: NamedAddress(mailbox.address), subject: subject, messageID: id, date: now,
                utcOffset: 0,
                inReplyTo: nil, references: [], text: mail.text, html: mail.html, extra: []
            ).rendered()
            try transaction.insertNotice(
                .test, key: "test:\(id.text)", mailbox: mailbox.id, to: mailbox.address,
                subject: subject.text,
                bytes: bytes, dueAt: now)
            return mailbox.address
        }
    }

    // MARK: Helpers

    private func open(_ email: EmailAddress, _ name: String?, in transaction: Transaction) throws
        -> [EnrollmentRecord]
    {
        let contact = try contact(email, in: transaction)
        let sequence = try name.map { name in
            guard let found = try transaction.sequence(named: name) else {
                throw CommandError(.badData, "There is no sequence \"\(name)\". See: purr sequence list.")
            }
            return found.id
        }
        let open = try transaction.enrollments(of: contact.id)
            .filter { $0.state.isOpen && (sequence == nil || $0.sequence == sequence) }
        guard !open.isEmpty else {
            throw CommandError(.badData, "\(email) is in no sequence now. See: purr explain \(email).")
        }
        return open
    }

    func version(of enrollment: EnrollmentRecord, in transaction: Transaction) throws -> SequenceVersion? {
        try transaction.document(of: enrollment.sequence, version: enrollment.version)
            .flatMap { Document.value(SequenceVersion.self, from: $0) }
    }

    private func planned(_ enrollment: EnrollmentRecord, step number: Int?, in transaction: Transaction)
        throws
        -> PlannedMail?
    {
        guard let version = try version(of: enrollment, in: transaction),
            let step = number.map({ number in
                version.steps.indices.contains(number - 1) ? version.steps[number - 1] : nil
            })
                ?? enrollment.nextStep.flatMap({ version.step($0) }),
            step.email != nil, let contact = try transaction.contact(enrollment.contact),
            let sequence = try transaction.sequence(enrollment.sequence),
            let mailbox = try transaction.mailbox(enrollment.mailbox),
            let settings = Document.value(MailboxSettings.self, from: mailbox.settings),
            let id = MessageID("preview@\(enrollment.sender.domain)")
        else { return nil }
        let edit = try transaction.edit(of: enrollment.id, step: step.id)
            .flatMap { Document.value(StoredTemplate.self, from: $0) }
        let composer = Composer(
            enrollment: enrollment, sequence: sequence, version: version, contact: contact,
            mailbox: mailbox,
            settings: try settings.completed(in: transaction), owner: try transaction.owner(of: mailbox.id),
            earlier: try transaction.journal(of: enrollment.id), edit: edit)
        let mail: PreparedMail
        do {
            mail = try composer.mail(of: step, messageID: id, at: now, bytesOf: transaction.bytes(of:))
        } catch {
            guard let obstacle = error as? Composer.Obstacle else { throw error }
            switch obstacle {
            case .missingTokens(let names):
                throw CommandError(.badData, "\(contact.email) has no \(names.joined(separator: ", ")).")
            case .unusable(let words): throw CommandError(.badData, words)
            }
        }
        return PlannedMail(
            contact: contact.email.text, sequence: sequence.name, step: version.number(of: step.id) ?? 0,
            stepId: step.id.rawValue, subject: mail.subject,
            text: IncomingMessage.read(mail.bytes).plainText ?? "",
            from: mail.sender.text, inReplyTo: mail.inReplyTo?.description,
            at: step.id == enrollment.nextStep ? enrollment.nextAt : nil, zone: enrollment.zone.identifier,
            needsApproval: enrollment.reviewLeft > 0 && enrollment.approvedStep != step.id,
            isEdited: edit != nil)
    }
}
