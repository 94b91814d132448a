package import PurrMail
internal import PurrSequences
internal import PurrStore
internal import PurrTemplates

/// What is to change about a connected mailbox; nil leaves a thing as it is.
package struct MailboxChange: Sendable {
    package var name: String?
    package var limitPerDay: Int?
    package var limitPerMinute: Int?
    /// As typed, `10..50/4w`; `none` ends one.
    package var rampUp: String?
    /// Markdown; empty for none.
    package var signature: String?
    /// Empty for the account's.
    package var identity: String?
    package var postalAddress: String?

    package init() {}
}

extension Commands {
    /// Changes a mailbox without asking its servers.
    ///
    /// - Returns: The settings as they are now.
    @discardableResult
    package func setUp(_ address: EmailAddress, _ wish: MailboxChange) throws -> MailboxSettings {
        try change { transaction in
            let mailbox = try mailbox(address, in: transaction)
            guard var settings = Document.value(MailboxSettings.self, from: mailbox.settings) else {
                throw CommandError(
                    .badData,
                    "The settings of \(mailbox.address) are damaged; connect it again with --update.")
            }
            for (limit, option) in [
                (wish.limitPerDay, "--limit-day"), (wish.limitPerMinute, "--limit-minute"),
            ] {
                guard limit.map({ (1...1_000_000).contains($0) }) ?? true else {
                    throw CommandError(.usage, "\(option) should be a number from 1 to 1000000.")
                }
            }
            if let limit = wish.limitPerDay { settings.limits.perDay = limit }
            if let limit = wish.limitPerMinute {
                settings.limits.perMinute = limit
                settings.limits.bulkPerMinute = min(settings.limits.bulkPerMinute, limit)
            }
            if let text = wish.rampUp { try setRampUp(text, wish, of: &settings) }
            if let signature = wish.signature {
                settings.signature = try checked(signature: signature, of: mailbox, in: transaction)
            }
            if let identity = wish.identity { settings.identity = identity }
            if let postalAddress = wish.postalAddress { settings.postalAddress = postalAddress }
            try transaction.updateMailbox(
                mailbox.id, name: wish.name ?? mailbox.name, settings: Document.text(of: settings),
                credential: mailbox.credential)
            return settings
        }
    }

    private func setRampUp(_ text: String, _ wish: MailboxChange, of settings: inout MailboxSettings) throws
    {
        if text == "none" {
            settings.limits.rampUp = nil
            return
        }
        guard let read = RampUp.read(text, startedAt: now) else {
            throw CommandError(
                .usage,
                "--ramp-up should be like 10..50/4w: from 10 to 50 mails a day within four weeks (d for days), at most a year; or none."
            )
        }
        guard wish.limitPerDay.map({ $0 == read.limit }) ?? true else {
            throw CommandError(
                .usage, "--ramp-up ends at \(read.limit) mails a day, so leave out --limit-day.")
        }
        settings.limits.rampUp = read.rampUp
        settings.limits.perDay = read.limit
    }

    /// - Returns: Nil for none.
    private func checked(signature: String, of mailbox: MailboxRecord, in transaction: Transaction) throws
        -> String?
    {
        guard signature.contains(where: { !$0.isWhitespace }) else { return nil }
        guard signature.utf8.count <= 10_000 else {
            throw CommandError(.badData, "The signature is longer than 10,000 bytes; shorten it.")
        }
        let template: MailTemplate
        do { template = try MailTemplate(name: "signature", subject: "", body: signature) } catch {
            throw CommandError(.badData, "The signature cannot be used: \(error.text)")
        }
        if let strange = template.tokens.subtracting(Signature.tokens).sorted().first {
            throw CommandError(
                .badData,
                "{{\(strange)}} may not stand in a signature; it may hold \(Signature.tokens.sorted().map { "{{\($0)}}" }.joined(separator: ", "))."
            )
        }
        do {
            _ = try Signature(
                signature,
                sender: NamedAddress(name: mailbox.name, address: mailbox.address)
                    ?? NamedAddress(mailbox.address),
                owner: try transaction.owner(of: mailbox.id))
        } catch Composer.Obstacle.missingTokens(let names) {
            throw CommandError(
                .badData,
                "{{\(names[0])}} of the signature has no value for \(mailbox.address); give it one first, or leave it out."
            )
        } catch Composer.Obstacle.unusable(let words) {
            throw CommandError(.badData, words)
        }
        return signature
    }
}
