internal import Foundation
internal import PurrEngine
internal import PurrMail
internal import PurrSequences

/// Everything outside the engine: time, mail servers, people, faults.
///
/// All of it follows from one seed.
struct World: Sendable {
    /// True time, in seconds that only go forward.
    var now: Date
    /// What the engine's clock shows beside true time.
    var clockError: TimeInterval = 0
    var clockWasSet = false
    var random: SeededNumbers
    var accounts: [MailboxID: SimulatedAccount] = [:]
    var addresses: [MailboxID: EmailAddress] = [:]
    var prospects: [String: Prospect] = [:]
    var agenda: [Appointment] = []
    var acceptances: [Acceptance] = []
    var violations: [String] = []
    var faults: FaultRates
    /// Whether the server files what it sends, and whether it changes Message-IDs.
    var filesSent = false
    var rewritesIDs = false
    /// Whether the server says where what it is given lies (RFC 4315).
    var tellsPlaces = false
    /// The transaction that stands at 354, by worker.
    var ready: [Int: (recipient: EmailAddress, since: Date)] = [:]
    /// When the last pass began that reached its end, by mailbox.
    var surveyed: [MailboxID: Date] = [:]
    /// Mailboxes whose IDLE told the engine something.
    var notified: Set<MailboxID> = []
    /// Contacts to whom the user wrote without Purr, and when.
    var handWritten: [String: [Date]] = [:]
    /// Contacts whom nothing may be sent to by the user's own word, and why.
    var halted: [String: String] = [:]
    /// When the user did, or skipped, each task by command.
    var taskActs: [TaskID: [Date]] = [:]
    /// Tasks that the user has opened again.
    var reopened: Set<TaskID> = []
    /// The step that each enrollment began with, from 1.
    var firstSteps: [EnrollmentID: Int] = [:]
    /// Enrollments whose plan somebody's hand has moved.
    var steered: Set<EnrollmentID> = []
    /// Contacts about whom mail was forged.
    var slandered: Set<String> = []
    /// Mailboxes that will be looked at though no notification came: the engine's own rounds.
    var roundsAhead: Set<MailboxID> = []
    /// How often each mail of Purr to its own user was taken.
    var posted: [NoticeID: Int] = [:]
    /// The database was replaced by an earlier one.
    var isRestored = false
    var outages: [MailboxID: Date] = [:]
    var serial = 0
    var effects = 0
    /// For the transcript of a failing seed.
    var story: [String] = []

    /// How often things go wrong, each between 0 and 1.
    struct FaultRates: Sendable {
        var read = 0.0
        var submit = 0.0
        var unknown = 0.0
        var lostNotice = 0.3

        static let none = FaultRates(lostNotice: 0)
    }

    /// Something that will happen at a time.
    struct Appointment: Sendable {
        let at: Date
        let serial: Int
        let what: What

        enum What: Sendable {
            case arrive(MailboxID, String, [UInt8], from: String, Arrival)
            case move(MailboxID, from: String, to: String)
            case renumber(MailboxID, String)
            case refuse(MailboxID, String, Bool)
            /// The engine's own round, in the night or whenever: what no notification told.
            case round(MailboxID)
        }
    }

    /// What an arriving message means, for the oracle.
    enum Arrival: Sendable { case human, optOut, bounce, complaint, left, noise, forgery }

    /// A mail that a server took.
    struct Acceptance: Sendable {
        let mailbox: MailboxID
        let at: Date
        /// The id it was handed over with.
        let original: MessageID
        let mail: ReceivedMail
        /// The id that its References begin with: its enrollment's own.
        let thread: String
    }

    /// What the engine believes the time to be.
    var engineNow: Date { now.addingTimeInterval(clockError) }

    mutating func chance(_ probability: Double) -> Bool {
        probability > 0 && random.fraction() < probability
    }
    mutating func pick<Element>(_ list: [Element]) -> Element {
        list[Int(random.next() % UInt64(list.count))]
    }
    mutating func seconds(_ range: ClosedRange<Double>) -> TimeInterval {
        range.lowerBound + (range.upperBound - range.lowerBound) * random.fraction()
    }

    mutating func tell(_ line: @autoclosure () -> String) {
        if story.count < 20_000 { story.append("\(now.timeIntervalSince1970) \(line())") }
    }

    mutating func schedule(_ what: Appointment.What, at instant: Date) {
        serial += 1
        let new = Appointment(at: max(instant, now), serial: serial, what: what)
        let index = agenda.firstIndex { ($0.at, $0.serial) > (new.at, new.serial) } ?? agenda.endIndex
        agenda.insert(new, at: index)
    }

    /// Lets time pass, and what is due in it happen.
    mutating func advance(to instant: Date) {
        while let next = agenda.first, next.at <= instant {
            agenda.removeFirst()
            now = max(now, next.at)
            happen(next.what)
        }
        now = max(now, instant)
    }

    private mutating func happen(_ what: Appointment.What) {
        switch what {
        case .arrive(let mailbox, let folder, let bytes, let from, let arrival):
            accounts[mailbox]?.store(bytes, in: folder, at: now)
            tell("arrives in \(folder) from \(from): \(arrival)")
            note(arrival, from: from, in: mailbox)
            if folder == "INBOX", !chance(faults.lostNotice) {
                notified.insert(mailbox)
            } else {
                goRound(mailbox)
            }
        case .move(let mailbox, let from, let to):
            tell("newest of \(from) moves to \(to)")
            accounts[mailbox]?.moveNewest(from: from, to: to)
            goRound(mailbox)
        case .renumber(let mailbox, let folder):
            tell("\(folder) is renumbered")
            accounts[mailbox]?.renumber(folder)
            goRound(mailbox)
        case .refuse(let mailbox, let folder, let isRefused):
            tell("\(folder) refused: \(isRefused)")
            accounts[mailbox]?.folders[folder]?.isRefused = isRefused
            goRound(mailbox)
        case .round(let mailbox):
            roundsAhead.remove(mailbox)
            notified.insert(mailbox)
        }
    }

    private mutating func note(_ arrival: Arrival, from key: String, in mailbox: MailboxID) {
        switch arrival {
        case .human: prospects[key]?.replies.append(now)
        case .optOut: prospects[key]?.hasOptedOut = true
        case .bounce: prospects[key]?.hasBounced = true
        case .complaint: prospects[key]?.hasComplained = true
        case .left: prospects[key]?.hasLeft = true
        case .forgery:
            slandered.insert(key)
            return
        case .noise: return
        }
        prospects[key]?.stops.append(Prospect.Stop(at: now, mailbox: mailbox))
    }

    /// What nobody was told of is found by one of the rounds over all folders.
    ///
    /// Rounds that would find nothing are left out: they cost the most and show the least.
    mutating func goRound(_ mailbox: MailboxID) {
        guard roundsAhead.insert(mailbox).inserted else { return }
        schedule(.round(mailbox), at: now.addingTimeInterval(seconds(0...4 * 3_600)))
    }
}
