import Foundation
import PurrEngine
import PurrFiles
import PurrMail
import PurrSequences
import PurrStore
import Testing

/// A connected mailbox whose engine reads what a test puts into it: the machine, SQLite in memory, and an
/// account in place of the server.
struct InboundWorld {
    let base: CommandsWorld
    let mailbox: MailboxID
    var machine: MailboxMachine
    var account = ScriptedAccount()
    private var serial = 0
    private var sends = 0

    var store: Store { base.store }

    /// Kari and Per at one company, Ola and Eva elsewhere.
    init() async throws {
        base = try await CommandsWorld()
        try await base.importing(
            "email,firstName,timeZone\nper@north.test,Per,Europe/Oslo\neva@gmail.com,Eva,Europe/Oslo\n")
        mailbox = try #require(try base.store.read { try $0.mailboxes() }.first?.id)
        machine = MailboxMachine(
            mailbox, store: base.store, settings: MachineSettings(), owner: "test",
            entropy: SystemRandomNumberGenerator())
    }

    // MARK: What goes out

    /// Enrolls a contact and takes step 1 as sent at the start, under the id `NAME.1@example.org` and the
    /// thread root `NAME@example.org`, NAME being what stands before the `@`.
    @discardableResult
    mutating func enroll(
        _ email: String, later: TimeInterval = 0, subject: String = "A question", isAgain: Bool = false,
        filing: FilingState = .seen
    ) throws -> EnrollmentID {
        var request = base.request(email)
        request.isAgain = isAgain
        request.isRecentWelcome = true
        let results = try base.commands(later: later).enroll(request)
        guard case .enrolled(let id, _, _) = try #require(results.first?.result) else {
            throw CommandError(.software, "\(email) was not enrolled: \(results)")
        }
        sends += 1
        let name = email.prefix { $0 != "@" } + (isAgain ? "\(sends)" : "")
        let at = base.start.addingTimeInterval(later)
        let (sender, mailbox) = (base.sender, mailbox)
        try store.write { transaction in
            let recipient = try #require(EmailAddress(email))
            let message = try #require(MessageID("\(name).1@example.org"))
            let root = try #require(MessageID("\(name)@example.org"))
            let step = StepID(rawValue: "hello")
            let mail = PreparedMail(
                messageID: message, inReplyTo: nil, references: [root], threadRoot: root, subject: subject,
                sender: sender, recipient: recipient, bytes: Array("Subject: \(subject)\r\n\r\n".utf8))
            let entry = try #require(
                try transaction.prepare(mail, enrollment: id, step: step, mailbox: mailbox))
            _ = try transaction.beginSending(entry, at: at)
            _ = try transaction.recordSent(entry, at: at, reply: "250 2.0.0 Ok", filing: filing)
            try transaction.schedule(
                id,
                step: Step(
                    id: StepID(rawValue: "nudge"), delay: 3,
                    action: .email(EmailStep(template: "nudge", replyTo: step))),
                at: at.addingTimeInterval(3 * 86_400), because: .delay)
        }
        return id
    }

    // MARK: What comes in

    /// Puts a message into a folder and lets the machine read to its end.
    ///
    /// Lines end with LF here; `From`, `Message-ID` and the rest are the test's. The time is minutes after the
    /// start.
    ///
    /// - Returns: The number of the newest message that was judged.
    @discardableResult
    mutating func receive(_ text: String, in folder: String = "INBOX", minute: Double = 60) throws -> Int64
    {
        serial += 1
        let at = base.start.addingTimeInterval(minute * 60 + Double(serial))
        let head = text.contains("Message-ID:") ? "" : "Message-ID: <in\(serial)@elsewhere.test>\n"
        account.store(Array((head + text).replacing("\n", with: "\r\n").utf8), in: folder, at: at)
        try read(at: at)
        return try store.read { try $0.inboundMessages(InboundFilter(), limit: 1_000) }
            .map(\.id.rawValue).max() ?? 0
    }

    /// Lets the machine look when nothing has come.
    mutating func look(minute: Double) throws { try read(at: base.start.addingTimeInterval(minute * 60)) }

    private mutating func read(at now: Date) throws {
        machine.notice()
        for _ in 0..<200 {
            guard case .perform(let effect) = try machine.next(now: now),
                let outcome = account.answer(effect)
            else { return }
            try machine.record(outcome, of: effect, now: now)
        }
        Issue.record("the machine did not come to an end")
    }

    // MARK: What is known then

    func enrollment(_ id: EnrollmentID) throws -> EnrollmentRecord {
        try #require(try store.read { try $0.enrollment(id) })
    }

    /// `active`, or the state and its reason: `unenrolled replied`.
    func standing(_ id: EnrollmentID) throws -> String {
        let enrollment = try enrollment(id)
        return enrollment.state == .active
            ? "active" : "\(enrollment.state.rawValue) \(enrollment.reason)"
    }

    func suppressed() throws -> [String] { try store.read { try $0.suppressions() }.map(\.address) }

    func events(_ id: EnrollmentID) throws -> [Event] { try store.read { try $0.events(of: id) } }

    /// The rung by which the newest message was found to concern an enrollment; nil when it does not.
    func rung(_ id: EnrollmentID) throws -> Int? {
        try store.read { transaction in
            let newest = try transaction.inboundMessages(InboundFilter(), limit: 1_000)
                .max { $0.id < $1.id }
            return try newest.flatMap { newest in
                try transaction.matches(of: newest.id).first { $0.enrollment == id }?.rung
            }
        }
    }

    func newest() throws -> InboundMessage? {
        try store.read { try $0.inboundMessages(InboundFilter(), limit: 1_000) }.max { $0.id < $1.id }
    }
}

