import Foundation
import PurrEngine
import PurrMail
import PurrMailbox
import PurrReplies
import PurrTransport

/// The threads that block on mail servers, shared by all mailboxes of a process.
struct ServerThreads: Sendable {
    let reading = WorkerPool(name: "imap", threads: 8)
    let sending = WorkerPool(name: "smtp", threads: 8)
    let idle = IdleWatch()
}

/// A mailbox on real servers: IMAP for reading, SMTP for sending, each connected when it is needed.
actor MailServerPort: MailboxPort {
    private let key: Int
    private let imap: Endpoint
    private let smtp: Endpoint
    private let keeper: CredentialKeeper
    private let threads: ServerThreads
    private let clock: VirtualClock
    private var reading: IMAPConnection?
    /// The last connection broke while the server had been asked ahead: the next one asks one thing at a time.
    private var isCautious = false
    private var sending: SubmissionConnection?
    private var isIdling = false
    private var hasIdle = true
    /// In a row.
    ///
    /// A server that offers IDLE and breaks at it is polled instead.
    private var idleFailures = 0
    private var inboxSeen: FolderStatus?

    init(
        key: Int, imap: Endpoint, smtp: Endpoint, keeper: CredentialKeeper, threads: ServerThreads,
        clock: VirtualClock
    ) {
        self.key = key
        self.imap = imap
        self.smtp = smtp
        self.keeper = keeper
        self.threads = threads
        self.clock = clock
    }

    // MARK: Effects

    func perform(_ effect: Effect) async -> Outcome {
        do throws(MailServerFailure) {
            switch effect {
            case .survey: return .surveyed(try await survey())
            case .locate(let folder, let validity, let since):
                let day = clock.real(since)
                return .located(
                    try await read { connection throws(MailServerFailure) in
                        try Self.reading { () throws(MailServerFailure) in
                            try connection.recent(in: folder, since: day, expecting: validity)
                        }
                    })
            case .readHeaders(let folder, let validity, let after, let through):
                let reading = try await read { connection throws(MailServerFailure) in
                    try Self.reading { () throws(MailServerFailure) in
                        try connection.headers(
                            in: folder, after: after, through: through, fields: fieldsWanted,
                            expecting: validity)
                    }
                }
                return .headers(inEngineTime(reading))
            case .readMessages(let folder, let validity, let uids):
                return .messages(
                    try await read { connection throws(MailServerFailure) in
                        try Self.messages(uids, in: folder, validity, from: connection)
                    })
            case .find(let ids, let folders):
                return .found(
                    try await read { connection throws(MailServerFailure) in
                        for folder in folders where try !connection.find(ids, in: folder).isEmpty {
                            return folder
                        }
                        return nil
                    })
            case .file(_, let bytes, let folder, let date):
                return try await file(bytes, into: folder, at: clock.real(date))
            case .fileDraft(_, let bytes, let folder, let date):
                return try await file(bytes, into: folder, at: clock.real(date), asDraft: true)
            case .fileNote(let bytes, let folder, let date):
                return try await fileNote(bytes, into: folder, at: clock.real(date))
            case .post(_, let bytes, let from, let to):
                let opened = await open(from: from, to: to, size: bytes.count)
                guard opened == .ready else { return .posted(.notOpened(opened)) }
                return .posted(.delivered(await deliver(bytes, notAfter: .distantFuture)))
            case .open(_, let from, let to, let size):
                return .opened(await open(from: from, to: to, size: size))
            case .deliver(_, let bytes, let notAfter):
                return .delivered(await deliver(bytes, notAfter: notAfter))
            case .abandon:
                let connection = sending
                sending = nil
                await threads.sending.perform { connection?.abandon() }
                return .abandoned
            }
        } catch {
            return .failed(error)
        }
    }

    // MARK: Reading

    /// One piece of reading; once more on a new connection where an old one turns out to be dead.
    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (IMAPConnection) throws(MailServerFailure) -> Value
    ) async throws(MailServerFailure) -> Value {
        isIdling = false
        if let reading, reading.isUsable {
            do throws(MailServerFailure) {
                return try await threads.reading.run { () throws(MailServerFailure) in try body(reading) }
            } catch {
                if reading.isUsable { throw error }
                isCautious = reading.brokeAhead
                self.reading = nil
                guard error.reason == .unreachable else { throw error }
            }
        }
        if let reading { isCautious = reading.brokeAhead }
        let fresh = try await connect()
        fresh.asksAhead = !isCautious
        reading = fresh
        hasIdle = fresh.capabilities.contains("IDLE")
        return try await threads.reading.run { () throws(MailServerFailure) in try body(fresh) }
    }

    /// A new IMAP connection; once more with a renewed token where the server refuses the present one.
    private func connect(isRefused: Bool = false) async throws(MailServerFailure) -> IMAPConnection {
        let (imap, credential) = (imap, try await keeper.credential(isRefused: isRefused))
        do throws(MailServerFailure) {
            return try await threads.reading.run { () throws(MailServerFailure) in
                try IMAPConnection.open(imap, credential: credential)
            }
        } catch {
            guard error.reason == .loginRefused, keeper.canRenew, !isRefused else { throw error }
            return try await connect(isRefused: true)
        }
    }

    private func survey() async throws(MailServerFailure) -> [SurveyedFolder] {
        let survey = try await read { connection throws(MailServerFailure) in
            try connection.survey().filter(\.folder.isSelectable)
        }
        for item in survey where item.folder.name.isInbox {
            if case .status(let status) = item.answer { inboxSeen = status }
        }
        return survey
    }

    /// A folder that the server refuses to open is an answer; anything else it refuses is a failure.
    private static func reading<Value: Sendable>(
        _ body: () throws(MailServerFailure) -> IMAPConnection.Reading<Value>
    ) throws(MailServerFailure) -> FolderReading<Value> {
        do throws(MailServerFailure) {
            switch try body() {
            case .read(let value): return .read(value)
            case .renumbered: return .renumbered
            }
        } catch  where error.reason == .refused {
            return .refused(error.text)
        }
    }

    private static func messages(
        _ uids: [UID], in folder: FolderName, _ validity: UIDValidity, from connection: IMAPConnection
    ) throws(MailServerFailure) -> FolderReading<[FetchedMessage]> {
        var found: [FetchedMessage] = []
        let together = try reading { () throws(MailServerFailure) in
            try connection.messages(in: folder, uids: uids, expecting: validity, limit: 256 * 1024)
        }
        if case .read(let bytes) = together {
            found = bytes.map { FetchedMessage(uid: $0.key, bytes: $0.value) }
        }
        let missing = uids.filter { uid in !found.contains { $0.uid == uid } }
        for uid in missing {
            let one = try reading { () throws(MailServerFailure) in
                try connection.message(in: folder, uid: uid, expecting: validity, limit: 256 * 1024)
            }
            switch one {
            case .read(let bytes): if let bytes { found.append(FetchedMessage(uid: uid, bytes: bytes)) }
            case .renumbered: return .renumbered
            // It is there and cannot be had: judged by its header.
            case .refused: continue
            }
        }
        return .read(found)
    }

    /// Servers live in real time; a demo's engine does not.
    private func inEngineTime(_ reading: FolderReading<HeaderSlice>) -> FolderReading<HeaderSlice> {
        guard !clock.isReal, case .read(let slice) = reading else { return reading }
        let headers = slice.headers.map { header in
            FetchedHeader(
                uid: header.uid, bytes: header.bytes, receivedAt: header.receivedAt.map(clock.virtualOfPast)
            )
        }
        return .read(
            HeaderSlice(
                uidValidity: slice.uidValidity, headers: headers, unreadable: slice.unreadable,
                through: slice.through))
    }

    private func file(
        _ bytes: [UInt8], into folder: FolderName, at date: Date, asDraft: Bool = false
    ) async throws(MailServerFailure) -> Outcome {
        do throws(MailServerFailure) {
            // Asked for life first: a copy that may or may not be there is not sent again at once.
            try await read { connection throws(MailServerFailure) in try connection.noop() }
            let place = try await read { connection throws(MailServerFailure) in
                try connection.append(bytes, to: folder, at: date, seen: true, draft: asDraft)
            }
            return .filed(.taken(place))
        } catch  where error.reason == .refused {
            return .filed(.refused(error.text))
        }
    }

    /// As ``file(_:into:at:asDraft:)``, into a folder that is made first where it is not there.
    private func fileNote(_ bytes: [UInt8], into folder: FolderName, at date: Date)
        async throws(MailServerFailure) -> Outcome
    {
        let filed = try await file(bytes, into: folder, at: date)
        guard case .filed(.refused) = filed else { return filed }
        do throws(MailServerFailure) {
            try await read { connection throws(MailServerFailure) in try connection.create(folder) }
        } catch  where error.reason == .refused {
            // There already, or not to be had: the second try says what is the matter.
        }
        return try await file(bytes, into: folder, at: date)
    }

    // MARK: Sending

    private func open(
        from: EmailAddress, to: EmailAddress, size: Int, isRefused: Bool = false
    ) async -> OpeningVerdict {
        let credential: Credential
        do throws(MailServerFailure) {
            credential = try await keeper.credential(isRefused: isRefused)
        } catch {
            return .failed(error)
        }
        let (smtp, kept) = (smtp, sending)
        let result: (SubmissionConnection?, OpeningVerdict) = await threads.sending.perform {
            if let kept, kept.isUsable {
                let verdict = kept.open(from: from, to: to, size: size)
                // Servers hang up on connections that rest; nothing was begun.
                if kept.isUsable || verdict == .ready { return (kept, verdict) }
                guard case .failed = verdict else { return (nil, verdict) }
            }
            do throws(MailServerFailure) {
                let fresh = try SubmissionConnection.open(smtp, credential: credential)
                return (fresh, fresh.open(from: from, to: to, size: size))
            } catch {
                return (nil, .failed(error))
            }
        }
        sending = result.0
        if case .failed(let failure) = result.1, failure.reason == .loginRefused, keeper.canRenew,
            !isRefused
        {
            return await open(from: from, to: to, size: size, isRefused: true)
        }
        return result.1
    }

    private func deliver(_ bytes: [UInt8], notAfter: Date) async -> DeliveryVerdict {
        guard let connection = sending else {
            return .notAccepted(
                MailServerFailure(.unreachable, "The connection was lost before the message"))
        }
        let clock = clock
        return await threads.sending.perform {
            guard clock.virtual(Date()) <= notAfter else {
                connection.abandon()
                return .notAccepted(
                    MailServerFailure(.limit, "The proof that nobody answered grew too old"))
            }
            return connection.deliver(bytes)
        }
    }

    // MARK: Waiting

    nonisolated func ring() { threads.idle.ring(key) }

    func wait(until instant: Date?, isWatching: Bool) async -> MailboxNews {
        if await !keeper.renewIfDue(), isWatching, let reading {
            // The consent was withdrawn: said now, and not when the server ends the connection or a mail is due.
            self.reading = nil
            await threads.reading.perform { reading.close() }
            return .mail
        }
        // RFC 2177 §3 asks for less than 29 minutes; the engine looks far more often than that.
        let real = instant.map { max(0, clock.real($0).timeIntervalSinceNow) } ?? 1_200
        let deadline = Deadline.after(.milliseconds(Int64(min(real, 1_200) * 1000) + 1))
        if real > 15, let resting = sending {
            sending = nil
            await threads.sending.perform { resting.quit() }
        }
        var socket: Int32 = -1
        if isWatching, hasIdle, idleFailures < 3, let reading, reading.isUsable {
            switch await idle(on: reading) {
            case .some(true): return .mail
            case .some(false): socket = reading.socket
            // It broke: the next pass says what is the matter.
            case nil: return .mail
            }
        }
        while true {
            switch await threads.idle.wait(socket, key: key, until: deadline) {
            case .cancelled: return .cancelled
            case .timedOut, .rung: return .wake
            case .readable:
                guard let reading, case .some(let hasNews) = await news(on: reading) else { return .mail }
                if hasNews { return .mail }
            }
        }
    }

    /// Lets the server report on INBOX.
    ///
    /// - Returns: Whether it holds something new already; nil when the connection broke.
    private func idle(on connection: IMAPConnection) async -> Bool? {
        if isIdling { return await news(on: connection) }
        let seen = inboxSeen
        let began: Bool? = await threads.reading.perform {
            do throws(MailServerFailure) {
                let status = try connection.startIdle(in: .inbox)
                if let seen, seen.uidNext != status.uidNext || seen.uidValidity != status.uidValidity {
                    return true
                }
                return try connection.news()
            } catch {
                return nil
            }
        }
        isIdling = began != nil
        idleFailures = began == nil ? idleFailures + 1 : 0
        if began == nil { reading = nil }
        return began
    }

    private func news(on connection: IMAPConnection) async -> Bool? {
        await threads.reading.perform {
            do throws(MailServerFailure) { return try connection.news() } catch { return nil }
        }
    }

    func close() async {
        let (reading, sending) = (reading, sending)
        self.reading = nil
        self.sending = nil
        await threads.sending.perform { sending?.quit() }
        await threads.reading.perform { reading?.close() }
    }
}
