internal import Foundation
internal import PurrEngine
internal import PurrMail
internal import PurrSequences

// The mail servers: effects in, outcomes out, while time passes and mail arrives.
extension World {
    /// Performs one effect of a mailbox's machine.
    mutating func perform(_ effect: Effect, for mailbox: MailboxID, by worker: Int) -> Outcome {
        effects += 1
        let began = now
        advance(to: now.addingTimeInterval(seconds(0.02...0.6)))
        switch effect {
        case .survey, .locate, .readHeaders, .readMessages, .find, .file, .fileDraft, .fileNote:
            if let outage = outages[mailbox], outage > now {
                return .failed(MailServerFailure(.unreachable, "The server does not answer."))
            }
            if chance(faults.read) {
                if chance(0.2) { outages[mailbox] = now.addingTimeInterval(seconds(60...90_000)) }
                return .failed(MailServerFailure(.unreachable, "The connection broke."))
            }
        default: break
        }
        guard let account = accounts[mailbox] else {
            return .failed(MailServerFailure(.unreachable, "No such account."))
        }
        switch effect {
        case .survey:
            // What arrives while the pass runs may or may not be in it: the answer is as of its start or later.
            surveyed[mailbox] = began
            return .surveyed(account.survey())
        case .locate(let folder, let validity, let since):
            return .located(account.first(in: folder, validity, since: since))
        case .readHeaders(let folder, let validity, let after, let through):
            return .headers(account.headers(in: folder, validity, after: after, through: through))
        case .readMessages(let folder, let validity, let uids):
            return .messages(account.messages(in: folder, validity, uids))
        case .find(let ids, let folders): return .found(account.find(ids, in: folders))
        case .file(_, let bytes, let folder, _):
            let place = accounts[mailbox]?.store(bytes, in: folder.wire, at: now)
            return .filed(.taken(tellsPlaces ? place : nil))
        case .fileDraft(_, let bytes, let folder, _):
            accounts[mailbox]?.store(bytes, in: folder.wire, at: now)
            return .filed(.taken(nil))
        case .fileNote(let bytes, let folder, _):
            accounts[mailbox]?.store(bytes, in: folder.wire, at: now)
            return .filed(.taken(nil))
        case .post(let notice, _, _, let to): return .posted(post(notice, to: to))
        case .open(_, _, let to, _): return .opened(openTransaction(for: mailbox, by: worker, to: to))
        case .abandon:
            ready[worker] = nil
            return .abandoned
        case .deliver(_, let bytes, let notAfter):
            return .delivered(deliver(bytes, for: mailbox, by: worker, notAfter: notAfter))
        }
    }

    private mutating func openTransaction(
        for mailbox: MailboxID, by worker: Int, to recipient: EmailAddress
    ) -> OpeningVerdict {
        ready[worker] = nil
        // The one who answers while the server is being greeted.
        if let prospect = prospects[recipient.key], prospect.behaviour == .ambushesNextStep,
            let last = acceptances.last(where: { $0.mail.recipient.key == recipient.key }),
            prospect.replies.isEmpty, last.at >= prospect.enrolledAt
        {
            serial += 1
            let text = Correspondence.reply(
                to: last.mail, from: recipient.text, id: "ambush\(serial)@example.net", at: now,
                threaded: .full,
                text: "Just in time!")
            schedule(.arrive(mailbox, "INBOX", text, from: recipient.key, .human), at: now)
            advance(to: now.addingTimeInterval(0.1))
        }
        if chance(faults.submit) {
            switch random.next() % 5 {
            case 0: return .failed(MailServerFailure(.unreachable, "The connection was refused."))
            case 1: return .refused(.mail, ServerReply(code: 421, text: "4.7.0 Too fast"))
            case 2: return .refused(.recipient, ServerReply(code: 450, text: "4.2.0 Greylisted"))
            case 3: return .refused(.data, ServerReply(code: 451, text: "4.3.0 Try later"))
            default:
                return chance(0.1)
                    ? .refused(.mail, ServerReply(code: 550, text: "5.7.1 Policy"))
                    : .failed(MailServerFailure(.limit, "Timed out."))
            }
        }
        if prospects[recipient.key]?.isRefused == true {
            prospects[recipient.key]?.wasRefused = true
            return .refused(.recipient, ServerReply(code: 550, text: "5.1.1 No such user"))
        }
        ready[worker] = (recipient, now)
        return .ready
    }

