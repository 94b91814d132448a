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

    @Test("needs to know no more than who writes")
    func fewHoles() throws {
        for (name, text) in try files(in: "mail") {
            let template = try TemplateFile.read(text, name: name)
            #expect(template.missing(in: ["sender.name": "Kari Nordmann"]) == [])
        }
    }
}
