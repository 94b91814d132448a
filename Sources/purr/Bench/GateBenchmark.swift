internal import PurrMail
internal import PurrMailbox

/// How long one pass over an account takes: the price of the gate, paid before each hand-over.
///
/// Each pass begins where the daemon's does, in the middle of an `IDLE`.
///
/// Options: `--imap`, `--ca`, `--user`, `--password-file`, `--passes`.
func gate(_ options: BenchmarkOptions) throws -> [String: Double] {
    let clock = ContinuousClock()
    let start = clock.now
    let mailbox = try BenchmarkMailbox.open(options)
    let connected = clock.now - start
    var seconds: [Double] = []
    var folders = 0
    for _ in 0..<(try options.number("passes", else: 40)) {
        try mailbox.connection.startIdle(in: .inbox)
        let start = clock.now
        let survey = try mailbox.connection.survey()
        seconds.append((clock.now - start).inSeconds)
        folders = survey.count
        let silent = survey.filter { if case .refused = $0.answer { true } else { false } }
        guard silent.isEmpty else { throw BenchmarkProblem("Folders without an answer: \(silent.count)") }
    }
    seconds.sort()
    return [
        "folders": Double(folders), "passes": Double(seconds.count), "connecting": connected.inSeconds,
        "median": seconds[seconds.count / 2], "p95": seconds[(seconds.count * 95 - 1) / 100],
        "hasListStatus": mailbox.connection.capabilities.contains("LIST-STATUS") ? 1 : 0,
    ]
}
