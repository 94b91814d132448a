internal import Foundation
internal import PurrMail
internal import PurrSequences

// What prospects, their servers and forgers do when a mail reaches them.
extension World {
    /// A reaction under way.
    private struct Reaction {
        let mail: ReceivedMail
        let mailbox: MailboxID
        let at: Date
        let id: String

        var key: String { mail.recipient.key }

        func reply(
            from: String? = nil, threaded: Correspondence.Threading = .full,
            text: String = "Thanks, let us talk.", extra: [String] = [], subject: String? = nil,
            id other: String? = nil
        ) -> [UInt8] {
            Correspondence.reply(
                to: mail, from: from ?? mail.recipient.text, id: other ?? id, at: at, threaded: threaded,
                text: text, extra: extra, subject: subject)
        }

        /// A machine's answer.
        func automatic(_ text: String, id other: String? = nil, subject: String? = nil) -> [UInt8] {
            reply(text: text, extra: ["Auto-Submitted: auto-replied"], subject: subject, id: other)
        }
    }

    mutating func react(to mail: ReceivedMail, mailbox: MailboxID) {
        guard let prospect = prospects[mail.recipient.key], mail.step == prospect.reactsTo else { return }
        serial += 1
        let wait =
            prospect.behaviour == .repliesLate
            ? prospect.reactsAfter + 12 * 86_400 : prospect.reactsAfter
        let reaction = Reaction(
            mail: mail, mailbox: mailbox, at: now.addingTimeInterval(wait), id: "r\(serial)@Example.net")
        switch prospect.behaviour {
        case .silent, .ambushesNextStep, .refusedAtOnce: break
        case .outOfOffice, .outOfOfficeThenReplies, .awayForLong, .reusesMessageID, .twoMailsOfOneID,
            .acknowledgesByTicket, .automaton, .challenges, .readsIt:
            reactByMachine(reaction, prospect.behaviour)
        case .doesNotExist, .delayed, .complains, .bounceIsForged, .bounceIsForgedWithID,
            .complaintIsForged:
            report(reaction, prospect.behaviour)
        default: answer(reaction, prospect.behaviour)
        }
    }

    private mutating func arrive(
        _ bytes: [UInt8], _ reaction: Reaction, in folder: String = "INBOX", _ what: Arrival,
        after: TimeInterval = 0
    ) {
        schedule(
            .arrive(reaction.mailbox, folder, bytes, from: reaction.key, what),
            at: reaction.at.addingTimeInterval(after))
    }

    private mutating func answer(_ reaction: Reaction, _ behaviour: Prospect.Behaviour) {
        let (mail, elsewhere) = (reaction.mail, "private\(serial)@elsewhere.test")
        switch behaviour {
        case .repliesByReferencesOnly: arrive(reaction.reply(threaded: .referencesOnly), reaction, .human)
        case .repliesWithNewSubject:
            arrive(reaction.reply(threaded: .none, subject: "Our project"), reaction, .human)
        case .repliesFromElsewhere: arrive(reaction.reply(from: elsewhere), reaction, .human)
        case .repliesToRootFromElsewhere:
            arrive(reaction.reply(from: elsewhere, threaded: .rootOnly), reaction, .human)
        case .repliesWithFoldedIDs:
            arrive(reaction.reply(from: elsewhere, threaded: .folded), reaction, .human)
        case .repliesIntoFolder: arrive(reaction.reply(), reaction, in: "Clients", .human)
        case .repliesIntoJunk: arrive(reaction.reply(), reaction, in: "Junk", .human)
        case .repliesToTrash: arrive(reaction.reply(), reaction, in: "Trash", .human)
        case .repliesThenMoved:
            arrive(reaction.reply(), reaction, .human)
            schedule(
                .move(
                    reaction.mailbox, from: "INBOX", to: pick(["Archive", "Trash", "Projects", "Junk"])),
                at: reaction.at.addingTimeInterval(seconds(0.1...30)))
        case .repliesTwice:
            arrive(reaction.reply(), reaction, .human)
            arrive(
                reaction.reply(text: "One thing more.", id: "again\(serial)@example.net"), reaction, .human,
                after: seconds(30...3 * 86_400))
        case .invites:
            arrive(Correspondence.invitation(to: mail, id: reaction.id, at: reaction.at), reaction, .human)
        case .acceptsMeeting, .declinesMeeting:
            let status = behaviour == .acceptsMeeting ? "ACCEPTED" : "DECLINED"
            arrive(
                Correspondence.calendar(
                    "REPLY", partstat: status, to: mail, id: reaction.id, at: reaction.at), reaction, .human
            )
        case .optsOut: arrive(reaction.reply(text: "Please unsubscribe me."), reaction, .optOut)
        case .optsOutByHeader:
            let token = mail.references.first?.text.prefix { $0 != "@" } ?? ""
            arrive(
                reaction.reply(threaded: .none, text: "", subject: "unsubscribe \(token)"), reaction,
                .optOut)
        case .leftTheCompany:
            arrive(
                reaction.reply(
                    text: "I no longer work at the company. Please write to my successor.",
                    extra: ["Auto-Submitted: auto-replied"], subject: "Re: \(mail.subject)"), reaction,
                .left)
        default: arrive(reaction.reply(), reaction, .human)
        }
    }

