internal import Foundation
internal import PurrMail
internal import PurrSequences

// What the user of a mailbox does in a mail program of their own.
extension World {
    /// Writes to a contact by hand.
    mutating func writeByHand(to contact: EmailAddress, from mailbox: MailboxID) {
        guard let sender = addresses[mailbox] else { return }
        serial += 1
        handWritten[contact.key, default: []].append(now)
        let text = """
            From: <\(sender)>
            To: <\(contact)>
            Date: \(Correspondence.stamp(now))
            Message-ID: <hand\(serial)@example.org>
            Subject: By the way

            I thought of something.

            """
        accounts[mailbox]?.store(Array(text.replacing("\n", with: "\r\n").utf8), in: "Sent", at: now)
        goRound(mailbox)
        tell("the user writes to \(contact) by hand")
    }

    /// Sends a draft of Purr's: most programs give it a new Message-ID, some forget its thread.
    mutating func sendDraft(from mailbox: MailboxID) {
        guard let draft = accounts[mailbox]?.folders["Drafts"]?.messages.first else { return }
        accounts[mailbox]?.folders["Drafts"]?.messages.removeFirst()
        let header = MessageHeader(SimulatedAccount.header(of: draft.bytes))
        guard let old = header.messageID, let recipient = header.to.first?.address,
            let sender = header.from.first?.address
        else { return violations.append("a draft without From, To or Message-ID lies in Drafts") }
        serial += 1
        var text = String(decoding: draft.bytes, as: UTF8.self)
        var id = old
        if chance(0.7), let new = MessageID("hand\(serial)@example.org") {
            text = text.replacing("Message-ID: \(old)", with: "Message-ID: \(new)")
            id = new
        }
        if chance(0.2) { text = text.replacing("References:", with: "X-Was:") }
        handWritten[recipient.key, default: []].append(now)
        tell("the user sends the draft to \(recipient) as \(id)")
        let bytes = Array(text.utf8)
        accounts[mailbox]?.store(bytes, in: "Sent", at: now)
        goRound(mailbox)
        react(
            to: ReceivedMail(
                messageID: id, references: header.references, subject: header.subject, sender: sender,
                recipient: recipient, step: Self.step(in: text), bytes: bytes),
            mailbox: mailbox)
    }

    /// The number of the step whose template a mail was made of; 0 when it has none.
    static func step(in text: String) -> Int {
        text.firstRange(of: "marker-").map { text[$0.upperBound...].prefix(while: \.isNumber) }
            .flatMap { Int($0) } ?? 0
    }
}
