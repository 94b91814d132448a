import ArgumentParser
import Foundation
import PurrEngine
import PurrFiles
import PurrSequences
import PurrTemplates

struct SequenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sequence", abstract: "Make, look at and edit sequences.",
        discussion: """
            A sequence can be edited as a file (export, then apply) or step by step. Settings and workflows hold for \
            everybody at once; changed steps or mails make a new version for those who enroll from now on.

              purr sequence apply intro.yaml
              purr sequence export intro > intro.yaml
              purr sequence step move intro 3 --up
              purr sequence move-enrollments intro --dry-run
            """,
        subcommands: [
            SequenceApply.self, SequenceList.self, SequenceShow.self, SequenceExport.self,
            SequenceVersions.self, StepCommand.self, SequenceMoveEnrollments.self, SequenceCopy.self,
            SequenceRename.self, SequenceMove.self, SequenceShare.self, SequenceUnshare.self,
            SequencePause.self, SequenceResume.self, SequenceDelete.self, SequenceRestore.self,
        ])

    @OptionGroup var global: GlobalOptions
}

struct SequenceApply: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Make a sequence as a file says, or change it.",
        discussion: """
            Settings and automation apply to everybody at once. Changed steps or templates make a new version for \
            those who enroll from now on; enrollments under way keep theirs. Templates that are not stored yet are \
            taken from mail/ or templates/mail/ beside the file. A new sequence is private: purr sequence share.

              name: intro
              settings: { followUpDays: weekdays, sendWindow: "09:00-16:30" }
              steps:
                - email: hello
                - { email: nudge, after: 3, replyTo: 1 }
              automation:
                - { name: asked for a demo, form: demo, enroll: kari@example.org, delay: 30, state: on }

              purr sequence apply intro.yaml
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "A YAML file; - for stdin.", completion: .file(extensions: ["yaml", "yml"])) var file:
        String
    @Option(
        help: ArgumentHelp(
            "Refuse if somebody has changed the sequence since this version (default: the file's \"version:\").",
            valueName: "n"))
    var expectedVersion: Int?
    @Option(help: ArgumentHelp("Where a new sequence is put.", valueName: "folder")) var folder = ""
    @OptionGroup var viewer: ViewerOptions

    func run() throws {
        let session = try global.session()
        let name = fileName(file)
        let text = try FileText(bytes: contents(of: file), name: name)
        var document = try SequenceFile.read(
            text.text, name: name, templateLimit: session.commands.templateLimit())
        document.version = expectedVersion ?? document.version
        let result = try session.commands.apply(
            document, file: name, as: viewer.name, folder: folder, template: beside.find)
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
            if !result.settingsChanged, !result.automationChanged {
                print("\(result.name): nothing changed.")
            }
        }
        if result.outcome != .created, result.settingsChanged {
            print("\(result.name): settings changed for everybody.")
        }
        if result.automationChanged { print("\(result.name): automation changed for everybody.") }
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
    @Option(help: ArgumentHelp("Only what lies in this folder.", valueName: "folder")) var folder: String?
    @Flag(help: "What was deleted and can be restored.") var deleted = false
    @OptionGroup var viewer: ViewerOptions

    func run() throws {
        let commands = try global.session().commands
        if deleted { return try listDeleted(commands) }
        let sequences = try commands.sequences(as: viewer.name, folder: folder)
        if output.json { return try Output.json(sequences) }
        guard !sequences.isEmpty else {
            return print(
                folder == nil
                    ? "No sequences yet. Make one: purr sequence apply FILE.yaml."
                    : "No sequences in \(folder ?? "").")
        }
        Table(
            [
                "NAME", "FOLDER", "SHARED", "VERSION", "STEPS", "UNDER WAY", "PAUSED", "HELD", "FINISHED",
                "UNENROLLED",
            ],
            rows: sequences.map { sequence in
                [
                    sequence.paused ? "\(sequence.name) (paused)" : sequence.name, sequence.folder,
                    sequence.sharing.words(sequence.sharedWith), "\(sequence.version)",
                    "\(sequence.steps.count)",
                ]
                    + ["active", "paused", "held", "finished", "unenrolled"].map {
                        "\(sequence.counts[$0] ?? 0)"
                    }
            },
            optional: ["SHARED", "STEPS", "VERSION"]
        ).print()
        let count = try commands.sequenceCount()
        print("\n\(Output.count(count.count, "sequence")) of at most \(count.limit).")
    }

    private func listDeleted(_ commands: Commands) throws {
        let sequences = try commands.deletedSequences(as: viewer.name)
        if output.json { return try Output.json(sequences) }
        guard !sequences.isEmpty else { return print("No sequence was deleted.") }
        Table(["NAME", "DELETED"], rows: sequences.map { [$0.name, Output.shortTime($0.deletedAt)] })
            .print()
    }
}

struct SequenceShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a sequence's settings, steps and automation.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The sequence's name.") var name: String
    @OptionGroup var viewer: ViewerOptions

    private struct Sheet: Encodable {
        let sequence: SequenceSummary
        let automation: [WorkflowSummary]

        func encode(to encoder: any Encoder) throws {
            try sequence.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(automation, forKey: .automation)
        }

        private enum CodingKeys: String, CodingKey { case automation }
    }

    func run() throws {
        let commands = try global.session().commands
        let sequence = try commands.sequence(named: name, as: viewer.name)
        let workflows = try commands.workflows(of: name, as: viewer.name)
        if output.json { return try Output.json(Sheet(sequence: sequence, automation: workflows)) }
        let settings = sequence.settings
        let paused = sequence.paused ? ", paused" : ""
        print("\(Terminal.paint(sequence.name, .bold)), version \(sequence.version)\(paused)")
        let folder = sequence.folder.isEmpty ? "" : " In \(sequence.folder)."
        let owner = sequence.owner.map { "Belongs to \($0); " } ?? ""
        print("\(owner)\(sequence.sharing.words(sequence.sharedWith)).\(folder)")
        print(
            "Follow-ups go on \(settings.followUpDays.words), \(settings.sendWindow) in each contact's zone."
        )
        if settings.isTransactional { print("Transactional: mails carry no way to opt out.") }
        if settings.quotesEarlier { print("Replies quote the mail they answer.") }
        let company = [
            settings.companyReplyStops ? "a reply" : nil,
            settings.companyMeetingStops ? "a booked meeting" : nil,
        ].compactMap(\.self)
        if !company.isEmpty {
            print("It ends for the whole company with \(company.joined(separator: " or ")).")
        }
        if !settings.campaign.isEmpty { print("Campaign: \(settings.campaign).") }
        print("")
        for (index, step) in sequence.steps.enumerated() { show(step, at: index, of: sequence) }
        if !workflows.isEmpty {
            print("")
            for workflow in workflows {
                printWrapped(
                    "Workflow “\(workflow.name)” (\(workflow.state.rawValue)): \(workflow.words.trigger) → \(workflow.words.action)",
                    indent: 2, firstIndent: 0)
            }
        }
        let counts = sequence.counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        print("\n\(counts.isEmpty ? "Nobody was enrolled yet." : counts.joined(separator: ", "))")
    }

    private func show(_ step: Step, at index: Int, of sequence: SequenceSummary) {
        let settings = sequence.settings
        var words: [String] = []
        if index == 0 {
            words.append("at the start")
        } else if step.delay == 0 {
            words.append("right after step \(index)")
        } else {
            words.append(
                "\(Output.count(step.delay, settings.followUpDays.dayNoun)) after step \(index)")
        }
        var head = step.email?.template ?? ""
        if let email = step.email {
            let answered = email.replyTo.flatMap { id in sequence.steps.firstIndex { $0.id == id } }
            words.append(answered.map { "replies to step \($0 + 1)" } ?? "new thread")
            if answered == nil, let subject = sequence.templates[email.template]?.subject {
                head += " “\(subject)”"
            }
        }
        if let task = step.task {
            head = "\(task.kind.noun): \(task.title)\(head.isEmpty ? "" : " (\(head))")"
            if task.holds { words.append("the sequence waits for it") }
        }
        if step.id.rawValue != step.template { words.append("id \(step.id)") }
        let told = words.joined(separator: "; ")
        guard Table.width("\(index + 1). \(head)  \(told)") > Terminal.columns else {
            return print("\(index + 1). \(Terminal.oneLine(head))  \(Terminal.paint(told, .grey))")
        }
        printWrapped("\(index + 1). \(head)", indent: 3, firstIndent: 0)
        for line in wrapped(told, indent: 3) { print(Terminal.paint(line, .grey)) }
    }
}

extension TaskKind {
    fileprivate var noun: String {
        switch self {
        case .manualEmail: "E-mail by hand"
        case .call: "Call"
        case .general: "Task"
        case .inMail: "InMail"
        case .connectionRequest: "Connection request"
        }
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
