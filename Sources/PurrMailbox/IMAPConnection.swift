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
    /// The work under way in that folder.
    private var burst: Burst?
    /// The tag of the `IDLE` under way.
    var idleTag: [UInt8]?
    /// Whether the server has said something that nobody was told of.
    var hasNews = false
    /// Whether the server is asked for headers before their turn.
    package var asksAhead = true
    /// What `NAMESPACE` told, once it was asked.
    var namespace: [FolderPrefix]?

    /// What the server can do, in capitals: `IDLE`, `LIST-STATUS`, `UIDPLUS`.
    ///
    /// As told after the login, which may differ from before it (RFC 9051 §6.1.1).
    package private(set) var capabilities: Set<String> = []

    /// Whether the server has refused to close a folder.
    private var refusesClose = false

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

    /// Whether the connection ended while the server had been asked for something before its turn: not every
    /// server bears that, and the next connection had better ask one thing at a time.
    package var brokeAhead: Bool { !isUsable && !dialogue.ahead.isEmpty }

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
        dialogue.reader.allow(bytes: IMAPDialogue.smallAnswer, within: dialogue.patience)
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
                guard case .atom(let word)? = tokens.first, word.uppercased() == "CAPABILITY" else {
                    continue
                }
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
        endBurst()
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
        endBurst()
        guard selected != nil else { return }
        selected = nil
        if !refusesClose {
            let answer = try dialogue.command(capabilities.contains("UNSELECT") ? "UNSELECT" : "CLOSE")
            guard answer.word != .ok else { return }
            refusesClose = true
        }
        // Pymap 0.36 refuses CLOSE of a folder opened read-only. A refused EXAMINE leaves none open either;
        // should there be a folder of that name, it is one that nobody asks about.
        _ = try dialogue.command("EXAMINE \"purr-no-such-folder\"")
    }

    /// Opens a folder for a burst of work with libetpan, or goes on with the one under way.
    ///
    /// While a folder stays open its UIDVALIDITY cannot change (RFC 9051 §2.3.1.1), so a folder read in
    /// slices is opened once.
    ///
    /// - Parameter uid: A message that somebody has heard of. A session sees what there was when it opened
    ///   the folder, and the rest when the server gets round to it: a newer message would look gone. So
    ///   the folder is opened anew then.
    func burst(in folder: FolderName, seeing uid: UID? = nil) throws(MailServerFailure) -> Burst {
        try leaveIdle()
        if let burst, burst.folder == folder, uid.map(burst.sees) ?? true { return burst }
        try speakable(folder)
        endBurst()
        // A refused EXAMINE leaves no folder open (RFC 9051 §6.3.2), and CLOSE would be out of place.
        selected = nil
        let session = try EtpanIMAP(over: dialogue)
        let new = Burst(folder: folder, selection: try session.examine(folder), session: session)
        selected = folder
        burst = new
        return new
    }

    /// Frees libetpan's session: 300 KB and more, which an idle connection does without.
    func endBurst() { burst = nil }

    /// One session of libetpan's in one open folder.
    final class Burst {
        let folder: FolderName
        let selection: EtpanIMAP.Selection
        let session: EtpanIMAP
        /// Messages that were listed for this stretch and the next ones.
        var listing: Listing?
        /// Headers that were asked for ahead and came with those before them: Dovecot works on several `FETCH`
        /// at once.
        var early: [UID: FetchedHeader] = [:]

        /// The messages from after one UID through another.
        struct Listing {
            let after: UID
            let through: UID
            let uids: [UID]

            /// Those in a part of it; nil where it reaches beyond.
            func uids(after: UID, through: UID) -> ArraySlice<UID>? {
                guard after >= self.after, through <= self.through else { return nil }
                return uids.drop { $0 <= after }.prefix { $0 <= through }
            }
        }

        init(folder: FolderName, selection: EtpanIMAP.Selection, session: consuming EtpanIMAP) {
            self.folder = folder
            self.selection = selection
            self.session = session
        }

        /// Whether a message with this UID, should it exist, was there when the folder was opened.
        func sees(_ uid: UID) -> Bool { selection.uidNext.map { uid < $0 } ?? false }

        /// Nothing can be said of messages that the server has promised elsewhere and not heard of here: it
        /// is a replica that lags behind.
        func checkSight(of uid: UID) throws(MailServerFailure) {
            guard selection.uidNext != nil, !sees(uid) else { return }
            throw MailServerFailure(.refused, "Reading \(folder): the server has not caught up with itself")
        }
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
