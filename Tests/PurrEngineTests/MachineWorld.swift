import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import Testing

/// A mail that lies in INBOX.
struct InboxMail: Sendable {
    let bytes: [UInt8]
    let at: Date
}

// The machine of the world's mailbox, over one INBOX and a server that takes everything.
extension CommandsWorld {
    func machine() throws -> MailboxMachine {
        let id = try #require(try store.read { try $0.mailboxes() }.first?.id)
        return MailboxMachine(
            id, store: store, settings: MachineSettings(), owner: "test", entropy: SeededNumbers(seed: 1))
    }

    /// Lets the machine do all it has to do at one instant.
    ///
    /// - Parameters:
    ///   - later: Seconds after the start.
    ///   - inbox: All that lies in INBOX, oldest first.
    ///   - opening: What the server says when a transaction is opened.
    ///   - meanwhile: Called when an effect was performed, before its outcome is recorded.
    /// - Returns: What was performed.
    @discardableResult
    func settle(
        _ machine: inout MailboxMachine, later: TimeInterval, inbox: [InboxMail] = [],
        opening: OpeningVerdict = .ready, meanwhile: (Effect) throws -> Void = { _ in }
    ) throws -> [Effect] {
        let now = start.addingTimeInterval(later)
        machine.notice()
        var effects: [Effect] = []
        for _ in 0..<1_000 {
            guard case .perform(let effect) = try machine.next(now: now) else { return effects }
            effects.append(effect)
            try meanwhile(effect)
            try machine.record(outcome(of: effect, inbox, opening), of: effect, now: now)
        }
        Issue.record("The machine does not come to rest.")
        return effects
    }

    private func outcome(of effect: Effect, _ inbox: [InboxMail], _ opening: OpeningVerdict)
        -> PurrEngine.Outcome
    {
        let validity = UIDValidity(rawValue: 7)
        let taken = ServerReply(code: 250, text: "2.0.0 Ok")
        switch effect {
        case .survey:
            let status = FolderStatus(
                uidValidity: validity, uidNext: UID(rawValue: UInt32(inbox.count) + 1),
                messages: inbox.count)
            return .surveyed([
                SurveyedFolder(
                    folder: ListedFolder(name: .inbox, role: .inbox), answer: .status(status))
            ])
        case .locate: return .located(.read(UID(rawValue: 1)))
        case .readHeaders(_, _, let after, let through):
            let headers = inbox.enumerated().map { index, mail in
                FetchedHeader(
                    uid: UID(rawValue: UInt32(index) + 1), bytes: mail.bytes, receivedAt: mail.at)
            }.filter { $0.uid > after && $0.uid <= through }
            return .headers(
                .read(
                    HeaderSlice(
                        uidValidity: validity, headers: headers, unreadable: [], through: through)))
        case .readMessages(_, _, let uids):
            return .messages(
                .read(
                    uids.map { FetchedMessage(uid: $0, bytes: inbox[Int($0.rawValue) - 1].bytes) }))
        case .open: return .opened(opening)
        case .deliver: return .delivered(.accepted(taken))
        case .post: return .posted(.delivered(.accepted(taken)))
        case .file, .fileDraft, .fileNote: return .filed(.taken(nil))
        case .find: return .found(nil)
        case .abandon: return .abandoned
        }
    }
}
