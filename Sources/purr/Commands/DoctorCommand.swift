import ArgumentParser
import Foundation
import PurrEngine
import PurrMail
import PurrTransport

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Find what is wrong with this installation, and what to do about it.",
        discussion: """
            Looks at the clock, time zones, the disk, rights, the key, the database, the daemon, each mailbox's logins \
            and folders, the public URL, and what name servers say of the senders' domains (MX, SPF, DKIM, DMARC). \
            It changes nothing; --probe sends one mail from each mailbox to itself, to see whether its signature is \
            believed. Ends with 1 when something is wrong; a warning (!) is not.

              purr doctor
              purr doctor --mailbox kari@example.org --probe
              purr doctor --offline
              purr doctor --json | jq '.findings[] | select(.state == "wrong")'
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Option(help: ArgumentHelp("Look at one mailbox and its domain alone.", valueName: "address"))
    var mailbox: String?
    @Flag(help: "Ask no server.") var offline = false
    @Flag(help: "Send a mail from each mailbox to itself.") var probe = false
    @Option(
        help: ArgumentHelp("Trust these certificates for the public URL.", valueName: "file"),
        completion: .file())
    var ca: String?

    /// What `--json` prints.
    private struct Report: Encodable {
        let at: Date
        let ok: Int
        let warnings: Int
        let wrong: Int
        let skipped: Int
        let findings: [HealthFinding]

        init(_ findings: [HealthFinding], at now: Date) {
            func count(_ state: HealthFinding.State) -> Int { findings.count { $0.state == state } }
            at = now
            ok = count(.ok)
            warnings = count(.warning)
            wrong = count(.wrong)
            skipped = count(.skipped)
            self.findings = findings
        }
    }

    mutating func run() async throws {
        guard !(offline && probe) else {
            throw CommandError(
                .usage, "--probe sends a mail, and --offline asks no server; give one of them.")
        }
        if let ca { _ = try contents(of: ca) }
        let only = try mailbox.map { try purr.address($0, as: "mailbox address") }
        let facts = try await HealthExamination(
            folder: global.folder, keyFile: global.keyFile, isOffline: offline, isProbing: probe,
            only: only,
            nameServer: try nameServer(), webAuthority: ca
        ).facts()
        let findings = facts.findings
        let report = Report(findings, at: facts.now)
        if output.json { try Output.json(report) } else { show(report) }
        if report.wrong > 0 { throw ExitCode(1) }
    }

    /// Asked instead of the system's, where `PURR_DNS` names one.
    private func nameServer() throws -> NameServer? {
        guard let text = global.environment["PURR_DNS"], !text.isEmpty else { return nil }
        guard let server = NameServer(text) else {
            throw CommandError(.usage, "PURR_DNS should be an address and a port, such as 127.0.0.1:53.")
        }
        return server
    }

    private func show(_ report: Report) {
        var subject = ""
        for finding in report.findings {
            if finding.subject != subject {
                subject = finding.subject
                print("\n\(Terminal.paint(Terminal.oneLine(subject), .bold))")
            }
            let title = finding.check.title.padding(toLength: 12, withPad: " ", startingAt: 0)
            print("\(mark(finding.state)) \(title) \(wrapped(finding.what, after: 15))")
            guard !finding.fix.isEmpty else { continue }
            for line in wrapped("→ \(finding.fix)", indent: 17, firstIndent: 15) { print(line) }
        }
        let parts = [
            report.wrong == 0 ? "Nothing is wrong" : "\(Output.count(report.wrong, "thing")) wrong",
            report.warnings == 0 ? nil : Output.count(report.warnings, "warning"),
            report.skipped == 0 ? nil : "\(report.skipped) not looked at",
        ]
        print("\n\(parts.compactMap { $0 }.joined(separator: ", ")).")
    }

    private func mark(_ state: HealthFinding.State) -> String {
        switch state {
        case .ok: Terminal.paint("✓", .green)
        case .warning: Terminal.paint("!", .yellow)
        case .wrong: Terminal.paint("✗", .red)
        case .skipped: Terminal.paint("-", .grey)
        }
    }
}
