import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import Testing

/// The engine of the mailbox of a ``CommandsWorld`` before a server that answers as it is told, on a clock that
/// jumps to whatever comes next.
struct RunningMachine {
    let world: CommandsWorld
    var machine: MailboxMachine
    var now: Date
    /// What came to the final dot, in order.
    private(set) var sent: [(to: String, at: Date)] = []
    /// The same, as it went over the wire.
    private(set) var texts: [String] = []
    /// Mail of Purr to its own users.
    private(set) var posted: [(to: String, text: String, at: Date)] = []
    /// What the server says to each transaction when it is opened; then it takes everything.
    var openings: [OpeningVerdict] = []
    /// Messages of the INBOX.
    private var inbox: [(bytes: [UInt8], at: Date)] = []
    private(set) var sentFolder: [(bytes: [UInt8], at: Date)] = []
    /// What was done, in order.
    private(set) var performed: [Effect] = []
    /// Where a copy lies, as the server says it; nil when it says nothing.
    var placeOfCopy: (_ uid: UInt32) -> AppendedUID? = { _ in nil }
    /// Called when a copy was asked for, before it is taken.
    var beforeFiling: (inout [(bytes: [UInt8], at: Date)]) -> Void = { _ in }
    private var opened: (JournalID, String)?

    init(_ world: CommandsWorld, limits: SendingLimits = .unlimited) throws {
        self.world = world
        now = world.start
        let mailbox = try world.commands().mailbox(world.sender)
        let server = MailboxSettings.Server(host: "mail.example.org", port: 993, security: .tls)
        var settings = MailboxSettings(imap: server, smtp: server, user: "sam")
        settings.limits = limits
        try world.commands().connect(
            MailboxConnection(
                address: world.sender, name: "Sam Sender", settings: settings, credential: [1]),
            isUpdate: true)
        machine = Self.machine(mailbox.id, world)
    }

    private static func machine(_ id: MailboxID, _ world: CommandsWorld) -> MailboxMachine {
        var settings = MachineSettings()
        // Nothing arrives unseen here, so nobody has to look for it every minute.
        settings.pollInterval = 86_400
        return MailboxMachine(
            id, store: world.store, settings: settings, owner: "test", entropy: SeededNumbers(seed: 1))
    }

    /// As a process that stopped and was started again at some later time.
    mutating func restart(at instant: Date) {
        machine = Self.machine(machine.id, world)
        now = instant
    }

    /// A message arrives now.
    mutating func receive(_ text: String) {
        inbox.append((Array(text.replacing("\n", with: "\r\n").utf8), now))
        machine.notice()
    }

    /// The contact answers the mail that was sent last.
    mutating func reply(from address: String) throws {
        let header = MessageHeader(Array((texts.last ?? "").utf8))
        let id = try #require(header.messageID)
        receive(
            "From: \(address)\nTo: sam@example.org\nMessage-ID: <r\(inbox.count)@north.test>\nIn-Reply-To: \(id)\nSubject: Re: A question\n\nYes, gladly.\n"
        )
    }

    /// A copy that nobody here has filed lies in Sent now.
    mutating func findInSent(_ bytes: [UInt8]) {
        sentFolder.append((bytes, now))
        machine.notice()
    }

    /// The user sends mail by hand from another program.
    mutating func sendByHand(to address: String, id: Int) {
        let text =
            "From: sam@example.org\r\nTo: \(address)\r\nMessage-ID: <hand\(id)@example.org>\r\nSubject: Hand\r\n\r\nHi\r\n"
        sentFolder.append((Array(text.utf8), now))
        machine.notice()
    }

    /// Lets everything happen until that time, or until `count` mails have left.
    mutating func run(until end: Date, count: Int = .max) throws {
        while now <= end, sent.count < count {
            switch try machine.next(now: now) {
            case .perform(let effect): try machine.record(perform(effect), of: effect, now: now)
            case .wait(let until):
                // A wait that is over already must not stop the clock.
                now = max(until ?? .distantFuture, now.addingTimeInterval(0.001))
            }
        }
        now = min(now, end)
    }

