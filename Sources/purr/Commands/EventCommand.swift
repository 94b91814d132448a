import ArgumentParser
import Foundation
import PurrEngine
import PurrSequences

struct EventCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "event", abstract: "Report a form, a page view or a meeting.",
        discussion: """
            Workflows run from forms and page views (purr workflow); a meeting that is booked ends what is under way \
            for the contact. The same --key is taken once, however often it is reported.

              purr event form demo --field email=ola@example.com --field firstName=Ola
              purr event page https://www.example.org/pricing --contact ola@example.com
              purr event meeting ola@example.com --start 2026-12-01T09:00:00+01:00 --source cal.com
              purr event meeting ola@example.com --canceled
            """,
        subcommands: [EventForm.self, EventPage.self, EventMeeting.self])

    @OptionGroup var global: GlobalOptions
}

/// When it happened, and what makes it the same event.
struct EventOptions: ParsableArguments {
    @Option(help: ArgumentHelp("When it happened (default: now).", valueName: "time")) var at: String?
    @Option(
        help: ArgumentHelp("The same key is taken once (default: a new one each time).", valueName: "key"))
    var key: String?

    func instant(now: Date) throws -> Date {
        guard let at else { return now }
        guard let time = StartTime(at) else {
            throw CommandError(
                .usage,
                "--at \(Terminal.quoted(at)) is no time; write one such as 2026-12-01T09:00+01:00.")
        }
        return time.instant(in: Output.zone, now: now)
    }

    var name: String { key ?? UUID().uuidString }
}

/// - Parameter isTrigger: Whether workflows run from what happened.
private func show(_ result: SignalResult, isTrigger: Bool = true, _ output: OutputOptions) throws {
    if output.json { return try Output.json(result) }
    let who = result.contact ?? "nobody known"
    guard result.isNew else { return print("This was taken before (\(who)); nothing was done.") }
    print("Taken: \(who)\(result.isNewContact ? ", a new contact" : "").")
    if isTrigger, result.contact != nil, result.workflows.isEmpty {
        print("No workflow that is on is set off by it.")
    }
    for name in result.ended { print("\(name) ended for them.") }
    for effect in result.workflows {
        let words =
            switch effect.result {
            case .enrolled: "enrolled them in \(effect.sequence)"
            case .unenrolled(0): "found them not in \(effect.sequence)"
            case .unenrolled: "unenrolled them from \(effect.sequence)"
            case .waits(let date): "enrolls them in \(effect.sequence) at \(Output.time(date))"
            case .refused(let why): "did nothing: \(why)"
            }
        print("The workflow “\(effect.workflow)” \(words)\(words.hasSuffix(".") ? "" : ".")")
    }
}

struct EventForm: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "form", abstract: "Somebody submitted a form; who is new becomes a contact.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The form's id.") var form: String
    @Option(
        help: ArgumentHelp("A field and its value; one of them is email.", valueName: "name=value"))
    var field: [String] = []
    @OptionGroup var options: EventOptions

    func run() throws {
        var fields: [String: String] = [:]
        for text in field {
            guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
                throw CommandError(
                    .usage,
                    "--field \(Terminal.quoted(text)) should be a name and a value, as in email=ola@example.com."
                )
            }
            let name = String(text[..<sign])
            guard fields.updateValue(String(text[text.index(after: sign)...]), forKey: name) == nil else {
                throw CommandError(.usage, "The field \(Terminal.quoted(name)) is given twice.")
            }
        }
        let commands = try global.session().commands
        let result = try commands.recordFormSubmission(
            form: form, fields: fields, at: options.instant(now: commands.now), key: options.name)
        try show(result, output)
    }
}

struct EventPage: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "page", abstract: "A contact looked at a page.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The page's address.") var url: String
    @Option(help: ArgumentHelp("Who looked at it.", valueName: "email")) var contact: String
    @OptionGroup var options: EventOptions

    func run() throws {
        let commands = try global.session().commands
        let email = try address(contact)
        _ = try commands.contact(email)
        let result = try commands.recordPageView(
            .address(email), url: url, at: options.instant(now: commands.now), key: options.name)
        try show(result, output)
    }
}

struct EventMeeting: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "meeting", abstract: "A contact booked a meeting, or canceled it.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: ArgumentHelp("Who booked it.", valueName: "email")) var contact: String
    @Flag(help: "They canceled it; it is only noted.") var canceled = false
    @Option(help: ArgumentHelp("When the meeting begins.", valueName: "time")) var start: String?
    @Option(help: ArgumentHelp("Who says so.", valueName: "name")) var source = "by hand"
    @OptionGroup var options: EventOptions

    func run() throws {
        let commands = try global.session().commands
        let email = try address(contact)
        let begin = try start.map { text in
            guard let time = StartTime(text) else {
                throw CommandError(
                    .usage,
                    "--start \(Terminal.quoted(text)) is no time; write one such as 2026-12-01T09:00+01:00."
                )
            }
            return time.instant(in: Output.zone, now: commands.now)
        }
        let result = try commands.recordMeeting(
            .address(email), canceled ? .canceled : .booked, start: begin, source: source,
            at: options.instant(now: commands.now), key: options.name)
        if result.contact == nil, !output.json {
            return print("Taken: \(email) is not a contact, so nothing ends.")
        }
        try show(result, isTrigger: false, output)
    }
}