    private mutating func deliver(
        _ bytes: [UInt8], for mailbox: MailboxID, by worker: Int, notAfter: Date
    ) -> DeliveryVerdict {
        guard let transaction = ready[worker] else {
            violations.append("handed over without a transaction")
            return .notAccepted(MailServerFailure(.protocolViolation, "No transaction."))
        }
        ready[worker] = nil
        guard engineNow <= notAfter else { return .notAccepted(MailServerFailure(.limit, "Too late.")) }
        let began = now
        checkGate(mailbox, recipient: transaction.recipient, readySince: transaction.since, at: began)
        let isBroken = chance(faults.submit)
        if isBroken, chance(0.5) {
            return .notAccepted(MailServerFailure(.unreachable, "Reset in mid-body."))
        }
        if isBroken { return .refused(ServerReply(code: chance(0.9) ? 451 : 554, text: "4.3.2 Not now")) }
        let isUnknown = chance(faults.unknown)
        if isUnknown, chance(0.4) {
            return .unknown(MailServerFailure(.unreachable, "Reset after the final dot; it was lost."))
        }
        accept(bytes, for: mailbox)
        advance(to: now.addingTimeInterval(seconds(0.01...0.3)))
        if isUnknown {
            return .unknown(MailServerFailure(.unreachable, "Reset after the final dot; it was taken."))
        }
        return .accepted(ServerReply(code: 250, text: "2.0.0 Ok: queued as \(serial)"))
    }

    /// A mail of Purr to its own user.
    private mutating func post(_ notice: NoticeID, to recipient: EmailAddress) -> PostingVerdict {
        if chance(faults.submit) {
            return .notOpened(.failed(MailServerFailure(.unreachable, "The connection was refused.")))
        }
        let isUnknown = chance(faults.unknown)
        if isUnknown, chance(0.4) {
            return .delivered(.unknown(MailServerFailure(.unreachable, "Lost after the final dot.")))
        }
        posted[notice, default: 0] += 1
        if isUnknown {
            return .delivered(.unknown(MailServerFailure(.unreachable, "Taken, and the answer was lost.")))
        }
        return .delivered(.accepted(ServerReply(code: 250, text: "2.0.0 Ok")))
    }

    private mutating func accept(_ bytes: [UInt8], for mailbox: MailboxID) {
        var taken = bytes
        serial += 1
        guard let old = MessageHeader(SimulatedAccount.header(of: bytes)).messageID else {
            return violations.append("a mail without Message-ID left")
        }
        if rewritesIDs {
            let text = String(decoding: bytes, as: UTF8.self).replacing(
                "Message-ID: \(old)", with: "Message-ID: <rewritten\(serial)@mta.example.net>")
            taken = Array(text.utf8)
        }
        let header = MessageHeader(SimulatedAccount.header(of: taken))
        guard let id = header.messageID, let from = header.from.first?.address,
            let to = header.to.first?.address
        else {
            violations.append("a mail without From, To or Message-ID left")
            return
        }
        let mail = ReceivedMail(
            messageID: id, references: header.references, subject: header.subject, sender: from,
            recipient: to,
            step: Self.step(in: String(decoding: taken, as: UTF8.self)), bytes: taken)
        acceptances.append(
            Acceptance(
                mailbox: mailbox, at: now, original: old, mail: mail,
                thread: header.references.first?.text ?? ""))
        tell("accepted step \(mail.step) to \(to) \(id)")
        if filesSent { accounts[mailbox]?.store(taken, in: "Sent", at: now) }
        react(to: mail, mailbox: mailbox)
    }
}
