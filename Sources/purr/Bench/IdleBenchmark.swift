internal import Foundation
internal import PurrMail
internal import PurrMailbox
internal import PurrTransport

/// What idle mailboxes cost in one process: memory, threads, processor time.
///
/// Prints a line when it has seen enough, so that the caller can send `--woken` of them a mail: that they hear
/// of it shows that they did idle.
///
/// Options: `--imap`, `--ca`, `--password-file`, `--users` (a file, one a line), `--seconds` (how long to
/// watch), `--woken`.
func idleMailboxes(_ options: BenchmarkOptions) async throws -> [String: Double] {
    let users = try String(contentsOfFile: try options.text("users"), encoding: .utf8)
        .split(separator: "\n").map(String.init)
    let pool = WorkerPool(name: "imap", threads: 4)
    let watch = IdleWatch()
    // A few first, so that what is paid once is not counted: libraries, certificates, pools.
    var idle = try await open(users.prefix(8), options, pool)
    let before = try (memory: ProcessFigures.status("VmRSS"), threads: ProcessFigures.status("Threads"))
    idle += try await open(users.dropFirst(8), options, pool)

    let seconds = try options.number("seconds", else: 20)
    let woken = try options.number("woken")
    let heard = try await withThrowingTaskGroup(of: Bool.self) { group in
        for mailbox in idle {
            group.addTask {
                guard
                    await watch.readable(mailbox.socket, until: .after(.seconds(seconds + 180)))
                        == .readable
                else { return false }
                return try await pool.run { () throws(MailServerFailure) in try mailbox.news() }
            }
        }
        try await Task.sleep(for: .seconds(3))
        let after = try (memory: ProcessFigures.status("VmRSS"), threads: ProcessFigures.status("Threads"))
        let used = ProcessFigures.processorTime
        try await Task.sleep(for: .seconds(seconds))
        let cost = ProcessFigures.processorTime - used
        // Unlike `print`, not held back where standard output is a pipe.
        FileHandle.standardOutput.write(Data("idle\n".utf8))
        var heard = 0
        for try await isNews in group where isNews {
            heard += 1
            if heard == woken { group.cancelAll() }
        }
        return (count: heard, after: after, cost: cost)
    }
    let added = Double(idle.count - min(8, idle.count))
    return [
        "mailboxes": Double(idle.count),
        "kilobytesEach": (heard.after.memory - before.memory) / max(added, 1),
        "kilobytesAll": heard.after.memory, "threadsBefore": before.threads,
        "threadsAfter": heard.after.threads,
        "processorSeconds": heard.cost, "watchedSeconds": Double(seconds), "heard": Double(heard.count),
    ]
}

private func open(
    _ users: ArraySlice<String>, _ options: BenchmarkOptions, _ pool: WorkerPool
) async throws -> [IMAPConnection] {
    let endpoint = try BenchmarkMailbox.endpoint(options)
    let password = try BenchmarkMailbox.password(options)
    var opened: [IMAPConnection] = []
    for user in users {
        let connection = try await pool.run { () throws(MailServerFailure) in
            let credential = Credential.password(user: user, password: password)
            let connection = try IMAPConnection.open(endpoint, credential: credential)
            try connection.startIdle(in: .inbox)
            return connection
        }
        opened.append(connection)
    }
    return opened
}