    private mutating func perform(_ effect: Effect) -> Outcome {
        performed.append(effect)
        switch effect {
        case .survey:
            return .surveyed(
                [folder("INBOX", .inbox, inbox.count), folder("Sent", .sent, sentFolder.count)])
        case .locate: return .located(.read(nil))
        case .readHeaders(let name, let validity, let after, let through):
            let headers = messages(name).enumerated().compactMap { index, message -> FetchedHeader? in
                let uid = UInt32(index + 1)
                guard uid > after.rawValue, uid <= through.rawValue else { return nil }
                return FetchedHeader(uid: UID(rawValue: uid), bytes: message.bytes, receivedAt: message.at)
            }
            return .headers(
                .read(
                    HeaderSlice(uidValidity: validity, headers: headers, unreadable: [], through: through)))
        case .readMessages(let name, _, let uids):
            let all = messages(name)
            return .messages(
                .read(uids.map { FetchedMessage(uid: $0, bytes: all[Int($0.rawValue) - 1].bytes) }))
        case .find: return .found(nil)
        case .file(_, let bytes, _, _):
            beforeFiling(&sentFolder)
            sentFolder.append((bytes, now))
            return .filed(.taken(placeOfCopy(UInt32(sentFolder.count))))
        case .fileDraft, .fileNote: return .filed(.taken(nil))
        case .post(_, let bytes, _, let recipient):
            posted.append((recipient.text, String(decoding: bytes, as: UTF8.self), now))
            return .posted(.delivered(.accepted(Self.taken)))
        case .abandon: return .abandoned
        case .open(let id, _, let recipient, _):
            guard openings.isEmpty else { return .opened(openings.removeFirst()) }
            opened = (id, recipient.text)
            return .opened(.ready)
        case .deliver(_, let bytes, _):
            texts.append(String(decoding: bytes, as: UTF8.self))
            sent.append((opened?.1 ?? "", now))
            return .delivered(.accepted(Self.taken))
        }
    }

    private func messages(_ name: FolderName) -> [(bytes: [UInt8], at: Date)] {
        name.wire == "INBOX" ? inbox : sentFolder
    }

    private func folder(_ name: String, _ role: FolderRole, _ count: Int) -> SurveyedFolder {
        SurveyedFolder(
            folder: ListedFolder(name: FolderName(wire: name), role: role),
            answer: .status(
                FolderStatus(
                    uidValidity: UIDValidity(rawValue: 1), uidNext: UID(rawValue: UInt32(count + 1)),
                    messages: count)))
    }

    private static let taken = ServerReply(code: 250, text: "2.0.0 Ok")
}

extension RunningMachine {
    /// Imports and enrolls that many people at once.
    func enroll(_ count: Int, prefix: String = "p", bulk: Bool = false, start: Date? = nil) async throws {
        let emails = (0..<count).map { "\(prefix)\($0)@prospects.test" }
        try await world.importing("email,firstName\n" + emails.map { "\($0),Kim\n" }.joined())
        var request = EnrollmentRequest(
            sequence: "intro", contacts: emails.compactMap { EmailAddress($0) }, sender: world.sender)
        request.bulkFrom = bulk ? 0 : .max
        request.start = start
        let commands = Commands(store: world.store, now: now)
        let results = try commands.enroll(request)
        try #require(results.count { if case .enrolled = $0.result { true } else { false } } == count)
    }

    var mailbox: MailboxRecord {
        get throws { try Commands(store: world.store, now: now).mailbox(world.sender) }
    }

    /// A report that a mail to this address came back.
    mutating func bounce(of address: String, status: String = "5.1.1") throws {
        let contact = try #require(EmailAddress(address))
        let id = try world.store.read { transaction in
            try transaction.contact(contact).flatMap { try transaction.enrollments(of: $0.id).last }
                .flatMap { try transaction.journal(of: $0.id).last }?.messageID
        }
        let messageID = try #require(id)
        receive(
            """
            From: MAILER-DAEMON@example.org
            To: sam@example.org
            Subject: Undelivered Mail Returned to Sender
            Message-ID: <dsn-\(address)>
            Auto-Submitted: auto-replied
            Content-Type: multipart/report; report-type=delivery-status; boundary="b"
            MIME-Version: 1.0

            --b
            Content-Type: text/plain

            This is the mail system.
            --b
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mail.example.org

            Final-Recipient: rfc822; \(address)
            Action: failed
            Status: \(status)

            --b
            Content-Type: text/rfc822-headers

            From: sam@example.org
            To: \(address)
            Message-ID: \(messageID)
            Subject: A question

            --b--

            """)
    }

    /// A feedback report: somebody marked a mail as spam.
    mutating func complaint(of address: String) throws {
        let contact = try #require(EmailAddress(address))
        let id = try world.store.read { transaction in
            try transaction.contact(contact).flatMap { try transaction.enrollments(of: $0.id).last }
                .flatMap { try transaction.journal(of: $0.id).last }?.messageID
        }
        let messageID = try #require(id)
        receive(
            """
            From: feedback@provider.test
            To: sam@example.org
            Subject: FW: A question
            Message-ID: <arf-\(address)>
            Content-Type: multipart/report; report-type=feedback-report; boundary="b"
            MIME-Version: 1.0

            --b
            Content-Type: text/plain

            This is an email abuse report.
            --b
            Content-Type: message/feedback-report

            Feedback-Type: abuse
            User-Agent: Loop/1.0
            Version: 1
            Original-Rcpt-To: \(address)

            --b
            Content-Type: message/rfc822

            From: sam@example.org
            To: \(address)
            Message-ID: \(messageID)
            Subject: A question

            Hello.

            --b--

            """)
    }
}
