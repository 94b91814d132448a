internal import Foundation
internal import PurrEngine
internal import PurrMail
internal import PurrSequences
internal import PurrStore
internal import PurrTemplates

/// Makes a database with one mailbox, a sequence of two steps that may go at any minute, and people in it.
///
/// Options: `--database`, `--user` (the mailbox's address), `--people` (how many are enrolled, none of them due),
/// `--days-ago` (when they were).
func prepareDatabase(_ options: BenchmarkOptions) throws -> [String: Double] {
    let store = try Store(path: try options.text("database"))
    let now = Date()
    guard let address = EmailAddress(try options.text("user")) else {
        throw BenchmarkProblem("--user is no address.")
    }
    let server = MailboxSettings.Server(host: "localhost", port: 1, security: .tls)
    var settings = MailboxSettings(imap: server, smtp: server, user: address.text)
    settings.limits = .unlimited
    var always = SequenceSettings()
    always.followUpDays = .everyday
    always.sendWindow = try anyMinute()
    let hello = try MailTemplate(
        name: "hello", subject: "Hello {{contact.firstName}}",
        body:
            "Hello {{contact.firstName}},\n\nhave you had a moment to look at **our offer**?\n\n- one\n- two\n\nKim"
    )
    let steps = [
        Step(id: StepID(rawValue: "one"), delay: 0, action: .email(EmailStep(template: "hello"))),
        Step(
            id: StepID(rawValue: "two"), delay: 90,
            action: .email(EmailStep(template: "hello", replyTo: StepID(rawValue: "one")))),
    ]
    let version = SequenceVersion(steps: steps, templates: ["hello": StoredTemplate(hello)])
    try store.write { [settings, always] transaction in
        guard
            let mailbox = try transaction.insertMailbox(
                address: address, name: "Kim", settings: Document.text(of: settings), credential: [],
                at: now)
        else { throw BenchmarkProblem("The database has the mailbox already.") }
        try transaction.setFilesSent(true, of: mailbox)
        _ = try transaction.saveSequence(
            name: "bench", settings: always, document: Document.text(of: version), at: now)
    }
    let enrolled = now.addingTimeInterval(-86_400 * Double(try options.number("days-ago", else: 0)))
    try enroll(try options.number("people", else: 0), from: address, in: store, at: enrolled, now: now)
    return [:]
}

private func enroll(_ count: Int, from sender: EmailAddress, in store: Store, at enrolled: Date, now: Date)
    throws
{
    let people = (0..<count).compactMap { EmailAddress("person\($0)@prospects\($0 % 97).test") }
    try store.write { transaction in
        guard let sequence = try transaction.sequence(named: "bench"),
            let mailbox = try transaction.mailbox(sending: sender)
        else { throw BenchmarkProblem("The database lacks its sequence.") }
        for (number, person) in people.enumerated() {
            let contact = try transaction.upsert(ContactDetails(email: person, firstName: "Ann"), at: now)
            let first = Step(
                id: StepID(rawValue: "one"), delay: 0, action: .email(EmailStep(template: "one")))
            _ = try transaction.insert(
                EnrollmentDraft(
                    contact: contact.id, sequence: sequence.id, version: sequence.version,
                    mailbox: mailbox.id,
                    sender: sender, zone: .utc, firstStep: first, start: now.addingTimeInterval(86_400),
                    threadRoot: "root\(number)@example.org"), at: enrolled)
        }
    }
}

private func anyMinute() throws -> SendWindow {
    guard let window = SendWindow(start: 0, end: 1_439) else {
        throw BenchmarkProblem("A day has other minutes now.")
    }
    return window
}
