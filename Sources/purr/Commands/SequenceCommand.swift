import ArgumentParser
import Foundation
import PurrEngine
import PurrFiles
import PurrSequences
import PurrTemplates

struct SequenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sequence", abstract: "Apply and look at sequences.",
        subcommands: [SequenceApply.self, SequenceList.self, SequenceShow.self])

    @OptionGroup var global: GlobalOptions
}

struct SequenceApply: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Make a sequence as a file says, or change it.",
        discussion: """
            Settings apply to everybody at once. Changed steps or templates make a new version for those who enroll \
            from now on; enrollments under way keep theirs. Templates that are not stored yet are taken from mail/ or \
            templates/mail/ beside the file.

              name: intro
              settings: { followUpDays: weekdays, sendWindow: "09:00-16:30" }
              steps:
                - email: hello
                - { email: nudge, after: 3, replyTo: 1 }

              purr sequence apply intro.yaml
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "A YAML file; - for stdin.", completion: .file(extensions: ["yaml", "yml"])) var file:
        String

    func run() throws {
        let session = try global.session()
        let name = fileName(file)
        let text = try FileText(bytes: contents(of: file), name: name)
        let document = try SequenceFile.read(
            text.text, name: name, templateLimit: session.commands.templateLimit())
        let result = try session.commands.apply(document, file: name, template: beside.find)
        if output.json { return try Output.json(result) }
        for template in result.addedTemplates { print("Added the template \(template) from its file.") }
        let underWay =
            result.underWay == 0
            ? "" : "; \(Output.count(result.underWay, "enrollment")) under way keep theirs"
        switch result.outcome {
        case .created: print("\(result.name): created with \(Output.count(document.steps.count, "step")).")
        case .newVersion:
            print("\(result.name): version \(result.version) for those who enroll from now on\(underWay).")
        case .sameSteps:
            print(
                "\(result.name): \(result.settingsChanged ? "settings changed for everybody" : "nothing changed")."
            )
        }
        if result.outcome != .created, result.outcome != .sameSteps, result.settingsChanged {
            print("\(result.name): settings changed for everybody.")
        }
        try hintAtDifferences(document, session: session)
    }

    private var beside: TemplatesBeside { TemplatesBeside(file: file) }

    /// A file that was edited after it was added would otherwise be passed over in silence.
    private func hintAtDifferences(_ document: SequenceDocument, session: Session) throws {
        let stored = try session.commands.templates()
        for name in Set(document.steps.compactMap(\.template)).sorted() {
            guard let path = beside.candidates(name).first, let edited = try? template(at: path),
                let kept = stored.first(where: { $0.name == name }), kept != StoredTemplate(edited)
            else { continue }
            print(
                "The stored template \(name) differs from \(path). To use the file: purr template add \(path), then apply again."
            )
        }
    }
}

struct SequenceList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List all sequences with who is where.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let sequences = try global.session().commands.sequences()
        if output.json { return try Output.json(sequences) }
        guard !sequences.isEmpty else {
            return print("No sequences yet. Make one: purr sequence apply FILE.yaml.")
        }
        Table(
            ["NAME", "VERSION", "STEPS", "UNDER WAY", "PAUSED", "HELD", "FINISHED", "UNENROLLED"],
            rows: sequences.map { sequence in
                [sequence.name, "\(sequence.version)", "\(sequence.steps.count)"]
                    + ["active", "paused", "held", "finished", "unenrolled"].map {
                        "\(sequence.counts[$0] ?? 0)"
                    }
            }
        ).print()
    }
}

struct SequenceShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a sequence's settings and steps.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The sequence's name.") var name: String

    func run() throws {
        let sequence = try global.session().commands.sequence(named: name)
        if output.json { return try Output.json(sequence) }
        let settings = sequence.settings
        print("\(Terminal.paint(sequence.name, .bold)), version \(sequence.version)")
        print(
            "Follow-ups go on \(settings.followUpDays.words), \(settings.sendWindow) in each contact's zone."
        )
        if settings.isTransactional { print("Transactional: mails carry no way to opt out.") }
        if settings.quotesEarlier { print("Replies quote the mail they answer.") }
        print("")
        var previous = ""
        for (index, step) in sequence.steps.enumerated() {
            let answered = step.email?.replyTo.flatMap { id in sequence.steps.firstIndex { $0.id == id } }
            let when =
                index == 0
                ? "at the start"
                : "\(Output.count(step.delay, settings.followUpDays.dayNoun)) after step \(previous)"
            let thread = answered.map { "replies to step \($0 + 1)" } ?? "new thread"
            let template = step.email?.template ?? ""
            let subject =
                answered == nil ? sequence.templates[template].map { " “\($0.subject)”" } ?? "" : ""
            print("\(index + 1). \(template)\(subject)  \(Terminal.paint("\(when); \(thread)", .grey))")
            previous = "\(index + 1)"
        }
        let counts = sequence.counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        print("\n\(counts.isEmpty ? "Nobody was enrolled yet." : counts.joined(separator: ", "))")
    }
}

extension FollowUpDays {
    fileprivate var words: String {
        switch self {
        case .everyday: "every day"
        case .weekdays: "weekdays"
        case .businessDays: "business days"
        }
    }

    fileprivate var dayNoun: String {
        switch self {
        case .everyday: "day"
        case .weekdays: "weekday"
        case .businessDays: "business day"
        }
    }
}
