import ArgumentParser
import Foundation
import PurrEngine
import PurrSequences

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "See how everything stands.",
        discussion: """
            Ends with 75 when expected work did not happen: a mailbox could not be used for ten minutes, Purr had to \
            pause one, or mail is ten minutes overdue and no daemon runs. So it serves as a health check:

              purr status > status.txt || mail -s "Purr needs you" me < status.txt
              purr status --json | jq .alarms
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let session = try global.session()
        let report = try session.commands.status(
            clock: session.clock, isDaemonRunning: session.folder.isDaemonRunning)
        if output.json { try Output.json(report) } else { show(report) }
        guard report.alarms.isEmpty else { throw ExitCode(CommandError.Kind.tryLater.rawValue) }
    }

    private func show(_ report: StatusReport) {
        let isRunning = report.daemon == .running
        let daemon = Terminal.paint(report.daemon.rawValue, isRunning ? .green : .yellow)
        let hint = isRunning ? "" : " (start it: purr run)"
        let pace = report.clock.map { ", \($0.rate.formatted()) times as fast as real time" } ?? ""
        print("Daemon \(daemon)\(hint). It is \(Output.time(report.now))\(pace).")
        for alarm in report.alarms { warn("✗", alarm) }
        for alarm in report.openAlarms where !isSaid(alarm, in: report) {
            warn("!", "\(alarm.text) \(alarm.advice)")
        }
        print("")
        if report.mailboxes.isEmpty {
            print("No mailbox is connected. Connect one: purr mailbox add ADDRESS.")
        } else {
            Table(
                ["MAILBOX", "STATE", "FOLDERS", "READ TO THE END", "SENT IN 24 H", "WHY"],
                rows: report.mailboxes.map { mailbox in
                    [
                        mailbox.address, mailbox.state.rawValue, mailbox.folders.map(String.init) ?? "",
                        mailbox.provenAt.map { ago($0, report.now) } ?? "",
                        "\(mailbox.sentLast24Hours) of \(mailbox.limitPerDay)",
                        why(mailbox),
                    ]
                },
                optional: ["READ TO THE END", "SENT IN 24 H", "FOLDERS"],
                colour: { row, column in column == 1 ? report.mailboxes[row].state.colour : nil }
            ).print()
        }
        if let backup = report.lastBackupAt {
            print("\nThe last backup was made \(ago(backup, report.now)).")
        }
        let counts = report.counts
        print("")
        printWrapped(
            "\(counts.active) due or under way, \(counts.waiting) waiting, \(counts.paused) paused, \(counts.held) held, \(counts.finished) finished, \(counts.unenrolled) unenrolled."
        )
        if !report.held.isEmpty {
            print("\n\(Terminal.paint("Waiting for you", .bold))")
            HeldCommand.show(report.held)
            if counts.held > report.held.count {
                print("… and \(counts.held - report.held.count) more: purr held.")
            }
        }
        if !report.upcoming.isEmpty {
            print("\n\(Terminal.paint("Next", .bold))")
            UpcomingCommand.show(report.upcoming, now: report.now)
        }
    }

    private func warn(_ mark: String, _ words: String) {
        print("\(Terminal.paint(mark, .red)) \(wrapped(words, after: 2))")
    }

    /// Whether a line above says it, or the list of what is held below.
    private func isSaid(_ alarm: AlarmReport, in report: StatusReport) -> Bool {
        alarm.kind == AlarmKind.held.rawValue
            || !alarm.subject.isEmpty && report.alarms.contains { $0.contains(alarm.subject) }
    }

    private func why(_ mailbox: StatusReport.Mailbox) -> String {
        let until = mailbox.freeAt.map { " until \(Output.shortTime($0))" } ?? ""
        if let reason = mailbox.reason { return reason + until }
        guard let warming = mailbox.warmingUp else { return until }
        return "warming up to \(warming.toPerDay) a day until \(Output.shortTime(warming.until).prefix(10))"
    }

    private func ago(_ instant: Date, _ now: Date) -> String {
        let seconds = Int(max(0, now.timeIntervalSince(instant)))
        return switch seconds {
        case ..<120: "\(seconds) s ago"
        case ..<7_200: "\(seconds / 60) min ago"
        case ..<172_800: "\(seconds / 3_600) h ago"
        default: "\(seconds / 86_400) days ago"
        }
    }
}

struct UpcomingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upcoming", abstract: "See every planned mail and task with its time and reason.",
        discussion: """
            The next step of every contact, the tasks that are to be done, whom workflows are to enroll after their \
            delay, and mails to yourself that are about to leave. What comes after depends on when these run: purr simulate shows a whole sequence.

              purr upcoming --limit 20
              purr upcoming --json | jq -r '.[] | select(.kind == "email").contact'
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Option(help: ArgumentHelp("The most to show.", valueName: "n")) var limit = 100

    func run() throws {
        guard (1...1_000_000).contains(limit) else {
            throw CommandError(.usage, "--limit should be a number from 1 to 1000000.")
        }
        let commands = try global.session().commands
        let (planned, now) = (try commands.upcoming(limit: limit), commands.now)
        if output.json { return try Output.json(planned) }
        guard !planned.isEmpty else { return print("Nothing is planned.") }
        Self.show(planned, now: now)
    }

    static func show(_ planned: [Planned], now: Date) {
        Table(
            ["AT", "CONTACT", "SEQUENCE", "STEP", "WHAT", "WHY"],
            rows: planned.map { one in
                switch one {
                case .step(let step): cells(step)
                case .workflow(let run):
                    [
                        time(run.at, now), run.contact, run.sequence, "", run.action.rawValue,
                        "workflow: \(run.workflow)",
                    ]
                case .notice(let notice):
                    [
                        time(notice.at, now), notice.recipient, "", "", notice.kind,
                        "to you: \(notice.subject)",
                    ]
                }
            }
        ).print()
    }

    private static func time(_ instant: Date, _ now: Date) -> String {
        instant <= now ? "now" : Output.shortTime(instant)
    }

    private static func cells(_ one: PlannedStep) -> [String] {
        let report = one.enrollment
        let isNow = report.state == .active && one.task == nil
        return [
            isNow ? "now" : report.nextAt.map { Output.shortTime($0) } ?? "", report.contact,
            report.sequence, report.nextStep.map(String.init) ?? "",
            one.task.map { "task \($0)" } ?? one.kind?.rawValue ?? "", reason(one),
        ]
    }

    /// The time stands in its own column.
    private static func reason(_ one: PlannedStep) -> String {
        if one.task != nil {
            return one.enrollment.reason == WaitReason.taskOpen.rawValue
                ? "to be done; the sequence waits" : "to be done"
        }
        return [one.enrollment.reason ?? "due", one.enrollment.detail].compactMap(\.self).joined(
            separator: ": ")
    }
}

struct HeldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "held", abstract: "See what waits for you, and what to do about it.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let reports = try global.session().commands.held()
        if output.json { return try Output.json(reports) }
        guard !reports.isEmpty else { return print("Nothing is held.") }
        Self.show(reports)
    }

    /// The detail, closed, unless the advice says the same.
    private static func sentence(_ report: EnrollmentReport) -> String? {
        guard let detail = report.detail, !detail.isEmpty else { return nil }
        let bare = detail.hasSuffix(".") ? String(detail.dropLast()) : detail
        return report.advice?.hasPrefix(bare) == true ? nil : bare + "."
    }

    static func show(_ reports: [EnrollmentReport]) {
        for report in reports {
            let step = report.nextStep.map { ", step \($0)" } ?? ""
            let reason = Terminal.paint(report.reason ?? "held", .yellow)
            print("\(Terminal.paint(report.contact, .bold)) in \(report.sequence)\(step): \(reason)")
            let words = [sentence(report), report.advice].compactMap { $0 }.joined(separator: " ")
            for line in wrapped(words, indent: 2) { print(line) }
        }
    }
}
