import Foundation
import PurrEngine
import PurrMail
import PurrMailbox
import PurrTransport

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

    /// How its subject begins, for looking for it later.
    static let subjectStart = "Purr is trying this mailbox"

    let subject: String
    private let message: OutgoingMessage
    /// In `References`, which servers that replace the Message-ID leave alone.
    private let mark: MessageID

    init?(address: EmailAddress, name: String, at now: Date) {
        let token = Self.token()
        guard let from = NamedAddress(name: name.isEmpty ? nil : name, address: address),
            let id = MessageID("probe.\(token)@\(address.domain)"),
            let mark = MessageID("mark.\(token)@\(address.domain)"),
            let subject = HeaderText("\(Self.subjectStart) (\(token.prefix(8)))"),
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

    /// Looks for the mail until it has come back and Sent has had its time.
    ///
    /// - Parameter pool: Whose threads the looking blocks.
    func wait(
        over connection: IMAPConnection, folders: [ListedFolder], pool: WorkerPool
    ) async throws -> Finding {
        let start = ContinuousClock.now
        var watch = Watch()
        while true {
            let before = watch
            watch = try await pool.run { () throws(MailServerFailure) in
                try looked(before, since: start, over: connection, folders: folders)
            }
            let hasSettled =
                watch.finding.filedIn != nil || !folders.contains { $0.role == .sent && $0.isSelectable }
                || watch.arrival.map { .now - $0 > .seconds(Self.filingPatience) } ?? false
            if watch.arrival != nil, hasSettled { break }
            if .now - start > .seconds(Self.patience) { break }
            try await Task.sleep(for: .now - start < .seconds(5) ? .milliseconds(200) : .seconds(1))
        }
        var finding = watch.finding
        if watch.arrival != nil, folders.contains(where: { $0.role == .sent && $0.isSelectable }) {
            finding.filesSent = finding.filedIn != nil
        }
        return finding
    }

    /// What was seen so far.
    private struct Watch: Sendable {
        var finding = Finding()
        var arrival: ContinuousClock.Instant?
    }

    /// One look into all folders where the mail may lie; blocks.
    private func looked(
        _ before: Watch, since start: ContinuousClock.Instant, over connection: IMAPConnection,
        folders: [ListedFolder]
    ) throws(MailServerFailure) -> Watch {
        var watch = before
        let inbound = Self.named([.inbox, .all, .junk], of: folders)
        if watch.arrival == nil,
            let folder = try place(in: inbound, over: connection, finding: &watch.finding)
        {
            watch.arrival = .now
            watch.finding.arrivedIn = folder.name.description
            watch.finding.isJunk = folder.role == .junk
            watch.finding.seconds = Int((ContinuousClock.now - start).components.seconds)
        }
        let sent = Self.named([.sent], of: folders)
        if watch.finding.filedIn == nil,
            let folder = try place(in: sent, over: connection, finding: &watch.finding)
        {
            watch.finding.filedIn = folder.name.description
            watch.finding.filesSent = true
        }
        return watch
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
