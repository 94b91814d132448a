package import Foundation
package import PurrEngine
package import PurrMail
package import PurrSequences
package import PurrStore

/// What a sequence would do to some contacts: the engine of a mailbox on a database in memory, with a mail
/// server without faults, on a clock that jumps to whatever comes next.
///
/// The same input gives the same mails at the same times.
package struct Rehearsal {
    /// Where sequence, templates and contacts are put, and enrolled, before ``run()``.
    package let store: Store
    let mailbox: MailboxID
    package let sender: EmailAddress
    /// By ``PurrMail/EmailAddress/key``.
    let people: [String: RehearsedPerson]
    let others: RehearsedPerson
    var now: Date
    var account = SimulatedAccount()
    var machine: MailboxMachine
    var agenda: [Appointment] = []
    var steps: [EnrollmentID: [StepID: Int]] = [:]
    /// The tasks up to this one are planned.
    var lastTask: Int64 = 0
    var serial = 0
    private var asked: UInt64 = 0
    private var deliveries = 0

    /// Something that will happen at a time.
    struct Appointment {
        let at: Date
        let serial: Int
        let what: What

        enum What {
            case arrive([UInt8])
            /// The user sees to a task.
            case task(TaskID, TaskState)
            /// The user sends a draft from a mail program.
            case sendDraft([UInt8], to: EmailAddress, EnrollmentID, StepID)
        }
    }

    /// - Parameters:
    ///   - limits: ``PurrSequences/SendingLimits/unlimited`` shows each mail at its planned second.
    ///   - began: Not after the first start.
    package init(
        sender: EmailAddress, name: String = "", meetingLink: String = "",
        limits: SendingLimits = .unlimited,
        people: [String: RehearsedPerson] = [:], others: RehearsedPerson = RehearsedPerson(), began: Date
    ) throws {
        let server = MailboxSettings.Server(host: "localhost", port: 1, security: .tls)
        var settings = MailboxSettings(imap: server, smtp: server, user: sender.text)
        settings.limits = limits
        let document = Document.text(of: settings)
        store = try Store.inMemory()
        mailbox = try store.write { transaction in
            guard
                let id = try transaction.insertMailbox(
                    address: sender, name: name, settings: document, credential: [], at: began),
                let user = try transaction.insertUser("you", mailbox: id, at: began)
            else { throw StoreError(.other, "The mailbox could not be made.") }
            try transaction.update(
                UserRecord(
                    id: user, name: "you", mailbox: id, zone: nil, meetingLink: meetingLink,
                    digestMinute: nil))
            try transaction.setOwner(user, of: id)
            try transaction.setFilesSent(true, of: id)
            return id
        }
        self.sender = sender
        self.people = people
        self.others = others
        now = began
        var machineSettings = MachineSettings()
        // Nothing arrives unseen here, so nobody has to look for it.
        machineSettings.pollInterval = Self.forever
        machine = MailboxMachine(
            mailbox, store: store, settings: machineSettings, owner: "rehearsal",
            entropy: SeededNumbers(seed: 1))
    }

    static let forever: TimeInterval = 200 * 366 * 86_400

    /// What people ask of the engine at the rehearsal's present time.
    ///
    /// Each time with random numbers of its own, the same ones in every run: a rehearsal says the same twice.
    package var commands: Commands {
        mutating get {
            asked += 1
            return Commands(store: store, now: now, entropy: SeededNumbers(seed: 1_000 + asked))
        }
    }

    // MARK: The run

    /// Lets everything happen that will.
    package mutating func run() throws -> RehearsalReport {
        let ends = now.addingTimeInterval(Self.forever / 2)
        while true {
            try happen()
            switch try machine.next(now: now) {
            case .perform(let effect):
                let outcome = try perform(effect)
                try machine.record(outcome, of: effect, now: now)
            case .wait(let until):
                try planTasks()
                let next = min(until ?? .distantFuture, agenda.first?.at ?? .distantFuture)
                guard next < ends else { return try report() }
                // A wait that is over already must not stop the clock.
                if agenda.first.map({ $0.at > now }) ?? true {
                    now = max(next, now.addingTimeInterval(0.001))
                }
            }
        }
    }

    private mutating func happen() throws {
        while let next = agenda.first, next.at <= now {
            agenda.removeFirst()
            switch next.what {
            case .arrive(let bytes):
                account.store(bytes, in: "INBOX", at: now)
                machine.notice()
            case .task(let id, let state): try see(to: id, state)
            case .sendDraft(let bytes, let contact, let enrollment, let step):
                sendByHand(bytes)
                try react(to: bytes, contact: contact, enrollment: enrollment, step: step)
            }
        }
    }

    mutating func schedule(_ what: Appointment.What, at instant: Date) {
        serial += 1
        let index = agenda.partitioningIndex { $0.at > instant }
        agenda.insert(Appointment(at: instant, serial: serial, what: what), at: index)
    }

    // MARK: A mail server without faults

    private mutating func perform(_ effect: Effect) throws -> Outcome {
        switch effect {
        case .survey: return .surveyed(account.survey())
        case .locate(let folder, let validity, let since):
            return .located(account.first(in: folder, validity, since: since))
        case .readHeaders(let folder, let validity, let after, let through):
            return .headers(account.headers(in: folder, validity, after: after, through: through))
        case .readMessages(let folder, let validity, let uids):
            return .messages(account.messages(in: folder, validity, uids))
        case .find(let ids, let folders): return .found(account.find(ids, in: folders))
        case .file(_, let bytes, let folder, _):
            account.store(bytes, in: folder.wire, at: now)
            return .filed(.taken(nil))
        case .fileDraft(let id, let bytes, let folder, _):
            account.store(bytes, in: folder.wire, at: now)
            if let entry = try store.read({ try $0.journalEntry(id) }) {
                schedule(.sendDraft(bytes, to: entry.recipient, entry.enrollment, entry.step), at: now)
            }
            return .filed(.taken(nil))
        case .fileNote: return .filed(.taken(nil))
        case .post: return .posted(.delivered(.accepted(Self.taken)))
        case .open: return .opened(.ready)
        case .abandon: return .abandoned
        case .deliver(let id, let bytes, _):
            account.store(bytes, in: "Sent", at: now)
            deliveries += 1
            // Copies are read by the dozen: one by one they would cost more than all the rest.
            if deliveries % 50 == 0 { machine.notice() }
            if !people.isEmpty || !others.reactions.isEmpty,
                let entry = try store.read({ try $0.journalEntry(id) })
            {
                try react(
                    to: bytes, contact: entry.recipient, enrollment: entry.enrollment, step: entry.step)
            }
            return .delivered(.accepted(Self.taken))
        }
    }

    private static let taken = ServerReply(code: 250, text: "2.0.0 Ok")
}

extension Array {
    /// The first index whose element is after something; the elements are sorted by it.
    fileprivate func partitioningIndex(where isAfter: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
