import ArgumentParser
import Foundation
import PurrEngine
import PurrSequences
import PurrStore

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "See everything that happened to a contact, and why.",
        discussion: """
            Why this minute, why sent, why not sent, why stopped: each with the message, header or rule that decided. \
            Times are on the clock of the enrollment's zone.

              purr explain ola@example.com
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The contact's address.") var email: String
    @Option(help: ArgumentHelp("Only this sequence.", valueName: "name")) var sequence: String?

    func run() throws {
        let explanations = try global.session().commands.explain(try address(email), sequence: sequence)
        if output.json { return try Output.json(explanations) }
        guard !explanations.isEmpty else {
            return print("\(email) was never enrolled\(sequence.map { " in \($0)" } ?? "").")
        }
        for (index, explanation) in explanations.enumerated() {
            if index > 0 { print("") }
            show(explanation)
        }
    }

    private func show(_ explanation: Explanation) {
        let report = explanation.enrollment
        let zone = Zone(identifier: report.zone) ?? .utc
        let reason = report.reason.map { " (\($0))" } ?? ""
        printWrapped(
            title: report.contact,
            " in \(report.sequence), version \(report.version), from \(report.from): \(report.state.rawValue)\(reason)"
        )
        print("Times in \(zone).\n")
        var day = ""
        for event in explanation.events {
            let wall = Output.time(event.at, in: zone)
            let parts = wall.split(separator: " ")
            let today = parts.prefix(2).joined(separator: " ")
            if today != day {
                day = today
                print(Terminal.paint(today, .bold))
            }
            let lead =
                "  \(parts.last ?? "")  \(Terminal.paint(filled(event.kind.rawValue, to: 12), event.kind.colour)) "
            print(lead + wrapped(event.text, after: 22))
            for (key, value) in event.evidence.sorted(by: { $0.key < $1.key }) where !value.isEmpty {
                let cut = Table.cut(Terminal.oneLine(value), to: Terminal.columns - 24 - key.count)
                print(Terminal.paint(String(repeating: " ", count: 22) + "\(key): \(cut)", .grey))
            }
        }
        print("")
        let next = wrapped(explanation.next, indent: 2)
        print("\(Terminal.paint("→", .bold)) \(next[0].dropFirst(2))")
        for line in next.dropFirst() { print(line) }
    }
}

extension Event.Kind {
    fileprivate var colour: Terminal.Colour? {
        switch self {
        case .accepted, .found, .finished: .green
        case .answered, .bounced, .optedOut, .complained, .failed: .red
        case .unknown, .held, .delayed, .suppressed, .mailboxFailing, .mailboxPaused: .yellow
        default: .grey
        }
    }
}
