internal import Foundation
internal import PurrMail
internal import PurrSequences

// What prospects do when a mail reaches them.
extension World {
    mutating func react(to mail: ReceivedMail, mailbox: MailboxID) {
        guard let prospect = prospects[mail.recipient.key], mail.step == prospect.reactsTo else { return }
        let at = now.addingTimeInterval(prospect.reactsAfter)
        let key = mail.recipient.key
        serial += 1
        let id = "r\(serial)@example.net"
        func reply(
            from: String? = nil, threaded: Correspondence.Threading = .full,
            text: String = "Thanks, let us talk.",
            extra: [String] = [], subject: String? = nil, id other: String? = nil
        ) -> [UInt8] {
            Correspondence.reply(
                to: mail, from: from ?? mail.recipient.text, id: other ?? id, at: at, threaded: threaded,
                text: text,
                extra: extra, subject: subject)
        }
        func arrive(_ bytes: [UInt8], in folder: String = "INBOX", _ what: Arrival, after: TimeInterval = 0)
        {
            schedule(.arrive(mailbox, folder, bytes, from: key, what), at: at.addingTimeInterval(after))
        }
        switch prospect.behaviour {
        case .silent, .ambushesNextStep, .refusedAtOnce: break
        case .repliesInThread: arrive(reply(), .human)
        case .repliesByReferencesOnly: arrive(reply(threaded: .referencesOnly), .human)
        case .repliesWithNewSubject: arrive(reply(threaded: .none, subject: "Our project"), .human)
        case .repliesFromElsewhere: arrive(reply(from: "private\(serial)@elsewhere.test"), .human)
        case .repliesIntoFolder: arrive(reply(), in: "Clients", .human)
        case .repliesToTrash: arrive(reply(), in: "Trash", .human)
        case .repliesThenMoved:
            arrive(reply(), .human)
            schedule(
                .move(mailbox, from: "INBOX", to: pick(["Archive", "Trash", "Projects", "Junk"])),
                at: at.addingTimeInterval(seconds(0.1...30)))
        case .outOfOffice, .outOfOfficeThenReplies:
            let back = at.addingTimeInterval(6 * 86_400)
            let words = "I am out of office until \(day(back)) and will answer after that."
            arrive(
                reply(
                    text: words, extra: ["Auto-Submitted: auto-replied"],
                    subject: "Out of office: \(mail.subject)"), .noise)
            if prospect.behaviour == .outOfOfficeThenReplies {
                arrive(reply(id: "later\(serial)@example.net"), .human, after: seconds(86_400...5 * 86_400))
            }
        case .doesNotExist:
            arrive(
                Correspondence.report(about: mail, action: "failed", status: "5.1.1", id: id, at: at),
                .bounce)
        case .delayed:
            arrive(
                Correspondence.report(about: mail, action: "delayed", status: "4.4.1", id: id, at: at),
                .noise)
        case .reusesMessageID, .twoMailsOfOneID:
            arrive(reply(text: "Your mail has arrived.", extra: ["Auto-Submitted: auto-replied"]), .noise)
            arrive(reply(text: "Here is my real answer."), .human, after: 3_600)
        case .optsOut: arrive(reply(text: "Please unsubscribe me."), .optOut)
        }
    }

    private func day(_ date: Date) -> String {
        let wall = Zone.utc.wall(of: date).day
        let months = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September",
            "October", "November", "December",
        ]
        return "\(wall.day) \(months[wall.month - 1]) \(wall.year)"
    }

    /// The user of the mailbox writes to a contact by hand.
    mutating func writeByHand(to contact: EmailAddress, from mailbox: MailboxID) {
        guard let sender = addresses[mailbox] else { return }
        serial += 1
        handWritten.insert(contact.key)
        let text = """
            From: <\(sender)>
            To: <\(contact)>
            Date: \(Correspondence.stamp(now))
            Message-ID: <hand\(serial)@example.org>
            Subject: By the way

            I thought of something.

            """
        accounts[mailbox]?.store(Array(text.replacing("\n", with: "\r\n").utf8), in: "Sent", at: now)
        tell("the user writes to \(contact) by hand")
    }
}
