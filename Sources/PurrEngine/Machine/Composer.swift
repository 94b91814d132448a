internal import Foundation
internal import PurrMail
internal import PurrSequences
internal import PurrStore
internal import PurrTemplates

/// Makes the mail of one step: values into the template, the thread into the header (spec sending M1).
///
/// Pure: the same record gives the same mail.
struct Composer {
    let enrollment: EnrollmentRecord
    let sequence: SequenceRecord
    let version: SequenceVersion
    let contact: Contact
    let mailbox: MailboxRecord
    let settings: MailboxSettings
    /// Whom the mailbox belongs to: their meeting link is a token.
    let owner: UserRecord?
    /// The enrollment's earlier mails, with the bytes of one of them on demand.
    let earlier: [JournalEntry]
    /// The mail as it was changed for this person alone (spec S3.1).
    var edit: StoredTemplate?
    /// Templates of the version that were checked before, by name.
    var checked: [String: MailTemplate] = [:]
    /// Signs what the mail is, for who finds it in Sent; nil for none.
    var marks: MailMarks?

    /// What can keep a mail from being made; each is for a person to mend.
    enum Obstacle: Error, Hashable, Sendable {
        case missingTokens([String])
        case unusable(String)
    }

    /// What a template's tokens stand for, for this contact from this sender.
    static func values(
        contact: Contact, sender: NamedAddress, sequence: String, owner: UserRecord? = nil
    ) -> [String: String] {
        var values: [String: String] = [:]
        for (name, value) in contact.properties { values["contact.\(name)"] = value }
        values["contact.email"] = contact.email.text
        values["contact.firstName"] = contact.firstName
        values["contact.lastName"] = contact.lastName
        values["contact.company"] = contact.company
        values["contact.timeZone"] = contact.timeZone
        values["company.name"] = contact.company
        values["company.domain"] = contact.email.domain
        values["sender.name"] = sender.name ?? ""
        values["sender.firstName"] = sender.name?.split(separator: " ").first.map(String.init) ?? ""
        values["sender.email"] = sender.address.text
        values["sender.meetingLink"] = owner?.meetingLink ?? ""
        values["sequence.name"] = sequence
        return values
    }

    /// Renders the mail of a step.
    ///
    /// - Parameters:
    ///   - messageID: Kept from the first try of the step on (spec M1.1).
    ///   - bytesOf: The stored bytes of an earlier mail, for quoting it.
    func mail(
        of step: Step, messageID: MessageID, at now: Date, bytesOf: (JournalID) throws -> [UInt8]
    ) throws -> PreparedMail {
        var none: MailLinks?
        return try mail(of: step, messageID: messageID, at: now, links: &none, bytesOf: bytesOf)
    }

    /// Renders the mail of a step, with links of ours where it is to have them.
    ///
    /// - Parameter links: Learns the targets of the links that are led past us; nil for a mail without any
    ///   links of ours, such as a preview.
    func mail(
        of step: Step, messageID: MessageID, at now: Date, links: inout MailLinks?,
        bytesOf: (JournalID) throws -> [UInt8]
    ) throws -> PreparedMail {
        guard let email = step.email else { throw Obstacle.unusable("The step is no e-mail.") }
        let stored = edit ?? version.templates[email.template]
        // A manual e-mail may have none: its user writes it from the first word.
        guard stored != nil || (step.task != nil && email.template.isEmpty) else {
            throw Obstacle.unusable("The step has no template; apply the sequence again.")
        }
        guard let root = MessageID(enrollment.threadRoot) else {
            throw Obstacle.unusable("The enrollment's thread id is damaged.")
        }
        let sender = sender
        let parent = parent(of: email)
        let rendered =
            try stored.map {
                try self.rendered(
                    $0, checked: edit == nil ? checked[email.template] : nil, sender: sender, links: &links)
            } ?? RenderedMail(subject: .empty, text: "", html: "")

        var subject = rendered.subject
        var references = [root]
        if let parent {
            // One sent by hand may stand in another thread; each mail of ours begins with its own root.
            references += parent.references.filter { $0 != root }
            references.append(parent.wireID ?? parent.messageID)
            guard let reply = HeaderText(replySubject(to: parent.subject)) else {
                throw Obstacle.unusable("The subject of the mail to reply to cannot stand in a header.")
            }
            subject = reply
        }
        if let stored, subject.text.isEmpty {
            throw Obstacle.unusable(
                "The template \"\(stored.name)\" has no subject, and there is no mail to reply to.")
        }

        var text = rendered.text
        var html = rendered.html
        // What a person looks through and sends is theirs to sign.
        let isPlain = sequence.settings.isTransactional || step.task != nil
        if step.task == nil, let signature = settings.signature {
            let signature = try Signature(signature, sender: sender, owner: owner)
            text += signature.text
            html += signature.html
        }
        let foot = Foot(
            settings: settings, isTransactional: isPlain,
            page: links.flatMap { $0.tracking == .off ? nil : $0.unsubscribe })
        text += foot.text
        html += foot.html
        // Of a mail that was found in Sent after a loss, the text is not kept.
        if let parent, sequence.settings.quotesEarlier, case let earlier = try bytesOf(parent.id),
            !earlier.isEmpty
        {
            let quote = Quote(
                IncomingMessage.read(earlier), sentAt: parent.sentAt ?? now,
                zone: enrollment.zone, by: sender)
            text += quote.text
            html += quote.html
        }
        html += links?.pixel ?? ""

        let recipientName = [contact.firstName, contact.lastName].filter { !$0.isEmpty }.joined(
            separator: " ")
        let recipient =
            NamedAddress(name: recipientName.isEmpty ? nil : recipientName, address: contact.email)
            ?? NamedAddress(contact.email)
        let offset = Int(enrollment.zone.wallOffset(at: now)) / 60
        let message = OutgoingMessage(
            from: sender, to: recipient, subject: subject, messageID: messageID, date: now,
            utcOffset: offset,
            inReplyTo: parent.map { $0.wireID ?? $0.messageID }, references: references, text: text,
            html: html,
            extra: (isPlain ? [] : optOutFields(root, links: links)) + markFields(step, root))
        return PreparedMail(
            messageID: messageID, inReplyTo: message.inReplyTo, references: references, threadRoot: root,
            subject: subject.text, sender: sender.address, recipient: contact.email,
            bytes: message.rendered())
    }

