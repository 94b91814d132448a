internal import Foundation
package import PurrMail
package import PurrSequences
internal import PurrStore

/// A user as people look at them.
package struct UserReport: Sendable, Encodable {
    package let name: String
    /// Where their digest and reminders come from and go to.
    @OrNull package var mailbox: String?
    @OrNull package var zone: String?
    @OrNull package var meetingLink: String?
    /// The time of day of the digest, as `07:00`; null for none.
    @OrNull package var digest: String?
}

/// What is to be different about a user; nil leaves a thing as it is.
package struct UserChange: Sendable, Hashable {
    package var name: String?
    package var mailbox: EmailAddress?
    package var zone: Zone?
    /// Empty for none.
    package var meetingLink: String?
    package var digest: Digest?

    /// When the daily mail about open tasks goes (spec S2.6).
    package enum Digest: Sendable, Hashable {
        case off
        /// The minute of the day, in the user's zone.
        case at(Int)
    }

    package init() {}
}

extension Commands {
    /// All users by name.
    package func users() throws -> [UserReport] {
        try look { transaction in try transaction.users().map { try report($0, in: transaction) } }
    }

    /// Makes a user.
    package func addUser(_ name: String, _ change: UserChange) throws -> UserReport {
        try self.change { transaction in
            try check(name: name)
            if let address = change.mailbox,
                let owner = try transaction.owner(of: mailbox(address, in: transaction).id)
            {
                throw CommandError(
                    .badData,
                    "\(address) belongs to \"\(owner.name)\". To rename them: purr user set \"\(owner.name)\" --name \"\(name)\"; to hand it over, add the user without it, then: purr user set \"\(name)\" --mailbox \(address)."
                )
            }
            guard let id = try transaction.insertUser(name, mailbox: nil, at: now),
                let user = try transaction.user(id)
            else { throw taken(name) }
            return try apply(change, to: user, in: transaction)
        }
    }

    /// Changes a user.
    ///
    /// A mailbox that is named belongs to them from then on.
    package func changeUser(_ name: String, _ change: UserChange) throws -> UserReport {
        try self.change { transaction in
            let user = try user(name, in: transaction)
            if let new = change.name, new != name {
                try check(name: new)
                guard try transaction.user(named: new) == nil else { throw taken(new) }
            }
            return try apply(change, to: user, in: transaction)
        }
    }

    /// Forgets a user.
    ///
    /// - Parameter heir: Who gets what belongs to them; needed where anything does.
    package func removeUser(_ name: String, heir: String? = nil) throws {
        try change { transaction in
            let user = try user(name, in: transaction)
            guard let heir else {
                let things = try transaction.belongings(of: user.id)
                let words = [
                    (things.mailboxes, "mailbox", "mailboxes"), (things.sequences, "sequence", "sequences"),
                    (things.enrollments, "enrollment", "enrollments"), (things.tasks, "task", "tasks"),
                ].filter { $0.0 > 0 }.map { "\($0.0) \($0.0 == 1 ? $0.1 : $0.2)" }
                guard words.isEmpty else {
                    throw CommandError(
                        .badData,
                        "\"\(name)\" still has \(words.joined(separator: ", ")). Say who gets them: purr user remove \"\(name)\" --hand-to USER."
                    )
                }
                return try transaction.deleteUser(user.id)
            }
            let other = try self.user(heir, in: transaction)
            guard other.id != user.id else {
                throw CommandError(.usage, "\"\(name)\" cannot be their own heir; name another user.")
            }
            try transaction.handOver(from: user.id, to: other.id)
            if other.mailbox == nil, let mailbox = user.mailbox {
                try transaction.update(other.with(mailbox: mailbox))
            }
            try transaction.deleteUser(user.id)
        }
    }

    /// A user by name.
    func user(_ name: String, in transaction: Transaction) throws -> UserRecord {
        if let user = try transaction.user(named: name) { return user }
        throw CommandError(.badData, "There is no user \"\(name)\". See: purr user list.")
    }

    private func apply(_ change: UserChange, to user: UserRecord, in transaction: Transaction) throws
        -> UserReport
    {
        var mailboxID = user.mailbox
        if let address = change.mailbox {
            let mailbox = try mailbox(address, in: transaction)
            mailboxID = mailbox.id
            try transaction.setOwner(user.id, of: mailbox.id)
            // Whose digest came from there has lost the mailbox.
            for other in try transaction.users(of: mailbox.id) where other.id != user.id {
                try transaction.update(other.with(mailbox: nil))
            }
        }
        if let link = change.meetingLink { try check(meetingLink: link) }
        var minute = user.digestMinute
        switch change.digest {
        case nil: break
        case .off: minute = nil
        case .at(let time): minute = time
        }
        let changed = UserRecord(
            id: user.id, name: change.name ?? user.name, mailbox: mailboxID, zone: change.zone ?? user.zone,
            meetingLink: change.meetingLink ?? user.meetingLink, digestMinute: minute)
        try transaction.update(changed)
        return try report(changed, in: transaction)
    }

    private func report(_ user: UserRecord, in transaction: Transaction) throws -> UserReport {
        UserReport(
            name: user.name,
            mailbox: try user.mailbox.flatMap { try transaction.mailbox($0) }?.address.text,
            zone: user.zone?.identifier, meetingLink: user.meetingLink.isEmpty ? nil : user.meetingLink,
            digest: user.digestMinute.map { ($0 * 60).asClock })
    }

    private func check(name: String) throws {
        let isPlain = name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard isPlain, !name.isEmpty, name.utf8.count <= 100, !name.allSatisfy(\.isWhitespace),
            !["everyone", "me"].contains(name)
        else {
            throw CommandError(
                .usage,
                "A user's name is one line of at most 100 bytes, and neither \"everyone\" nor \"me\".")
        }
    }

    private func check(meetingLink link: String) throws {
        guard !link.isEmpty else { return }
        let parts = URLComponents(string: link)
        guard parts?.scheme == "https", parts?.host?.isEmpty == false,
            !link.contains(where: { $0.isWhitespace || "<>\"".contains($0) })
        else {
            throw CommandError(
                .usage, "The meeting link should be an address such as https://meet.example.org/kari.")
        }
    }

    private func taken(_ name: String) -> CommandError {
        CommandError(.badData, "There is a user \"\(name)\" already. See: purr user list.")
    }
}

extension UserRecord {
    func with(mailbox: MailboxID?) -> UserRecord {
        UserRecord(
            id: id, name: name, mailbox: mailbox, zone: zone, meetingLink: meetingLink,
            digestMinute: digestMinute)
    }
}
