internal import Foundation
internal import PurrMail
internal import PurrSendTime
internal import PurrSequences
internal import PurrStore

/// Mail that somebody wrote, as evidence of when they are at their desk (spec T1): it needs no pixel.
///
/// Nearly all headers of a large mailbox are from people whom no sequence concerns. What they wrote is only
/// listed while it is read, and put in its place, by address, when there is time for it or somebody asks: doing
/// so at once took more time than reading.
struct WrittenMail {
    let mailbox: MailboxID
    let now: Date

    /// Notes that a person wrote, by the clock they wrote at.
    ///
    /// - Parameters:
    ///   - key: What makes it the same message in another folder.
    ///   - isJudgedSoon: Whether its body will be read, and more be known then.
    func note(
        _ header: MessageHeader, from sender: EmailAddress, key: String, receivedAt: Date,
        isJudgedSoon: Bool, in transaction: Transaction
    ) throws {
        let written = header.raw("Date").flatMap { MailDate.reading($0) }
        // A clock that is days off tells neither the time nor the zone.
        let plausible = written.flatMap {
            -2 * 86_400...3_600 ~= $0.date.timeIntervalSince(receivedAt) ? $0 : nil
        }
        var sighting = Sighting(
            .wrote, at: plausible?.date ?? receivedAt, address: sender.key, key: Self.key(of: key))
        sighting.east = plausible?.offset
        if isJudgedSoon {
            try place(sighting, notedAt: now, in: transaction)
        } else {
            try transaction.list(sighting, of: mailbox, at: now)
        }
    }

    /// Puts what was only listed in its place, the oldest first.
    ///
    /// - Returns: Whether there was anything.
    func placeListed(limit: Int, in transaction: Transaction) throws -> Bool {
        let listed = try transaction.takeListed(of: mailbox, limit: limit)
        for (sighting, notedAt) in listed { try place(sighting, notedAt: notedAt, in: transaction) }
        return !listed.isEmpty
    }

    /// Puts what is listed of every mailbox in its place, for a question about people that cannot wait.
    ///
    /// - Parameter limit: How much of each mailbox.
    /// - Returns: Whether there was anything.
    @discardableResult
    static func placeListed(limit: Int = .max, now: Date, in transaction: Transaction) throws -> Bool {
        guard try transaction.hasListed() else { return false }
        for mailbox in try transaction.mailboxes() {
            _ = try WrittenMail(mailbox: mailbox.id, now: now).placeListed(limit: limit, in: transaction)
        }
        return true
    }

    /// Notes it for the person whose address it is, or who answered from it before.
    private func place(_ sighting: Sighting, notedAt: Date, in transaction: Transaction) throws {
        var sighting = sighting
        sighting.address =
            try transaction.contactKey(ofSecondAddress: sighting.address)
            ?? EmailAddress(sighting.address)?.canonicalKey ?? sighting.address
        try transaction.note(sighting, of: mailbox, at: notedAt)
    }

    /// What was found when the body had been read.
    ///
    /// - Parameter sentAt: When the mail it answers was sent, if it answers one of ours.
    func judge(key: String, isPerson: Bool, sentAt: Date?, in transaction: Transaction) throws {
        try transaction.judge(
            sighting: Self.key(of: key), of: mailbox, isPerson: isPerson, sentAt: isPerson ? sentAt : nil)
    }

    private static func key(of message: String) -> String { "mail/\(message)" }
}
