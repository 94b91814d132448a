internal import Foundation
internal import PurrEngine
internal import PurrMail
internal import PurrStore

/// What the engine's own work for due steps costs in two databases, by turns.
///
/// The machine runs as in the daemon, each transaction durable; servers answer yes at once, so that what is
/// left is finding what is due, deciding, preparing the mail, recording it and scheduling the next step.
///
/// Options: `--small`, `--large` (databases with at least `--due` enrollments due), `--turn` (sends per turn).
func planning(_ options: BenchmarkOptions) throws -> [String: Double] {
    let due = try options.number("due", else: 1_000)
    let turn = try options.number("turn", else: 50)
    var small = try Planning(path: try options.text("small"))
    var large = try Planning(path: try options.text("large"))
    while small.sent < due {
        try small.run(sends: turn)
        try large.run(sends: turn)
    }
    return [
        "due": Double(due), "smallSeconds": small.spent.inSeconds, "largeSeconds": large.spent.inSeconds,
        "smallPlanning": small.planned.inSeconds, "largePlanning": large.planned.inSeconds,
    ]
}

/// One database being worked on.
private struct Planning {
    private var machine: MailboxMachine
    private(set) var sent = 0
    /// In the machine, all in all.
    private(set) var spent = Duration.zero
    /// Of it, up to the decision to open a transaction.
    private(set) var planned = Duration.zero

    init(path: String) throws {
        machine = try benchmarkMachine(on: try Store(path: path))
    }

    mutating func run(sends: Int) throws {
        let clock = ContinuousClock()
        let goal = sent + sends
        while sent < goal {
            let asked = clock.now
            guard case .perform(let effect) = try machine.next(now: Date()) else {
                throw BenchmarkProblem("Only \(sent) enrollments were due.")
            }
            if case .open = effect { planned += clock.now - asked }
            try machine.record(Self.answer(to: effect), of: effect, now: Date())
            spent += clock.now - asked
            if case .deliver = effect { sent += 1 }
        }
    }

    /// A server with an empty INBOX that takes every mail.
    private static func answer(to effect: Effect) throws -> Outcome {
        switch effect {
        case .survey:
            let status = FolderStatus(
                uidValidity: UIDValidity(rawValue: 1), uidNext: UID(rawValue: 1), messages: 0)
            return .surveyed([
                SurveyedFolder(folder: ListedFolder(name: .inbox, role: .inbox), answer: .status(status))
            ])
        case .open: return .opened(.ready)
        case .deliver: return .delivered(.accepted(ServerReply(code: 250, text: "2.0.0 Ok")))
        default: throw BenchmarkProblem("Out of place: \(effect)")
        }
    }
}
