import PurrTemplates
import Testing

@testable import PurrFiles

@Suite("A template file")
struct TemplateFileTests {
    @Test("is front matter, then Markdown", arguments: ["\n", "\r\n", "\r"])
    func reads(_ lineEnd: String) throws {
        let lines = [
            "\u{FEFF}---", "subject: \"Hi: {{contact.firstName}}\"",
            "fallbacks: { contact.firstName: there }", "---", "",
            "Hello {{contact.firstName}}", "", "---", "", "end", "",
        ]
        let template = try TemplateFile.read(
            lines.joined(separator: lineEnd), name: "templates/mail/hello.md")
        #expect(template.name == "hello")
        #expect(template.subject == "Hi: {{contact.firstName}}")
        #expect(template.fallbacks == ["contact.firstName": "there"])
        #expect(try template.rendered(with: [:]).text == "Hello there\n\n----------\n\nend")
    }

    @Test("may do without front matter, and then has no subject")
    func noFrontMatter() throws {
        let template = try TemplateFile.read("Hello", name: "nudge")
        #expect(template.name == "nudge" && !template.hasSubject)
        #expect(try TemplateFile.read("---\n---\nHello", name: "nudge.MD").name == "nudge")
    }

    struct Broken: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var text: String
        var line: Int?
        var word: String
    }

    @Test(
        "is refused when it is broken, with the line of the file",
        arguments: [
            Broken(testDescription: "empty", text: "", line: nil, word: "no text"),
            Broken(
                testDescription: "front matter without end", text: "---\nsubject: x\nHello", line: 1,
                word: "not closed"),
            Broken(
                testDescription: "an unknown key", text: "---\nsubjet: x\n---\nHello", line: 2,
                word: "did you mean \"subject\"?"),
            Broken(
                testDescription: "an unclosed tag", text: "---\nsubject: x\n---\n\nHello {{contact.x\n",
                line: 5, word: "not closed"),
            Broken(
                testDescription: "an unknown token", text: "---\nsubject: x\n---\nHello {{user.x}}\n",
                line: 4, word: "{{user.x}}"),
            Broken(
                testDescription: "HTML", text: "---\nsubject: x\n---\nHello\n<br>\n", line: 5, word: "<br>"),
            Broken(
                testDescription: "a second header", text: "---\nsubject: \"x\\r\\nBcc: y\"\n---\nHello",
                line: 2, word: "control character"),
            Broken(
                testDescription: "a NUL in the subject", text: "---\nsubject: \"x\\0y\"\n---\nHello",
                line: 2, word: "control character"),
            Broken(
                testDescription: "a NUL in the text", text: "---\nsubject: x\n---\nHe\0llo", line: 4,
                word: "control character"),
            Broken(
                testDescription: "an unclosed tag in the subject",
                text: "---\n\nsubject: x {{contact.y\n---\nHello", line: 3, word: "not closed"),
            Broken(
                testDescription: "a fallback for nothing",
                text: "---\nsubject: x\nfallbacks:\n  contact.y: z\n---\nHello", line: 4,
                word: "contact.y"),
            Broken(
                testDescription: "fallbacks that are a word",
                text: "---\nsubject: x\nfallbacks: z\n---\nHello", line: 3, word: "keys with values"),
            Broken(
                testDescription: "broken YAML", text: "---\nsubject: [x\n---\nHello", line: 3,
                word: "not YAML"),
        ])
    func refuses(_ broken: Broken) {
        let problem = #expect(throws: FileProblem.self) {
            try TemplateFile.read(broken.text, name: "hello.md")
        }
        #expect(problem?.line == broken.line)
        #expect(problem?.text.contains(broken.word) == true)
    }
}

@Suite("A text file")
struct FileTextTests {
    @Test(
        "is UTF-8 or UTF-16, with any line ends",
        arguments: [
            Array("å\r\nb\rc\nd".utf8), Array("\u{FEFF}å\nb\nc\nd".utf8),
            utf16("\u{FEFF}å\nb\nc\nd", isBigEndian: true),
            utf16("\u{FEFF}å\r\nb\nc\nd", isBigEndian: false),
        ])
    func reads(_ bytes: [UInt8]) throws {
        #expect(try FileText(bytes: bytes, name: "x").text == "å\nb\nc\nd")
    }

    @Test("names the line that is not text")
    func refuses() {
        let problem = #expect(throws: FileProblem.self) {
            try FileText(bytes: Array("a\nb".utf8) + [0xE5, 0x0A], name: "x")
        }
        #expect(problem?.line == 2)
        #expect(throws: FileProblem.self) { try FileText(bytes: [0xFF, 0xFE, 0x61], name: "x") }
    }

    @Test("may be empty")
    func empty() throws {
        #expect(try FileText(bytes: [], name: "x").text == "")
    }
}
