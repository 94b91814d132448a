import ArgumentParser
import PurrEngine
import PurrWeb

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run the daemon in the foreground: watch, send, stop.",
        discussion: """
            Watches all connected mailboxes and sends what is due. One daemon per data folder. Ends on SIGTERM or \
            Ctrl-C after what it is in the middle of; killed at any point, the next one goes on without sending twice. \
            SIGHUP, or purr reload, has it read its settings anew.

              purr run
              purr run --metrics 127.0.0.1:9464              figures for Prometheus, and a health page
              purr run --time-lapse 3600 --data /tmp/demo    an hour passes in a second
            """)

    @OptionGroup var global: GlobalOptions
    @Option(
        help: ArgumentHelp(
            "Virtual seconds in a real one; only where purr init --demo was used.", valueName: "rate"))
    var timeLapse: Double?

    @Option(
        help: ArgumentHelp(
            "Listen at this address of the machine for /metrics, /healthz and /livez (default: PURR_METRICS, else nowhere).",
            valueName: "address:port"))
    var metrics: String?

    mutating func run() async throws {
        let folder = global.folder
        let address = try metricsAddress()
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
        try await runDaemon(folder: folder, rate: timeLapse, metrics: address)
    }

    private func metricsAddress() throws -> ListenAddress? {
        guard let text = metrics ?? global.environment["PURR_METRICS"], !text.isEmpty else { return nil }
        guard let address = ListenAddress(text) else {
            throw CommandError(
                .usage,
                "--metrics should be an IP address of this machine and a port, such as 127.0.0.1:9464, not \(Terminal.quoted(text))."
            )
        }
        return address
    }
}
