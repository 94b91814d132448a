internal import Foundation
internal import PurrEngine
internal import PurrMail
internal import PurrStore

/// Reads a mailbox for the first time as the daemon does: survey, headers in slices, each slice matched and
/// its cursor committed to a database on disk; then what concerns somebody, judged and applied.
///
/// Options: `--imap`, `--ca`, `--user`, `--password-file`, `--database` (made by `prepare`).
func headerSync(_ options: BenchmarkOptions) throws -> [String: Double] {
    let store = try Store(path: try options.text("database"))
    let clock = ContinuousClock()
    let start = clock.now
    let mailbox = try BenchmarkMailbox.open(options)
    var machine = try benchmarkMachine(on: store)
    var headers = 0
    var bodies = 0
    var inServer = Duration.zero
    while case .perform(let effect) = try machine.next(now: Date()) {
        let asked = clock.now
        let outcome = try mailbox.perform(effect)
        inServer += clock.now - asked
        if case .headers(.read(let slice)) = outcome { headers += slice.headers.count }
        if case .messages(.read(let messages)) = outcome { bodies += messages.count }
        try machine.record(outcome, of: effect, now: Date())
    }
    let seconds = (clock.now - start).inSeconds
    let ended = try store.read { try $0.enrollmentCounts() }
        .filter { $0.state == "unenrolled" }.reduce(0) { $0 + $1.count }
    return [
        "headers": Double(headers), "bodies": Double(bodies), "ended": Double(ended), "seconds": seconds,
        "secondsReading": inServer.inSeconds,
        "peakKB": try ProcessFigures.status("VmHWM"),
    ]
}

/// The machine of the first mailbox in a database.
func benchmarkMachine(on store: Store) throws -> MailboxMachine {
    guard let mailbox = try store.read({ try $0.mailboxes() }).first else {
        throw BenchmarkProblem("The database has no mailbox.")
    }
    return MailboxMachine(
        mailbox.id, store: store, settings: MachineSettings(), owner: "bench",
        entropy: SystemRandomNumberGenerator())
}
