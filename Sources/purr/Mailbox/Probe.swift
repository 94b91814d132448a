import Foundation
import PurrEngine
import PurrMail
import PurrMailbox

/// One mail from a mailbox to itself, and looking for it: what the server does to mail and where it puts it.
struct Probe: Sendable {
    /// What was learnt.
    struct Finding: Sendable, Encodable {
        /// The folder the mail came back into; nil when it did not.
        var arrivedIn: String?
        var isJunk = false
        /// Seconds it took.
        var seconds = 0
        /// Nil when that cannot be told.
        var filesSent: Bool?
        var filedIn: String?
        var rewritesMessageID: Bool?
    }

    /// Seconds to wait for the mail.
    static let patience = 60
    /// Seconds to wait for a copy in Sent once the mail is there.
    static let filingPatience = 5

    let subject: String
    private let message: OutgoingMessage
    /// In `References`, which servers that replace the Message-ID leave alone.
    private let mark: MessageID

    init?(address: EmailAddress, name: String, at now: Date) {
        let token = Self.token()
        guard let from = NamedAddress(name: name.isEmpty ? nil : name, address: address),
            let id = MessageID("probe.\(token)@\(address.domain)"),
            let mark = MessageID("mark.\(token)@\(address.domain)"),
            let subject = HeaderText("Purr is trying this mailbox (\(token.prefix(8)))"),
            let automatic = HeaderText("auto-generated"),
            // RFC 3834 §5: no out-of-office note answers this.
            let field = OutgoingMessage.Field("Auto-Submitted", automatic)
        else { return nil }
        self.subject = subject.text
        self.mark = mark
        message = OutgoingMessage(
            from: from, to: NamedAddress(address), subject: subject, messageID: id, date: now,
            references: [mark],
            text:
                "Purr sent this mail to see how the mailbox treats sent and received mail.\nYou can delete it.\n",
            extra: [field])
    }

    private static func token() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<2).map { _ in String(generator.next() as UInt64, radix: 36) }.joined()
    }

    /// Submits the mail; blocks.
    ///
    /// - Returns: The server's words when it refused; nil when it took the mail, or may have.
    func send(over connection: SubmissionConnection) -> String? {
        let bytes = message.rendered()
        let address = message.from.address
        switch connection.open(from: address, to: address, size: bytes.count) {
        case .refused(_, let reply): return "\(reply.code) \(reply.text)"
        case .failed(let failure): return failure.text
        case .ready: break
        }
        return switch connection.deliver(bytes) {
        case .accepted, .unknown: nil
        case .refused(let reply): "\(reply.code) \(reply.text)"
        case .notAccepted(let failure): failure.text
        }
    }

    /// Looks for the mail until it has come back and Sent has had its time; blocks.
    func wait(over connection: IMAPConnection, folders: [ListedFolder]) throws(MailServerFailure) -> Finding
    {
        let inbound = Self.named([.inbox, .all, .junk], of: folders)
        let sent = Self.named([.sent], of: folders)
        let start = ContinuousClock.now
        var finding = Finding()
        var arrival: ContinuousClock.Instant?
        while true {
            if arrival == nil, let folder = try place(in: inbound, over: connection, finding: &finding) {
                arrival = .now
                finding.arrivedIn = folder.name.description
                finding.isJunk = folder.role == .junk
                finding.seconds = Int((ContinuousClock.now - start).components.seconds)
            }
            if finding.filedIn == nil, let folder = try place(in: sent, over: connection, finding: &finding)
            {
                finding.filedIn = folder.name.description
                finding.filesSent = true
            }
            let hasSettled =
                finding.filedIn != nil || sent.isEmpty
                || arrival.map { .now - $0 > .seconds(Self.filingPatience) } ?? false
            if arrival != nil, hasSettled { break }
            if .now - start > .seconds(Self.patience) { break }
            Thread.sleep(forTimeInterval: .now - start < .seconds(5) ? 0.2 : 1)
        }
        if arrival != nil, !sent.isEmpty { finding.filesSent = finding.filedIn != nil }
        return finding
    }

    private static func named(_ roles: [FolderRole], of folders: [ListedFolder]) -> [ListedFolder] {
        roles.flatMap { role in folders.filter { $0.role == role && $0.isSelectable } }
    }

    private func place(
        in folders: [ListedFolder], over connection: IMAPConnection, finding: inout Finding
    ) throws(MailServerFailure) -> ListedFolder? {
        for folder in folders {
            let hits: [UID]
            do throws(MailServerFailure) {
                hits = try connection.find([mark], in: folder.name, fields: ["References"])
            } catch {
                // A folder that cannot be opened holds no news; a connection that is gone is a failure.
                guard error.reason == .refused, connection.isUsable else { throw error }
                continue
            }
            guard !hits.isEmpty else { continue }
            if finding.rewritesMessageID == nil {
                finding.rewritesMessageID = try connection.find([message.messageID], in: folder.name)
                    .isEmpty
            }
            return folder
        }
        return nil
    }
}
