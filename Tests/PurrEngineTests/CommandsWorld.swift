import Foundation
import PurrEngine
import PurrFiles
import PurrMail
import PurrSequences
import PurrStore
import PurrTemplates
import Testing

/// One connected mailbox, some contacts and a sequence of three mails, in memory unless in a file's store.
struct CommandsWorld {
    let store: Store
    /// Monday, 2026-11-23 10:00 in Oslo.
    let start = Date(timeIntervalSince1970: 1_795_424_400)
    let sender: EmailAddress
    let kari: EmailAddress

    static let sequence = """
        name: intro
        settings: { followUpDays: weekdays, sendWindow: "09:00-16:30" }
        steps:
          - email: hello
          - { email: nudge, after: 3, replyTo: 1 }
          - { email: goodbye, after: 5, replyTo: 1 }
        """

    init(in store: Store? = nil) async throws {
        self.store = try store ?? .inMemory()
        sender = try #require(EmailAddress("sam@example.org"))
        kari = try #require(EmailAddress("kari@north.test"))
        let commands = commands()
        let server = MailboxSettings.Server(host: "mail.example.org", port: 993, security: .tls)
        try commands.connect(
            MailboxConnection(
                address: sender, name: "Sam Sender",
                settings: MailboxSettings(imap: server, smtp: server, user: "sam"),
                credential: [1, 2, 3]),
            isUpdate: false)
        try await importing(
            "email,firstName,timeZone\nkari@north.test,Kari,Europe/Oslo\nola@south.test,Ola,\n")
        _ = try commands.addTemplates(["hello", "nudge", "goodbye"].map { try template($0) })
        try apply(Self.sequence)
    }

    /// - Parameter later: Seconds after the start.
    func commands(later: TimeInterval = 0) -> Commands {
        Commands(store: store, now: start.addingTimeInterval(later))
    }

    func template(_ name: String, body: String = "Hello {{contact.firstName}}.") throws -> MailTemplate {
        try MailTemplate(name: name, subject: "A question", body: body)
    }

    @discardableResult
    func apply(_ text: String) throws -> SequenceApplication {
        try commands().apply(SequenceFile.read(text, name: "intro.yaml"), file: "intro.yaml")
    }

    @discardableResult
    func importing(_ text: String, isStrict: Bool = false) async throws -> ContactImport {
        var pieces = [Array(text.utf8)]
        let checked = try commands().checkContacts(named: "c.csv", isStrict: isStrict) { pieces.popLast() }
        pieces = [Array(text.utf8)]
        return try await commands().importContacts(checked, named: "c.csv") { pieces.popLast() }
    }

    func request(_ emails: String...) -> EnrollmentRequest {
        EnrollmentRequest(
            sequence: "intro", contacts: emails.compactMap { EmailAddress($0) }, sender: sender)
    }

    /// Kari, enrolled now.
    @discardableResult
    func enrollKari(firstStep: Int = 1) throws -> EnrollmentID {
        var request = request("kari@north.test")
        request.firstStep = firstStep
        guard case .enrolled(let id, _, _) = try commands().enroll(request).first?.result else {
            throw CommandError(.software, "Kari was not enrolled.")
        }
        return id
    }

    /// Takes Kari's first step as sent at the start, as the machine would, so that step 2 is due on Thursday.
    func sendFirstStep(of id: EnrollmentID, outcome: JournalState = .sent) throws {
        let step = StepID(rawValue: "hello")
        try store.write { transaction in
            let mailbox = try #require(try transaction.mailboxes().first)
            let message = try #require(MessageID("one@example.org"))
            let root = try #require(MessageID("root@example.org"))
            let mail = PreparedMail(
                messageID: message, inReplyTo: nil, references: [root], threadRoot: root,
                subject: "A question",
                sender: sender, recipient: kari, bytes: Array("Subject: A question\r\n\r\n".utf8))
            let entry = try #require(
                try transaction.prepare(mail, enrollment: id, step: step, mailbox: mailbox.id))
            _ = try transaction.beginSending(entry, at: start)
            switch outcome {
            case .sent:
                _ = try transaction.recordSent(entry, at: start, reply: "250 2.0.0 Ok", filing: .due)
                try transaction.schedule(
                    id,
                    step: Step(
                        id: StepID(rawValue: "nudge"), delay: 3,
                        action: .email(EmailStep(template: "nudge", replyTo: step))),
                    at: start.addingTimeInterval(3 * 86_400), because: .delay)
            default:
                try transaction.recordUnknown(entry, at: start, reply: "the connection broke")
                try transaction.recordHeld(entry)
                try transaction.hold(
                    id, because: .unknownOutcome, detail: "Step hello may have been sent", at: start)
            }
        }
    }

    func report(_ commands: Commands) throws -> EnrollmentReport {
        var found: [EnrollmentReport] = []
        try commands.enrollments { found.append($0) }
        return try #require(found.last)
    }
}
