import ArgumentParser
import Foundation
import PurrEngine

/// The command line.
struct Purr: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purr",
        abstract: "Sends follow-up e-mails from your own mailbox and stops when somebody answers.",
        discussion: """
            A first sequence, from nothing:

              purr init
              purr mailbox add kari@example.org --name "Kari Nordmann"
              purr contact import people.csv
              purr sequence apply intro.yaml
              purr enroll intro ola@example.com --from kari@example.org
              purr run

            Every command takes --data DIR (or PURR_DATA), and --json where it prints.

            Completion for your shell: purr --generate-completion-script bash|zsh|fish
            """,
        version: Purr.version,
        subcommands: [DevCommand.self],
        groupedSubcommands: [
            CommandGroup(
                name: "Set up",
                subcommands: [
                    InitCommand.self, MailboxCommand.self, UserCommand.self, CalendarCommand.self,
                    SettingsCommand.self, WebCommand.self, AlarmCommand.self,
                ]),
            CommandGroup(
                name: "Prepare",
                subcommands: [
                    ContactCommand.self, TemplateCommand.self, SnippetCommand.self, SequenceCommand.self,
                    WorkflowCommand.self, SimulateCommand.self, EnrollCommand.self, EventCommand.self,
                ]),
            CommandGroup(
                name: "Work",
                subcommands: [TaskCommand.self, ReviewCommand.self, ApproveCommand.self]),
            CommandGroup(
                name: "Run and look",
                subcommands: [
                    RunCommand.self, ReloadCommand.self, StatusCommand.self, DoctorCommand.self,
                    EnrollmentCommand.self,
                    UpcomingCommand.self,
                    HeldCommand.self, ReplyCommand.self,
                    ExplainCommand.self, ReportCommand.self, HistoryCommand.self,
                ]),
            CommandGroup(
                name: "Keep safe",
                subcommands: [
                    BackupCommand.self, RestoreCommand.self, RecoverCommand.self, RebuildCommand.self,
                ]),
            CommandGroup(name: "Judge", subcommands: [ClassifyCommand.self, SlotCommand.self]),
            CommandGroup(
                name: "Steer",
                subcommands: [
                    PauseCommand.self, ResumeCommand.self, UnenrollCommand.self, ReleaseCommand.self,
                    SuppressionCommand.self,
                ]),
        ])

    static let version = "0.1.0"

    @OptionGroup var global: GlobalOptions
}

@main
enum Entry {
    static func main() async {
        // What Purr writes is for its owner alone.
        umask(0o077)
        // Linked statically, Foundation knows a time zone's name only where something refers to the half of
        // it that does; without this, Europe/Oslo was nil.
        precondition(!TimeZone.timeZoneDataVersion.isEmpty, "This build of Purr has no time zones")
        do {
            var command = try Purr.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            guard fflush(nil) == 0 else {
                throw CommandError(
                    .inputOutput,
                    "The output could not be written to its end: \(String(cString: strerror(errno))).")
            }
        } catch {
            Ending.exit(with: error)
        }
    }
}