    /// Who writes.
    var sender: NamedAddress {
        NamedAddress(name: mailbox.name.isEmpty ? nil : mailbox.name, address: enrollment.sender)
            ?? NamedAddress(enrollment.sender)
    }

    /// The mail that a step answers: the one named, else the latest of its thread that was sent (spec M1.3).
    private func parent(of email: EmailStep) -> JournalEntry? {
        guard let named = email.replyTo else { return nil }
        let sent = earlier.filter { $0.state == .sent }
        if let entry = sent.first(where: { $0.step == named }) { return entry }
        var thread: Set<StepID> = [named]
        var next = version.step(named)?.email?.replyTo
        while let step = next, thread.insert(step).inserted { next = version.step(step)?.email?.replyTo }
        for step in version.steps {
            if let answered = step.email?.replyTo, thread.contains(answered) { thread.insert(step.id) }
        }
        return sent.last { thread.contains($0.step) }
    }

    private func rendered(
        _ stored: StoredTemplate, checked: MailTemplate?, sender: NamedAddress, links: inout MailLinks?
    ) throws -> RenderedMail {
        let values = Self.values(contact: contact, sender: sender, sequence: sequence.name, owner: owner)
        do {
            let template = try checked ?? stored.checked()
            let missing = template.missing(in: values)
            guard missing.isEmpty else { throw Obstacle.missingTokens(missing) }
            var tracking = links
            let mail = try template.rendered(with: values) { tracking?.tracked($0) ?? $0 }
            links = tracking
            return mail
        } catch let problem as TemplateProblem {
            throw Obstacle.unusable("The template \"\(stored.name)\": \(problem.text)")
        }
    }

    /// What the mail is, so that a database that was lost can be made again from Sent.
    ///
    /// A draft has none: what becomes of it is its sender's affair.
    private func markFields(_ step: Step, _ root: MessageID) -> [OutgoingMessage.Field] {
        guard let marks, step.task == nil, let number = version.number(of: step.id) else { return [] }
        let mark = StepMark(
            number: number, version: enrollment.version, sequence: sequence.name, step: step.id.rawValue,
            root: root)
        return HeaderText(marks.text(of: mark, root: root)).flatMap {
            OutgoingMessage.Field(StepMark.field, $0)
        }.map { [$0] } ?? []
    }

    /// How to opt out: by mail always (RFC 2369 §3.2), by one click where the public URL has shown that it
    /// leads here (RFC 8058 §3.1).
    ///
    /// The token in the subject is the thread root's, looked up when such mail arrives.
    private func optOutFields(_ root: MessageID, links: MailLinks?) -> [OutgoingMessage.Field] {
        let token = root.text.prefix { $0 != "@" }
        let mail = "<mailto:\(enrollment.sender.text)?subject=unsubscribe%20\(token)>"
        let page = links.flatMap { $0.url.isSecure ? "<\($0.unsubscribe)>" : nil }
        var fields = [("List-Unsubscribe", [page, mail].compactMap { $0 }.joined(separator: ", "))]
        if page != nil { fields.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")) }
        return fields.compactMap { name, value in
            HeaderText(value).flatMap { OutgoingMessage.Field(name, $0) }
        }
    }
}

/// What a mailbox puts below each mail that it sends by itself.
struct Signature {
    let text: String
    let html: String

