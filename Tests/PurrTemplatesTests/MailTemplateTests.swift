import Foundation
import PurrMail
import Testing

@testable import PurrTemplates

func template(_ body: String, subject: String = "Hi", fallbacks: [String: String] = [:]) throws
    -> MailTemplate
{
    try MailTemplate(name: "hello", subject: subject, body: body, fallbacks: fallbacks)
}

@Suite("A mail template")
struct MailTemplateTests {
    struct Broken: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var subject = "Hi"
        var body = "Hello"
        var fallbacks: [String: String] = [:]
        var part = TemplateProblem.Part.body
        var line: Int?
        var word: String
    }

    @Test(
        "is refused when it is broken, with the line and the reason",
        arguments: [
            Broken(
                testDescription: "unclosed tag", body: "a\n\nHello {{contact.firstName,\n}}", line: 3,
                word: "not closed"),
            Broken(
                testDescription: "unclosed at the end", body: "Hello {{contact.firstName}", line: 1,
                word: "not closed"),
            Broken(
                testDescription: "a tag in a tag", body: "{{contact.{{contact.x}}", line: 1,
                word: "not closed"),
            Broken(testDescription: "three braces", body: "{{{contact.x}}}", line: 1, word: "Three braces"),
            Broken(
                testDescription: "unknown namespace", body: "a\nb {{person.firstName}}", line: 2,
                word: "{{person.firstName}}"),
            Broken(testDescription: "no namespace", body: "{{firstName}}", line: 1, word: "contact."),
            Broken(testDescription: "no property", body: "{{contact}}", line: 1, word: "names no property"),
            Broken(
                testDescription: "an empty property", body: "{{contact..x}}", line: 1,
                word: "names no property"),
            Broken(
                testDescription: "a blank in a name", body: "{{contact.first name}}", line: 1,
                word: "names no property"),
            Broken(testDescription: "nothing in a tag", body: "{{ }}", line: 1, word: "names nothing"),
            Broken(testDescription: "a section", body: "{{#contact.x}}", line: 1, word: "sections"),
            Broken(
                testDescription: "a blank fallback in the tag", body: "{{contact.x| }}", line: 1,
                word: "blank"),
            Broken(testDescription: "a tag in HTML", body: "a\n\nb <b>c</b>", line: 3, word: "<b>"),
            Broken(
                testDescription: "a block of HTML", body: "a\n\n<table>\n</table>", line: 3, word: "<table>"
            ),
            Broken(testDescription: "a NUL", body: "a\n\0", line: 2, word: "control character"),
            Broken(testDescription: "a stand-in", body: "\u{10FFF0}0\u{10FFF1}", line: 1, word: "U+10FFF0"),
            Broken(
                testDescription: "a script as a link", body: "[x](javascript:alert)", line: 1,
                word: "https://"),
            Broken(testDescription: "a relative link", body: "a\n[x](y.html)", line: 2, word: "https://"),
            Broken(testDescription: "an empty link", body: "[x]()", line: 1, word: "nowhere"),
            Broken(testDescription: "no text", body: " \n\n", word: "no text"),
            Broken(
                testDescription: "a second header", subject: "Hi\r\nBcc: x@example.org", part: .subject,
                word: "control character"),
            Broken(
                testDescription: "a NUL in the subject", subject: "Hi\0you", part: .subject,
                word: "control character"),
            Broken(
                testDescription: "an unclosed tag in the subject", subject: "Hi {{contact.x",
                part: .subject, word: "not closed"),
            Broken(
                testDescription: "a fallback for nothing", fallbacks: ["contact.x": "y"],
                part: .fallback("contact.x"), word: "no {{contact.x}}"),
            Broken(
                testDescription: "a blank fallback", body: "{{contact.x}}", fallbacks: ["contact.x": " "],
                part: .fallback("contact.x"), word: "blank"),
            Broken(
                testDescription: "a fallback of two lines", subject: "{{contact.x}}",
                fallbacks: ["contact.x": "a\nBcc: b"], part: .fallback("contact.x"), word: "one plain line"),
        ])
    func refuses(_ broken: Broken) {
        let problem = #expect(throws: TemplateProblem.self) {
            try MailTemplate(
                name: "hello", subject: broken.subject, body: broken.body, fallbacks: broken.fallbacks)
        }
        #expect(problem?.part == broken.part)
        #expect(problem?.line == broken.line)
        #expect(problem?.text.contains(broken.word) == true)
        #expect(problem?.text.hasSuffix(".") == true)
    }

    @Test("knows its tokens, and which of them would be holes")
    func missing() throws {
        let template = try template(
            "{{ contact.firstName }} {{contact.shoeSize|42}} {{sender.name}} {{contact.firstName}}",
            subject: "{{company.name}}", fallbacks: ["sender.name": "me"])
        #expect(
            template.tokens == ["company.name", "contact.firstName", "contact.shoeSize", "sender.name"])
        #expect(template.missing(in: [:]) == ["company.name", "contact.firstName"])
        #expect(
            template.missing(in: ["contact.firstName": " \u{00A0}\r\n", "company.name": "X"]) == [
                "contact.firstName"
            ])
        #expect(template.missing(in: ["contact.firstName": "Kari", "company.name": "X"]) == [])
        #expect(throws: TemplateProblem.self) { try template.rendered(with: ["company.name": "X"]) }
    }

    @Test("prefers a value, then the fallback in the tag, then the one above the text")
    func precedence() throws {
        let template = try template("{{contact.a|tag}} {{contact.a}}", fallbacks: ["contact.a": "above"])
        #expect(try template.rendered(with: ["contact.a": " value "]).text == "value value")
        #expect(try template.rendered(with: ["contact.a": "  "]).text == "tag above")
    }

    @Test(
        "writes values as text, whatever they look like",
        arguments: [
            ("*Bob* <script>alert(1)</script>", "*Bob* &lt;script&gt;alert(1)&lt;/script&gt;"),
            ("[x](http://example.org)", "[x](http://example.org)"), ("# Bob", "# Bob"),
            ("1. Bob", "1. Bob"),
            ("> Bob", "&gt; Bob"), ("<b>", "&lt;b&gt;"), ("&amp;", "&amp;amp;"), ("\"B\"", "&quot;B&quot;"),
            ("`x`", "`x`"), ("___", "___"), ("\\*", "\\*"), ("{{contact.x}}", "{{contact.x}}"),
            ("Ødegård 🎈", "Ødegård 🎈"),
            ("\u{10FFF0}0\u{10FFF1}", "\u{10FFF0}0\u{10FFF1}"),
            ("http://example.org", "http://example.org"),
        ])
    func literalValues(_ value: String, _ html: String) throws {
        for (body, wrapped) in [
            ("{{contact.x}}", "<p>%</p>"), ("**{{contact.x}}**", "<p><strong>%</strong></p>"),
            ("# {{contact.x}}", "<h1>%</h1>"),
            ("> {{contact.x}}", "<blockquote>\n<p>%</p>\n</blockquote>"),
            ("`{{contact.x}}`", "<p><code>%</code></p>"),
        ] {
            let mail = try template(body, subject: "Hi {{contact.x}}").rendered(with: ["contact.x": value])
            #expect(mail.text == (body.hasPrefix(">") ? "> " : "") + value)
            #expect(mail.html == wrapped.replacing("%", with: html))
            #expect(mail.subject.text == "Hi " + value)
        }
    }

    @Test(
        "refuses a value of several lines in the subject",
        arguments: ["a\r\nBcc: b@example.org", "a\nb", "a\rb", "a\tb"])
    func headerInjection(_ value: String) throws {
        let template = try template("Hello", subject: "Hi {{contact.x}}")
        let problem = #expect(throws: TemplateProblem.self) {
            try template.rendered(with: ["contact.x": value])
        }
        #expect(problem?.part == .subject)
        #expect(problem?.text.contains("{{contact.x}}") == true)
    }

    @Test(
        "refuses a value with control characters anywhere",
        arguments: ["a\0b", "a\u{1B}[0m", "a\u{85}b", "a\u{7F}"])
    func controlCharacters(_ value: String) throws {
        let template = try template("{{contact.x}}")
        #expect(throws: TemplateProblem.self) { try template.rendered(with: ["contact.x": value]) }
    }

    @Test("keeps the lines of a value in the text")
    func multilineValue() throws {
        let mail = try template("> {{contact.x}}").rendered(with: ["contact.x": "a\r\nb <c>"])
        #expect(mail.text == "> a\n> b <c>")
        #expect(mail.html.contains("a<br>\nb &lt;c&gt;"))
    }

    @Test("may have no subject, for replies")
    func noSubject() throws {
        let template = try template("Hello", subject: " ")
        #expect(!template.hasSubject)
        #expect(try template.rendered(with: [:]).subject.text == "")
    }

    @Test("shows braces that are not meant as a tag")
    func escapedBraces() throws {
        let mail = try template("Write \\{{contact.x}} here }} {", subject: "\\{{x}}").rendered(with: [:])
        #expect(mail.text == "Write {{contact.x}} here }} {")
        #expect(mail.subject.text == "{{x}}")
    }

    @Test("comes back from the database as it was, and a broken one does not")
    func codes() throws {
        let template = try template("{{contact.x}}", subject: "S", fallbacks: ["contact.x": "y"])
        let bytes = try JSONEncoder().encode(template)
        #expect(try JSONDecoder().decode(MailTemplate.self, from: bytes) == template)
        let broken = String(decoding: bytes, as: UTF8.self).replacing("{{contact.x}}", with: "{{contact.x")
        #expect(throws: (any Error).self) {
            try JSONDecoder().decode(MailTemplate.self, from: Data(broken.utf8))
        }
    }
}