    private mutating func reactByMachine(_ reaction: Reaction, _ behaviour: Prospect.Behaviour) {
        let mail = reaction.mail
        switch behaviour {
        case .outOfOffice, .outOfOfficeThenReplies, .awayForLong:
            let days = behaviour == .awayForLong ? 45.0 : 6.0
            let back = Zone.utc.wall(of: reaction.at.addingTimeInterval(days * 86_400)).day
            arrive(
                reaction.automatic(
                    "I am out of office until \(Correspondence.words(for: back)) and will answer after that.",
                    subject: "Out of office: \(mail.subject)"), reaction, .noise)
            if behaviour == .outOfOfficeThenReplies {
                arrive(
                    reaction.reply(id: "later\(serial)@example.net"), reaction, .human,
                    after: seconds(86_400...5 * 86_400))
            }
        case .reusesMessageID, .twoMailsOfOneID:
            arrive(reaction.automatic("Your mail has arrived."), reaction, .noise)
            arrive(reaction.reply(text: "Here is my real answer."), reaction, .human, after: 3_600)
        case .acknowledgesByTicket:
            arrive(
                reaction.automatic(
                    "Your request has been received and assigned ticket #4711.",
                    subject: "[#4711] \(mail.subject)"), reaction, .noise)
        case .automaton:
            // Two machines that answer each other would go on for ever: ours must not be one of them.
            for round in 0..<4 {
                arrive(
                    reaction.automatic(
                        "This is an automatic reply.", id: "auto\(serial).\(round)@example.net"),
                    reaction, .noise, after: Double(round) * 3_600)
            }
        case .challenges:
            arrive(
                reaction.automatic(
                    "My spam protection requires verification: click the link below to verify that you are a human."
                ), reaction, .noise)
        default:
            arrive(Correspondence.receipt(for: mail, id: reaction.id, at: reaction.at), reaction, .noise)
        }
    }

    private mutating func report(_ reaction: Reaction, _ behaviour: Prospect.Behaviour) {
        let (mail, id, at) = (reaction.mail, reaction.id, reaction.at)
        let invented = Correspondence.inventedHeader(to: mail, serial: serial, at: at)
        switch behaviour {
        case .delayed:
            arrive(
                Correspondence.report(about: mail, action: "delayed", status: "4.4.1", id: id, at: at),
                reaction, .noise)
        case .complains: arrive(Correspondence.complaint(about: mail, id: id, at: at), reaction, .complaint)
        case .bounceIsForged:
            arrive(
                Correspondence.report(
                    about: mail, action: "failed", status: "5.1.1", id: id, at: at, returned: ""), reaction,
                .forgery)
        case .bounceIsForgedWithID:
            arrive(
                Correspondence.report(
                    about: mail, action: "failed", status: "5.1.1", id: id, at: at, returned: invented),
                reaction, .forgery)
        case .complaintIsForged:
            arrive(
                Correspondence.complaint(about: mail, id: id, at: at, returned: invented), reaction,
                .forgery)
        default:
            arrive(
                Correspondence.report(about: mail, action: "failed", status: "5.1.1", id: id, at: at),
                reaction, .bounce)
        }
    }
}
