package import PurrMail
package import PurrSequences
package import PurrStore

/// A mailbox as it is to be connected; its servers have been tried.
package struct MailboxConnection: Sendable {
    package var address: EmailAddress
    package var name: String
    package var settings: MailboxSettings
    /// As ``Vault`` sealed it.
    package var credential: [UInt8]
    package var aliases: [EmailAddress]
    /// Whether the server files sent mail by itself; nil when nobody has looked.
    package var filesSent: Bool?
    /// An identity provider's tokens, as ``Vault`` sealed them; nil where there are none, or they stay.
    package var tokens: [UInt8]?
    /// Whose mailbox it is, by name; empty for one named as the mailbox is.
    package var owner = ""
    /// The owner's zone, for one who is new.
    package var zone: Zone?

    package init(
        address: EmailAddress, name: String, settings: MailboxSettings, credential: [UInt8],
        aliases: [EmailAddress] = [], filesSent: Bool? = nil
    ) {
        self.address = address
        self.name = name
        self.settings = settings
        self.credential = credential
        self.aliases = aliases
        self.filesSent = filesSent
    }
}

extension Commands {
    /// Says whether the address may be connected, before a server is asked.
    ///
    /// - Returns: The mailbox that is connected already, for an update.
    /// - Throws: When it is connected and no update is meant, or the other way round.
    @discardableResult
    package func checkIsFree(_ address: EmailAddress, aliases: [EmailAddress], isUpdate: Bool) throws
        -> MailboxRecord?
    {
        try look { try isFree(address, aliases: aliases, isUpdate: isUpdate, in: $0) }
    }

    private func isFree(
        _ address: EmailAddress, aliases: [EmailAddress], isUpdate: Bool, in transaction: Transaction
    ) throws -> MailboxRecord? {
        let known = try transaction.mailbox(sending: address)
        if let known, known.address.key != address.key {
            throw CommandError(.badData, "\(address) is an alias of \(known.address) already.")
        }
        if known != nil, !isUpdate {
            throw CommandError(
                .badData,
                "\(address) is connected already. To change it: purr mailbox add \(address) --update.")
        }
        for alias in aliases {
            if let other = try transaction.mailbox(sending: alias), other.id != known?.id {
                throw CommandError(.badData, "\(alias) belongs to \(other.address) already.")
            }
        }
        return known
    }

    /// Connects a mailbox, or changes how it is connected.
    package func connect(_ mailbox: MailboxConnection, isUpdate: Bool) throws {
        try change { transaction in
            let settings = Document.text(of: mailbox.settings)
            let known = try isFree(
                mailbox.address, aliases: mailbox.aliases, isUpdate: isUpdate, in: transaction)
            let id: MailboxID
            if let known {
                id = known.id
                try transaction.updateMailbox(
                    id, name: mailbox.name, settings: settings, credential: mailbox.credential)
                try transaction.setFailure(nil, since: now, of: id)
                // What one server asked for does not bind another.
                let earlier = Document.value(MailboxSettings.self, from: known.settings)
                if earlier?.smtp != mailbox.settings.smtp { try transaction.setSlowdown(nil, of: id) }
                if known.isPaused, known.pauseReason != Self.pausedByUser {
                    try transaction.resumeMailbox(id)
                    try transaction.append(
                        Event(
                            at: now, .mailboxResumed, mailbox: id,
                            "\(mailbox.address) was connected anew and goes on."))
                }
            } else {
                guard
                    let new = try transaction.insertMailbox(
                        address: mailbox.address, name: mailbox.name, settings: settings,
                        credential: mailbox.credential, at: now)
                else { throw CommandError(.badData, "\(mailbox.address) is connected already.") }
                id = new
                try own(id, mailbox, in: transaction)
                try transaction.append(
                    Event(at: now, .mailboxAdded, mailbox: id, "\(mailbox.address) was connected."))
            }
            if let tokens = mailbox.tokens { try transaction.setTokens(tokens, of: id, at: now) }
            try transaction.setAliases(mailbox.aliases, of: id)
            if let filesSent = mailbox.filesSent { try transaction.setFilesSent(filesSent, of: id) }
        }
    }

    /// Gives a mailbox its user: the one named, or a new one; who has two mailboxes is one user.
    private func own(_ id: MailboxID, _ mailbox: MailboxConnection, in transaction: Transaction) throws {
        let names = [mailbox.owner, mailbox.name, mailbox.address.text].filter { !$0.isEmpty }
        let name = names.first ?? mailbox.address.text
        if let known = try transaction.user(named: name) {
            return try transaction.setOwner(known.id, of: id)
        }
        guard let new = try transaction.insertUser(name, mailbox: id, at: now) else { return }
        try transaction.setOwner(new, of: id)
        guard let zone = mailbox.zone, let user = try transaction.user(new) else { return }
        try transaction.update(
            UserRecord(
                id: new, name: user.name, mailbox: id, zone: zone, meetingLink: "",
                digestMinute: user.digestMinute))
    }