@Suite("Links in a template")
struct TemplateLinkTests {
    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var url: String
        var value: String
        /// Nil when the value is refused.
        var expected: String?
    }

    @Test(
        "lead only where mail, telephones and the web are",
        arguments: [
            Example(
                testDescription: "a whole address", url: "{{sender.link}}",
                value: "https://example.org/a?b=c&d=e",
                expected: "https://example.org/a?b=c&amp;d=e"),
            Example(
                testDescription: "a bare domain", url: "{{sender.link}}", value: "example.org/a",
                expected: "https://example.org/a"),
            Example(
                testDescription: "a script", url: "{{sender.link}}", value: "javascript:alert(1)",
                expected: nil),
            Example(
                testDescription: "a script in disguise", url: "{{sender.link}}",
                value: "JaVaScRiPt:alert(1)", expected: nil),
            Example(
                testDescription: "data", url: "{{sender.link}}", value: "data:text/html,x", expected: nil),
            Example(
                testDescription: "no address at all", url: "{{sender.link}}", value: "my page",
                expected: nil),
            Example(
                testDescription: "a part of an address", url: "https://example.org/?to={{sender.link}}&x=1",
                value: "a&b=c d/é",
                expected: "https://example.org/?to=a%26b%3Dc%20d%2F%C3%A9&amp;x=1"),
            Example(
                testDescription: "an attribute break", url: "https://example.org/{{sender.link}}",
                value: "\" onclick=\"x",
                expected: "https://example.org/%22%20onclick%3D%22x"),
            Example(
                testDescription: "another host", url: "https://example.org{{sender.link}}",
                value: "@evil.test",
                expected: "https://example.org%40evil.test"),
            Example(
                testDescription: "an address to write to", url: "mailto:{{sender.link}}",
                value: "kari@example.org", expected: "mailto:kari@example.org"),
        ])
    func lead(_ example: Example) throws {
        let template = try template("[here](\(example.url))")
        let mail = try? template.rendered(with: ["sender.link": example.value])
        #expect(mail?.html == example.expected.map { "<p><a href=\"\($0)\">here</a></p>" })
    }

    @Test("refuses a fallback that holds a tag itself")
    func tagInFallback() {
        #expect(throws: TemplateProblem.self) {
            try MailTemplate(
                name: "t", subject: "Hello", body: "Dear {{contact.lastName}}",
                fallbacks: ["contact.lastName": "{{contact.email}}"])
        }
    }
}
