import ArgumentParser
import PurrEngine

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run the daemon in the foreground: watch, send, stop.",
        discussion: """
            Watches all connected mailboxes and sends what is due. One daemon per data folder. Ends on SIGTERM or \
            Ctrl-C after what it is in the middle of; killed at any point, the next one goes on without sending twice.

              purr run
              purr run --time-lapse 3600 --data /tmp/demo    an hour passes in a second
            """)

    @OptionGroup var global: GlobalOptions
    @Option(
        help: ArgumentHelp(
            "Virtual seconds in a real one; only where purr init --demo was used.", valueName: "rate"))
    var timeLapse: Double?

    mutating func run() async throws {
        let folder = global.folder
        if let timeLapse {
            guard timeLapse > 0, timeLapse <= 1_000_000 else {
                throw CommandError(.usage, "--time-lapse should be a number above 0 and at most 1000000.")
            }
            guard try folder.open().isDemo() else {
                throw CommandError(
                    .usage,
                    "Time runs fast only in a demo: make a folder for it with purr init --demo --data DIR.")
            }
        } else {
            _ = try folder.open()
        }
        try await runDaemon(folder: folder, rate: timeLapse)
    }
}
