import ArgumentParser
import Foundation
import PurrEngine

struct CalendarCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calendar", abstract: "Holidays on which no follow-up leaves.",
        discussion: """
            A calendar is read from an iCalendar file (.ics), as authorities and calendar programs offer them: its \
            all-day events of this year and the ten that follow. Import it again, under the same name, when it changes. \
            Sequences name the calendars they heed; several at once are added up:

              settings: { followUpDays: businessDays, holidays: [norway, company, 2026-12-24] }

              purr calendar import norway norway.ics
              purr calendar show norway
            """,
        subcommands: [CalendarImport.self, CalendarList.self, CalendarShow.self, CalendarRemove.self])

    @OptionGroup var global: GlobalOptions
}

struct CalendarImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Read a calendar from an iCalendar file, or read it anew.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "What to call it in sequences.") var name: String
    @Argument(help: "The file; - for stdin.", completion: .file(extensions: ["ics", "ical"])) var file:
        String

    func run() throws {
        let calendar = try global.session().commands.importCalendar(
            name, contents(of: file, limit: 9 << 20), file: fileName(file))
        if output.json { return try Output.json(calendar) }
        print(
            "\(calendar.name): \(Output.count(calendar.days, "day")) from \(calendar.first) to \(calendar.last)."
        )
    }
}

struct CalendarList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List all calendars.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let calendars = try global.session().commands.calendars()
        if output.json { return try Output.json(calendars) }
        guard !calendars.isEmpty else {
            return print("No calendars yet. Import one: purr calendar import NAME FILE.ics.")
        }
        Table(
            ["NAME", "DAYS", "FIRST", "LAST", "SEQUENCES"],
            rows: calendars.map {
                [$0.name, "\($0.days)", $0.first, $0.last, $0.sequences.joined(separator: ", ")]
            }
        ).print()
    }
}

struct CalendarShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print a calendar's days.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The calendar's name.") var name: String

    func run() throws {
        let days = try global.session().commands.holidays(ofCalendar: name)
        if output.json { return try Output.json(days) }
        for day in days { print("\(day.day)  \(Terminal.oneLine(day.name))") }
    }
}

struct CalendarRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a calendar that no sequence uses.")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The calendar's name.") var name: String

    func run() throws {
        try global.session().commands.removeCalendar(name)
        print("\(name) is removed.")
    }
}
