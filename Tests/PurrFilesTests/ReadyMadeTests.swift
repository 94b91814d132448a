import Foundation
import PurrSequences
import PurrTemplates
import Testing

@testable import PurrFiles

@Suite("What comes with the product")
struct ReadyMadeTests {
    let folder = URL(filePath: #filePath).appending(path: "../../../templates").standardized

    func files(in name: String) throws -> [String: String] {
        let urls = try FileManager.default.contentsOfDirectory(
            at: folder.appending(path: name), includingPropertiesForKeys: nil)
        return try Dictionary(
            uniqueKeysWithValues: urls.map { url in
                let bytes = Array(try Data(contentsOf: url))
                return (url.lastPathComponent, try FileText(bytes: bytes, name: url.lastPathComponent).text)
            })
    }

    @Test("is sound: every sequence finds its templates, and only replies lack a subject")
    func sound() throws {
        let templates = try files(in: "mail").map { try TemplateFile.read($0.value, name: $0.key) }
        let names = Set(templates.map(\.name))
        let bare = Set(templates.filter { !$0.hasSubject }.map(\.name))
        let sequences = try files(in: "sequences").map { try SequenceFile.read($0.value, name: $0.key) }
        #expect(sequences.map(\.name).contains("intro"))
        for sequence in sequences {
            #expect(names.isSuperset(of: sequence.steps.compactMap(\.template)))
            #expect(problems(in: sequence.steps, withoutSubject: bare) == [])
        }
    }

    @Test("S5.4 has a start for many kinds of work, one of them in Norwegian")
    func offered() throws {
        let names = try files(in: "sequences").map { try SequenceFile.read($0.value, name: $0.key).name }
        #expect(
            Set(names).isSuperset(of: [
                "outbound-sales", "after-the-demo", "investor-introduction", "candidate-approach",
                "payment-reminder",
                "support-check-in", "betalingspaminnelse",
            ]))
    }

    @Test("is found by the name of its file, and keeps its step ids when it is changed")
    func named() throws {
        for (name, text) in try files(in: "sequences") {
            let sequence = try SequenceFile.read(text, name: name)
            #expect("\(sequence.name).yaml" == name)
            guard name != "intro.yaml" else { continue }
            #expect(
                text.split(separator: "\n").count { $0.contains("id: ") } == sequence.steps.count, "\(name)"
            )
        }
    }

    @Test("leaves nothing unsaid in a mail that goes by itself, and no hole in a task")
    func complete() throws {
        let mails = try files(in: "mail")
        for (name, text) in try files(in: "sequences") {
            for step in try SequenceFile.read(text, name: name).steps {
                if step.kind == .email, let template = step.template {
                    #expect(mails["\(template).md"]?.contains("…") == false, "\(template)")
                }
                for words in [step.task?.title, step.task?.notes].compactMap(\.self) {
                    let tokens = try PlainTokens(words)
                    #expect(tokens.names == tokens.namesWithFallback, "\(name): \(words)")
                }
            }
        }
    }

    @Test("needs to know no more than who writes")
    func fewHoles() throws {
        for (name, text) in try files(in: "mail") {
            let template = try TemplateFile.read(text, name: name)
            #expect(text.split(whereSeparator: \.isWhitespace).count <= 150, "\(name)")
            #expect(template.missing(in: ["sender.name": "Kari Nordmann"]) == [])
        }
    }
}
