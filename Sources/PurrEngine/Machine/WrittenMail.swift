internal import Foundation
internal import PurrMail
internal import PurrSendTime
internal import PurrSequences
internal import PurrStore

/// Mail that somebody wrote, as evidence of when they are at their desk (spec T1): it needs no pixel.
struct WrittenMail {
    let mailbox: MailboxID
    let now: Date

    /// Notes that a person wrote, by the clock they wrote at.
    ///
    /// - Parameter key: What makes it the same message in another folder.
    func note(
        _ header: MessageHeader, from sender: EmailAddress, key: String, receivedAt: Date,
        in transaction: Transaction
    ) throws {
        let address =
            try transaction.contactKey(ofSecondAddress: sender.key) ?? sender.canonicalKey
        // A clock that is days off tells neither the time nor the zone.
        let isPlausible =
            header.date.map { -2 * 86_400...3_600 ~= $0.timeIntervalSince(receivedAt) } ?? false
        var sighting = Sighting(
            .wrote, at: isPlausible ? header.date ?? receivedAt : receivedAt, address: address,
            key: Self.key(of: key))
        if isPlausible { sighting.east = header.raw("Date").flatMap(MailDate.offset) }
        try transaction.note(sighting, of: mailbox, at: now)
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
