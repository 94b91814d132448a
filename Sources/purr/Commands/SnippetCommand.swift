import ArgumentParser
import Foundation
import PurrEngine
import PurrTemplates

struct SnippetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snippet", abstract: "Pieces of text that templates and tasks share.",
        discussion: """
            A snippet is Markdown with tokens; {{snippet.NAME}} in a template, a task's title or its notes stands for \
            it. Its text is put in when a sequence is applied: apply again to use a changed snippet, and enrollments \
            under way keep the text they began with. Previews show the present text.

              purr snippet add signature.md
              purr snippet list
            """,
        subcommands: [SnippetAdd.self, SnippetList.self, SnippetShow.self, SnippetRemove.self])

    @OptionGroup var global: GlobalOptions
}

struct SnippetAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add snippets, or replace those of the same name.",
        discussion:
            "A snippet's name is its file's name without .md. All files are checked before any is stored.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "Markdown files.", completion: .file(extensions: ["md"])) var files: [String]

    private struct Line: Encodable {
        let name: String
        let change: Commands.TemplateChange
    }

    func run() throws {
        let session = try global.session()
        let lines = try session.commands.addSnippets(files.map(template(at:))).map {
            Line(name: $0.name, change: $0.change)
        }
        if output.json { return try Output.json(lines) }
        for line in lines { print("\(line.name): \(line.change.rawValue)") }
    }
}

struct SnippetList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List all snippets.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let snippets = try global.session().commands.snippets()
        if output.json { return try Output.json(snippets) }
        guard !snippets.isEmpty else {
            return print("No snippets yet. Add some: purr snippet add FILE.md.")
        }
        Table(
            ["NAME", "TEXT", "TEMPLATES"],
            rows: snippets.map { [$0.name, $0.body, $0.templates.joined(separator: ", ")] }
        ).print()
    }
}

struct SnippetShow: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Print a snippet.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The snippet's name.") var name: String

    func run() throws {
        let snippet = try global.session().commands.snippet(named: name)
        if output.json { return try Output.json(snippet) }
        print(Terminal.multiline(snippet.body))
    }
}

struct SnippetRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a snippet that no template uses.")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The snippet's name.") var name: String

    func run() throws {
        try global.session().commands.removeSnippet(name)
        print("\(name) is removed.")
    }
}