    /// The tokens that may stand in one: what is the same for every recipient.
    static let tokens: Set<String> = [
        "sender.name", "sender.firstName", "sender.email", "sender.meetingLink",
    ]

    /// - Parameter markdown: Checked before it was stored; what the sender has lost since is an obstacle.
    init(_ markdown: String, sender: NamedAddress, owner: UserRecord?) throws {
        let values = [
            "sender.name": sender.name ?? "",
            "sender.firstName": sender.name?.split(separator: " ").first.map(String.init) ?? "",
            "sender.email": sender.address.text, "sender.meetingLink": owner?.meetingLink ?? "",
        ]
        do {
            let template = try MailTemplate(name: "signature", subject: "", body: markdown)
            let missing = template.missing(in: values)
            guard missing.isEmpty else { throw Composer.Obstacle.missingTokens(missing) }
            let rendered = try template.rendered(with: values)
            // RFC 3676 §4.3: two hyphens and a blank begin a signature.
            text = "\n\n-- \n\(rendered.text)"
            html = "<div class=\"signature\">\n\(rendered.html)</div>\n"
        } catch let problem as TemplateProblem {
            throw Composer.Obstacle.unusable("The signature: \(problem.text)")
        }
    }
}

/// What stands below every mail that is not transactional: who writes, and how to opt out (spec M1.4).
private struct Foot {
    let text: String
    let html: String

    /// - Parameter page: Where they can opt out with a browser, in a mail that has links of ours anyway.
    init(settings: MailboxSettings, isTransactional: Bool, page: String?) {
        guard !isTransactional else {
            text = ""
            html = ""
            return
        }
        let wish = "If you would rather not hear from me again, just reply \"unsubscribe\""
        let who = [settings.identity ?? "", settings.postalAddress].filter { !$0.isEmpty }
        let end = page.map { " or open \($0)" } ?? ""
        let link = page.map { " or <a href=\"\($0.escapedForHTML)\">unsubscribe here</a>" } ?? ""
        text = "\n\n" + (who + ["\(wish)\(end)."]).joined(separator: "\n") + "\n"
        let lines = who.map(\.escapedForHTML) + ["\(wish.escapedForHTML)\(link)."]
        html = "<p style=\"color:#666;font-size:smaller\">\(lines.joined(separator: "<br>"))</p>\n"
    }
}

/// An earlier mail below the reply to it.
private struct Quote {
    let text: String
    let html: String

    init(_ message: IncomingMessage, sentAt: Date, zone: Zone, by sender: NamedAddress) {
        let wall = zone.wall(of: sentAt)
        let head = "On \(wall.day), \(sender.name ?? sender.address.text) wrote:"
        let body = (message.plainText ?? "").split(separator: "\n", omittingEmptySubsequences: false)
        text = "\n\(head)\n" + body.map { "> \($0)\n" }.joined()
        let escaped = body.map { String($0).escapedForHTML }.joined(separator: "<br>\n")
        html = "<p>\(head.escapedForHTML)</p>\n<blockquote>\(escaped)</blockquote>\n"
    }
}

extension Zone {
    /// Seconds that the clock on the wall is ahead of UTC.
    func wallOffset(at instant: Date) -> TimeInterval {
        let wall = wall(of: instant)
        return Double(wall.day.ordinal) * 86_400 + Double(wall.second)
            - instant.timeIntervalSince1970.rounded(.down)
    }
}

extension MessageID {
    /// A new id at a sender's domain: 128 random bits in 26 letters and digits (spec M1.1).
    static func fresh(at address: EmailAddress, from entropy: inout any RandomNumberGenerator & Sendable)
        -> MessageID?
    {
        MessageID("\(token(from: &entropy))@\(address.domain)")
    }

    /// Crockford's base 32, lower case: no letter is mistaken for a digit.
    static func token(from entropy: inout any RandomNumberGenerator & Sendable) -> String {
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
        var high: UInt64 = entropy.next()
        var low: UInt64 = entropy.next()
        var token = ""
        for index in 0..<26 {
            let value = index < 13 ? high & 31 : low & 31
            if index < 13 { high >>= 5 } else { low >>= 5 }
            token.append(alphabet[Int(value)])
        }
        return token
    }
}
