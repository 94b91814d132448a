import ArgumentParser
import Foundation
import PurrEngine
import PurrFiles
import PurrMail
import PurrTemplates

struct TemplateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "template", abstract: "Add and try the e-mails that sequences send.",
        subcommands: [TemplateAdd.self, TemplateList.self, TemplateShow.self, TemplatePreviewCommand.self])

    @OptionGroup var global: GlobalOptions
}

/// Reads one template file.
func template(at path: String) throws -> MailTemplate {
    let name = fileName(path)
    return try TemplateFile.read(FileText(bytes: contents(of: path), name: name).text, name: name)
}

struct TemplateAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add templates, or replace those of the same name.",
        discussion: """
            A template is a Markdown file with its subject in front; its name is the file's name without .md. \
            All files are checked before any is stored. Enrollments under way keep the texts they began with; \
            apply the sequence again to use a changed template for those that come.

              purr template add mail/hello.md mail/nudge.md
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "Markdown files.", completion: .file(extensions: ["md"])) var files: [String]

    private struct Line: Encodable {
        let name: String
        let change: Commands.TemplateChange
    }

    func run() throws {
        let session = try global.session()
        let templates = try files.map(template(at:))
        for (index, one) in templates.enumerated() {
            if let twin = templates[..<index].firstIndex(where: { $0.name == one.name }) {
                throw CommandError(
                    .usage,
                    "\(files[twin]) and \(files[index]) are both called \"\(one.name)\"; rename one of them."
                )
            }
        }
        let lines = try session.commands.addTemplates(templates).map {
            Line(name: $0.name, change: $0.change)
        }
        if output.json { return try Output.json(lines) }
        for line in lines { print("\(line.name): \(line.change.rawValue)") }
    }
}

struct TemplateList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List all templates.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let templates = try global.session().commands.templates()
        if output.json { return try Output.json(templates) }
        guard !templates.isEmpty else {
            return print("No templates yet. Add some: purr template add FILE.md.")
        }
        Table(
            ["NAME", "SUBJECT", "TOKENS"],
            rows: templates.map {
                [$0.name, $0.subject, (try? $0.checked())?.tokens.sorted().joined(separator: ", ") ?? ""]
            }
        ).print()
    }
}

struct TemplateShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print a template as it is stored.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The template's name.") var name: String

    func run() throws {
        guard let template = try global.session().commands.templates().first(where: { $0.name == name })
        else {
            throw CommandError(
                .badData, "There is no template \(Terminal.quoted(name)). See: purr template list.")
        }
        if output.json { return try Output.json(template) }
        print("\(Terminal.paint("Subject:", .grey)) \(template.subject)")
        for (token, words) in template.fallbacks.sorted(by: { $0.key < $1.key }) {
            print("\(Terminal.paint("Fallback:", .grey)) \(token) = \(words)")
        }
        print("\n\(template.body)")
    }
}

struct TemplatePreviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview", abstract: "See what a template says to a contact.",
        discussion: """
            The foot with your postal address and the way to opt out is added when the mail is sent.

              purr template preview hello --contact ola@example.com
              purr template preview hello --contact ola@example.com --html > hello.html
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The template's name.") var name: String
    @Option(help: "The contact to fill it for.") var contact: String
    @Option(help: ArgumentHelp("The sender (default: the first mailbox).", valueName: "address")) var from:
        String?
    @Flag(help: "Print the HTML part.") var html = false

    private struct Sheet: Encodable {
        let template: String
        let contact: String
        let from: String
        @OrNull var subject: String?
        @OrNull var text: String?
        @OrNull var html: String?
        let missing: [String]
    }

    func run() throws {
        let session = try global.session()
        let preview = try session.commands.preview(
            template: name, contact: try address(contact),
            sender: try from.map { try address($0, as: "sender") })
        if output.json {
            try Output.json(
                Sheet(
                    template: preview.name, contact: preview.contact.text, from: preview.sender.text,
                    subject: preview.mail?.subject.text, text: preview.mail?.text, html: preview.mail?.html,
                    missing: preview.missing))
        } else if let mail = preview.mail {
            if html {
                print(mail.html)
            } else {
                print("\(Terminal.paint("From:", .grey)) \(preview.sender)")
                print("\(Terminal.paint("To:", .grey)) \(preview.contact)")
                let subject =
                    mail.subject.text.isEmpty ? "(that of the mail it replies to)" : mail.subject.text
                print("\(Terminal.paint("Subject:", .grey)) \(subject)\n")
                print(mail.text)
            }
        }
        guard preview.missing.isEmpty else {
            let own = preview.missing.filter { $0.hasPrefix("sender.") }
            let tokens = (own.isEmpty ? preview.missing : own).map { "{{\($0)}}" }.joined(separator: ", ")
            let remedy =
                own.contains("sender.meetingLink")
                ? "give its user one (purr user set NAME --meeting-link URL) or the token a fallback"
                : "give a value or a fallback"
            throw CommandError(
                .badData,
                "\(own.isEmpty ? preview.contact : preview.sender) has no value for \(tokens), so this mail would not be sent; \(remedy)."
            )
        }
    }
}