    /// Remembers what a check of a connected mailbox found out.
    package func note(filesSent: Bool, of address: EmailAddress) throws {
        try change { try $0.setFilesSent(filesSent, of: mailbox(address, in: $0).id) }
    }

    /// Forgets a mailbox and its credential; its open enrollments end.
    ///
    /// - Returns: How many enrollments ended.
    package func removeMailbox(_ address: EmailAddress) throws -> Int {
        try change { transaction in
            let mailbox = try mailbox(address, in: transaction)
            var ended = 0
            for enrollment in try transaction.openEnrollments(of: mailbox.id) {
                let detail = "\(mailbox.address) was disconnected"
                guard
                    try transaction.unenroll(
                        enrollment.id, because: .mailboxRemoved, detail: detail, at: now)
                else { continue }
                try transaction.append(
                    Event(
                        at: now, .canceled, mailbox: mailbox.id, enrollment: enrollment.id,
                        "\(detail), so nothing more is sent."))
                ended += 1
            }
            try transaction.cancelRuns(
                mailbox: mailbox.id, because: "\(mailbox.address) was disconnected.", at: now)
            try transaction.retireMailbox(mailbox.id)
            return ended
        }
    }

    /// How many enrollments would end with a mailbox.
    package func openCount(of address: EmailAddress) throws -> Int {
        try look { try $0.openEnrollments(of: mailbox(address, in: $0).id).count }
    }

    /// Why a mailbox is paused, when its user did it.
    static let pausedByUser = "You paused it."

    /// Nothing is sent from a paused mailbox; it is still watched.
    ///
    /// - Returns: Whether it was not paused before.
    package func pauseMailbox(_ address: EmailAddress) throws -> Bool {
        try change { transaction in
            let mailbox = try mailbox(address, in: transaction)
            guard !mailbox.isPaused else { return false }
            try transaction.pauseMailbox(mailbox.id, because: Self.pausedByUser)
            try transaction.append(
                Event(
                    at: now, .mailboxPaused, mailbox: mailbox.id, "\(mailbox.address) was paused by hand."))
            return true
        }
    }

    /// - Returns: Whether it was paused before.
    package func resumeMailbox(_ address: EmailAddress) throws -> Bool {
        try change { transaction in
            let mailbox = try mailbox(address, in: transaction)
            guard mailbox.isPaused else { return false }
            try transaction.resumeMailbox(mailbox.id)
            try transaction.append(
                Event(
                    at: now, .mailboxResumed, mailbox: mailbox.id, "\(mailbox.address) was resumed by hand."
                ))
            return true
        }
    }

    /// What is remembered of a mailbox's folders.
    package func folders(of address: EmailAddress) throws -> [FolderRecord] {
        try look { try $0.folders(of: mailbox(address, in: $0).id).filter(\.isListed) }
    }

    /// Leaves folders out of the watch, or takes them in again.
    ///
    /// - Parameter names: As people read them, or as the server spells them.
    package func watch(folders names: [String], _ isWatched: Bool, of address: EmailAddress) throws {
        try change { transaction in
            let mailbox = try mailbox(address, in: transaction)
            let folders = try transaction.folders(of: mailbox.id)
            for name in names {
                guard
                    let folder = folders.first(where: {
                        $0.name.description == name || $0.name.wire == name
                    })
                else {
                    throw CommandError(
                        .badData,
                        folders.isEmpty
                            ? "The folders of \(address) are not known yet; they are after: purr mailbox check \(address)."
                            : "\(address) has no folder \"\(name)\". See: purr mailbox folders \(address).")
                }
                if folder.name.isInbox, !isWatched {
                    throw CommandError(.badData, "INBOX cannot be left out: answers arrive there.")
                }
                _ = try transaction.setExcluded(!isWatched, folder: folder.name, of: mailbox.id)
            }
        }
    }

    /// Remembers the folders that a check saw, so that some can be left out before the daemon reads them.
    package func note(folders: [ListedFolder], of address: EmailAddress) throws {
        try change { transaction in
            let mailbox = try mailbox(address, in: transaction)
            let known = Set(try transaction.folders(of: mailbox.id).map(\.name))
            for folder in folders where folder.isSelectable && !known.contains(folder.name) {
                try transaction.save(FolderRecord(name: folder.name, role: folder.role), of: mailbox.id)
            }
        }
    }

    /// The mailbox with this address of its own or as an alias.
    package func mailbox(_ address: EmailAddress) throws -> MailboxRecord {
        try look { try mailbox(address, in: $0) }
    }

    func mailbox(_ address: EmailAddress, in transaction: Transaction) throws -> MailboxRecord {
        guard let mailbox = try transaction.mailbox(sending: address) else {
            throw CommandError(.badData, "\(address) is not a connected mailbox. See: purr mailbox list.")
        }
        return mailbox
    }
}