/// Folders and messages, as a server would tell of them.
struct ScriptedAccount: Sendable {
    struct Stored: Sendable {
        let uid: UID
        let bytes: [UInt8]
        let at: Date
    }

    private var folders: [String: [Stored]] = [
        "INBOX": [], "Sent": [], "Trash": [], "Junk": [], "Clients": [],
    ]
    private var validity = UIDValidity(rawValue: 7)
    private var refused: Set<String> = []
    /// How far back the last folder was asked for.
    private(set) var locatedSince: Date?
    /// How many messages were fetched with their bodies.
    private(set) var bodiesAsked = 0

    mutating func refuse(_ folder: String) { refused.insert(folder) }

    /// Gives all folders a new generation of numbers.
    mutating func renumber() { validity = UIDValidity(rawValue: validity.rawValue + 1) }

    mutating func store(_ bytes: [UInt8], in folder: String, at instant: Date) {
        let uid = UID(rawValue: UInt32((folders[folder] ?? []).count + 1))
        folders[folder, default: []].append(Stored(uid: uid, bytes: bytes, at: instant))
    }

    /// Nil for what is not about reading.
    mutating func answer(_ effect: Effect) -> Outcome? {
        if case .locate(_, _, let since) = effect { locatedSince = since }
        if case .readMessages(_, _, let uids) = effect { bodiesAsked += uids.count }
        return switch effect {
        case .survey: .surveyed(folders.keys.sorted().map(survey))
        case .locate(let name, _, _): .located(.read(folders[name.wire]?.first?.uid))
        case .readHeaders(let name, let validity, let after, let through):
            .headers(
                .read(
                    HeaderSlice(
                        uidValidity: validity,
                        headers: (folders[name.wire] ?? []).filter { $0.uid > after && $0.uid <= through }
                            .map {
                                FetchedHeader(
                                    uid: $0.uid, bytes: Self.header(of: $0.bytes), receivedAt: $0.at)
                            }, unreadable: [], through: through)))
        case .readMessages(let name, _, let uids):
            .messages(
                .read(
                    (folders[name.wire] ?? []).filter { uids.contains($0.uid) }
                        .map { FetchedMessage(uid: $0.uid, bytes: $0.bytes) }))
        default: nil
        }
    }

    private func survey(_ name: String) -> SurveyedFolder {
        let roles: [String: FolderRole] = [
            "INBOX": .inbox, "Sent": .sent, "Trash": .trash, "Junk": .junk,
        ]
        let listed = ListedFolder(name: FolderName(wire: name), role: roles[name] ?? .other)
        guard !refused.contains(name) else {
            return SurveyedFolder(folder: listed, answer: .refused("NO [NOPERM] not yours"))
        }
        let count = folders[name]?.count ?? 0
        return SurveyedFolder(
            folder: listed,
            answer: .status(
                FolderStatus(
                    uidValidity: validity, uidNext: UID(rawValue: UInt32(count + 1)), messages: count)))
    }

    private static func header(of bytes: [UInt8]) -> [UInt8] {
        let text = String(decoding: bytes, as: UTF8.self)
        return Array((text.components(separatedBy: "\r\n\r\n")[0] + "\r\n\r\n").utf8)
    }
}
