import ArgumentParser
import Foundation
import Glibc
import PurrEngine

struct ReloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload", abstract: "Have the daemon read its settings anew, without a stop.",
        discussion: """
            The log level, the pages of the web front, and the mailboxes' credentials; a mailbox whose login was given \
            up tries again at once. The same as SIGHUP, but says what came of it. Other commands need no reload: what \
            they change holds at once.

              purr reload
              purr reload --log-level debug      kept until: purr reload --log-level default
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Option(help: ArgumentHelp("Log this and what is graver, or default for PURR_LOG.", valueName: "level"))
    var logLevel: String?

    mutating func run() async throws {
        let session = try global.session()
        if let logLevel { try session.commands.setLogLevel(logLevel) }
        guard session.folder.isDaemonRunning, let process = session.folder.daemonProcess else {
            throw CommandError(.unavailable, "No daemon runs on this folder; start it: purr run.")
        }
        let asked = Date()
        guard kill(process, SIGHUP) == 0 else {
            throw CommandError(
                .noPermission,
                "The daemon (process \(process)) cannot be signalled: \(String(cString: strerror(errno))); do it as its user, or by: systemctl reload purr."
            )
        }
        for _ in 0..<100 {
            // Written by whole milliseconds or finer; the clock is the same machine's.
            if let note = try session.commands.lastReload(), note.at >= asked { return try say(note) }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw CommandError(
            .tryLater, "The daemon did not answer within ten seconds; see its log, and purr status.")
    }

    private func say(_ note: ReloadNote) throws {
        if output.json {
            try Output.json(note)
            if !note.problems.isEmpty { throw ExitCode(CommandError.Kind.configuration.rawValue) }
            return
        }
        guard note.problems.isEmpty else {
            throw CommandError(.configuration, note.problems.joined(separator: " "))
        }
        print("Read anew: \(note.done.joined(separator: ", ")).")
    }
}
