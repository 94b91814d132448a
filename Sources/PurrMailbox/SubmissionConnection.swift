package import PurrMail
package import PurrTransport

/// One authenticated connection to a submission server, good for one mail after the other.
///
/// All calls block and belong on a ``WorkerPool``. The opening and the delivery of a mail are two calls,
/// so that the last look at the mailbox stands between them as an ordinary line of code (spec M3.2).
///
/// `@unchecked`: one call at a time, which the owner sees to; ``cancellation`` is what other threads
/// may touch.
package final class SubmissionConnection: @unchecked Sendable {
    /// How long to wait for what; RFC 5321 §4.5.3.2 wants minutes.
    package struct Patience: Hashable, Sendable {
        /// For the reply to each of `MAIL`, `RCPT`, `DATA`, `RSET`.
        package var command: Duration
        /// For each stretch of the body to be taken over.
        package var body: Duration
        /// For the reply to the final dot.
        ///
        /// Giving up early is what makes mails arrive twice (RFC 1047).
        package var finalReply: Duration

        package init(
            command: Duration = .seconds(120), body: Duration = .seconds(180),
            finalReply: Duration = .seconds(600)
        ) {
            self.command = command
            self.body = body
            self.finalReply = finalReply
        }
    }

    /// What the server said to `EHLO`, in capitals, with parameters: `SIZE 35882577`.
    package let extensions: [String]
    /// The largest message the server takes, in bytes (RFC 1870); nil where it did not say.
    package let mostBytes: Int?

    private let stream: MailStream
    private let feed: SMTPFeed
    private let session: EtpanSMTP
    private let patience: Patience
    private var stage = Stage.idle

    private enum Stage {
        case idle
        /// A transaction was begun and not finished: `RSET` before the next.
        case begun
        /// 354 was read; the server takes everything for the message.
        case body
    }

    private init(stream: MailStream, patience: Patience) throws(MailServerFailure) {
        extensions = Self.extensions(in: stream.opening)
        let size = extensions.first { $0 == "SIZE" || $0.hasPrefix("SIZE ") }
        mostBytes = size.flatMap { Int($0.dropFirst(5)) }.flatMap { $0 > 0 ? $0 : nil }
        self.stream = stream
        self.patience = patience
        feed = SMTPFeed(stream: stream)
        session = try EtpanSMTP(feed: feed, takesSize: size != nil)
    }

    deinit { stream.drop() }

    /// Connects, verifies and logs in.
    ///
    /// - Parameter within: The limit for all of that.
    package static func open(
        _ endpoint: Endpoint, credential: Credential, patience: Patience = Patience(),
        within: Duration = .seconds(30), cancellation: Cancellation = Cancellation()
    ) throws(MailServerFailure) -> SubmissionConnection {
        let stream = try MailStream.open(
            endpoint, as: .smtp, credential: credential, within: within, cancellation: cancellation)
        return try SubmissionConnection(stream: stream, patience: patience)
    }

    /// Whether another mail may be opened.
    package var isUsable: Bool { stream.isOpen && stage != .body }

    /// Ends every call that waits, now and later.
    package var cancellation: Cancellation { stream.cancellation }

    /// Begins a mail: `MAIL`, `RCPT`, `DATA`, up to the server's 354.
    ///
    /// After anything but ``OpeningVerdict/ready`` nothing was accepted.
    ///
    /// - Parameter size: The message's size in bytes, declared where the server takes SIZE (RFC 1870); a
    ///   message that is too large is refused here without asking.
    package func open(from: EmailAddress, to: EmailAddress, size: Int) -> OpeningVerdict {
        guard isUsable else { return .failed(MailServerFailure(.unreachable, "The connection is closed")) }
        do throws(MailServerFailure) {
            if try feed.hasUnaskedWords() {
                // Most likely a 421 before an idle connection is closed. Anything else would shift every
                // reply by one, and the last one decides whether the mail was sent.
                let words = feed.lastWords().map { "\($0.code) \($0.text)" } ?? "something unasked for"
                stream.drop()
                return .failed(MailServerFailure(.unreachable, "The server said \(words)"))
            }
        } catch {
            return .failed(error)
        }
        if let mostBytes, size > mostBytes {
            let text = "5.3.4 The message has \(size) bytes, the server takes \(mostBytes)"
            return .refused(.mail, ServerReply(code: 552, text: text))
        }
        if stage == .begun {
            if let verdict = ask(.mail, { session.reset() }) { return verdict }
        }
        stage = .begun
        if let verdict = ask(.mail, { session.mail(from: from, size: size) }) { return verdict }
        if let verdict = ask(.recipient, { session.recipient(to) }) { return verdict }
        if let verdict = ask(.data, expecting: 354, { session.data() }) { return verdict }
        stage = .body
        return .ready
    }

    /// Says one command.
    ///
    /// - Returns: nil when the server agreed.
    private func ask(
        _ stage: SubmissionStage, expecting code: Int? = nil, _ command: () -> Void
    ) -> OpeningVerdict? {
        feed.expect(within: patience.command)
        command()
        guard let reply = feed.reply else {
            let failure =
                session.failure
                ?? MailServerFailure(.protocolViolation, "The server's reply cannot be read")
            stream.drop()
            return .failed(failure)
        }
        let isExpected = code.map { reply.code == $0 } ?? (200..<300).contains(reply.code)
        if isExpected { return nil }
        if reply.code == 421 { stream.drop() }
        guard reply.isTransient || reply.isPermanent else {
            stream.drop()
            return .failed(
                MailServerFailure(.protocolViolation, "Out of place: \(reply.code) \(reply.text)"))
        }
        return .refused(stage, reply)
    }

    /// Hands the message over and waits for the server's verdict.
    ///
    /// Only after ``OpeningVerdict/ready``. The bytes leave as they are, but for dots doubled at the
    /// beginning of lines (RFC 5321 §4.5.2), and lone CR or LF, which become CRLF.
    package func deliver(_ bytes: [UInt8]) -> DeliveryVerdict {
        guard stage == .body, stream.isOpen else {
            return .notAccepted(MailServerFailure(.unreachable, "No mail was begun on this connection"))
        }
        stage = .begun
        do throws(MailServerFailure) {
            if try feed.hasUnaskedWords() {
                let words = feed.lastWords()
                stream.drop()
                if let words, words.isTransient || words.isPermanent { return .refused(words) }
                return .notAccepted(
                    MailServerFailure(.protocolViolation, "The server spoke before the message"))
            }
        } catch {
            return .notAccepted(error)
        }
        feed.expectBody(block: patience.body, reply: patience.finalReply)
        session.message(bytes)
        return verdict()
    }

    /// `unknown` exactly when the final dot was handed over and no complete reply was read (spec M4.1).
    private func verdict() -> DeliveryVerdict {
        let failure =
            session.failure ?? MailServerFailure(.protocolViolation, "The server's reply cannot be read")
        guard let reply = feed.reply else {
            defer { stream.drop() }
            if feed.isDotHandedOver { return .unknown(failure) }
            // A server that gives up in the middle often says why before it hangs up.
            if let words = feed.lastWords(), words.isTransient || words.isPermanent {
                return .refused(words)
            }
            return .notAccepted(failure)
        }
        switch reply.code {
        case 200..<300:
            stage = .idle
            return .accepted(reply)
        case 400..<600:
            stage = .idle
            if reply.code == 421 { stream.drop() }
            return .refused(reply)
        default:
            // 354 once more, or the like: the server and we are not at the same place.
            stream.drop()
            return .unknown(
                MailServerFailure(.protocolViolation, "Out of place: \(reply.code) \(reply.text)"))
        }
    }

    /// Takes back a mail after 354: hangs up without the final dot, so that the server drops it.
    package func abandon() {
        stream.drop()
    }

    /// Takes back a mail before 354, or makes sure that the server still answers (`RSET`).
    ///
    /// - Returns: Whether the connection can be used for the next mail.
    package func reset() -> Bool {
        guard isUsable, ask(.mail, { session.reset() }) == nil else { return false }
        stage = .idle
        return true
    }

    /// Says `QUIT` and hangs up, without waiting for the answer.
    package func quit() {
        if isUsable {
            feed.expect(within: .milliseconds(200))
            session.quit()
        }
        stream.drop()
    }

    /// The lines of the last answer to `EHLO`, without its first, which names the server.
    static func extensions(in opening: [String]) -> [String] {
        var block: [String] = []
        var isContinued = false
        for line in opening where line.hasPrefix("250") {
            if !isContinued { block = [] }
            isContinued = line.dropFirst(3).first == "-"
            block.append(line.dropFirst(4).uppercased())
        }
        return Array(block.dropFirst())
    }
}
