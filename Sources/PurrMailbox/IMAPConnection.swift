package import PurrMail
package import PurrTransport

/// One authenticated IMAP connection to a person's mailbox, which it only reads, but for ``append(_:to:at:seen:)``.
///
/// All calls block and belong on a ``WorkerPool``. After any failure but
/// ``MailServerFailure/Reason/refused`` the connection is gone (``isUsable``), and a new one is needed.
///
/// `@unchecked`: one call at a time, which the owner sees to; ``cancellation`` is what other threads
/// may touch.
package final class IMAPConnection: @unchecked Sendable {
    let dialogue: IMAPDialogue
    /// The folder that is open on the server's side.
    var selected: FolderName?
    /// The tag of the `IDLE` under way.
    var idleTag: [UInt8]?
    /// Whether the server has said something that nobody was told of.
    var hasNews = false

    /// What the server can do, in capitals: `IDLE`, `LIST-STATUS`, `UIDPLUS`.
    ///
    /// As told after the login, which may differ from before it (RFC 9051 §6.1.1).
    package private(set) var capabilities: Set<String> = []

    private init(dialogue: IMAPDialogue) { self.dialogue = dialogue }

    deinit { dialogue.stream.drop() }

    /// Connects, verifies, logs in, and asks for the server's capabilities.
    ///
    /// - Parameters:
    ///   - patience: The limit for each single command.
    ///   - within: The limit for connecting and logging in.
    package static func open(
        _ endpoint: Endpoint, credential: Credential, patience: Duration = .seconds(60),
        within: Duration = .seconds(30), cancellation: Cancellation = Cancellation()
    ) throws(MailServerFailure) -> IMAPConnection {
        let stream = try MailStream.open(
            endpoint, as: .imap, credential: credential, within: within, cancellation: cancellation)
        let connection = IMAPConnection(dialogue: IMAPDialogue(stream: stream, patience: patience))
        try connection.synchronise()
        return connection
    }

    /// Whether further calls make sense.
    package var isUsable: Bool { dialogue.stream.isOpen }

    /// The socket, for ``IdleWatch``; −1 once the connection is gone.
    package var socket: Int32 { isUsable ? dialogue.stream.socket : -1 }

    /// Ends every call that waits, now and later.
    package var cancellation: Cancellation { dialogue.stream.cancellation }

    /// Says `CAPABILITY` and believes nothing that comes before its answer.
    ///
    /// Bytes in the same segment as the login's OK stay in libcurl 7.88.1, which never hands them out:
    /// the first thing seen here may be the second half of a line. So whatever does not look like a
    /// response is passed over, this once.
    private func synchronise() throws(MailServerFailure) {
        let deadline = Deadline.after(dialogue.patience)
        let tag = Array("sync".utf8)
        dialogue.reader.allow(bytes: IMAPDialogue.smallAnswer, until: deadline)
        try dialogue.stream.write(tag + Array(" CAPABILITY\r\n".utf8), until: deadline)
        while true {
            let response = try dialogue.response()
            switch IMAPResponse.kind(of: response.bytes, tag: tag) {
            case .tagged:
                try (response.status ?? .init(word: .bad, text: "")).check("CAPABILITY")
                return
            case .untagged:
                try dialogue.checkBye(response)
                let tokens = response.tokens
                guard case .atom(let word)? = tokens.first, word.uppercased() == "CAPABILITY" else { continue }
                capabilities = Set(
                    tokens.dropFirst().compactMap { token in
                        if case .atom(let name) = token { name.uppercased() } else { nil }
                    })
            case .continuation, .foreign: continue
            }
        }
    }

    /// Asks for nothing, so that a dead connection shows itself.
    package func noop() throws(MailServerFailure) {
        try leaveIdle()
        try dialogue.command("NOOP", each: noticed).check("NOOP")
        dialogue.reader.release()
    }

    /// Says goodbye, if that takes no waiting, and hangs up.
    package func close() {
        guard isUsable else { return }
        let goodbye = (idleTag == nil ? "" : "DONE\r\n") + "\(dialogue.nextTag()) LOGOUT\r\n"
        try? dialogue.stream.write(Array(goodbye.utf8), until: .after(.milliseconds(200)))
        dialogue.stream.drop()
    }

    /// Closes the open folder, because `STATUS` of an open folder may tell old news (RFC 9051 §6.3.11).
    ///
    /// It was opened with `EXAMINE`, so `CLOSE` expunges nothing (§6.4.1).
    func closeFolder() throws(MailServerFailure) {
        try leaveIdle()
        guard selected != nil else { return }
        selected = nil
        try dialogue.command(capabilities.contains("UNSELECT") ? "UNSELECT" : "CLOSE").check("CLOSE")
    }

    /// Opens a folder for one burst of work with libetpan.
    func examine(
        _ folder: FolderName, with session: borrowing EtpanIMAP
    ) throws(MailServerFailure) -> EtpanIMAP.Selection {
        try speakable(folder)
        // Set before the answer: a refused EXAMINE leaves no folder open, and CLOSE would be out of place.
        selected = nil
        let selection = try session.examine(folder)
        selected = folder
        return selection
    }

    /// The name as it stands in a command.
    @discardableResult
    func speakable(_ folder: FolderName) throws(MailServerFailure) -> String {
        guard let name = IMAPDialogue.quoted(folder.wire) else {
            throw MailServerFailure(.refused, "A folder's name holds control characters")
        }
        return name
    }

    /// Notes that the server has news; what they are, `STATUS` tells.
    func noticed(_ response: IMAPResponse) {
        if response.status?.word != .ok { hasNews = true }
    }
}
