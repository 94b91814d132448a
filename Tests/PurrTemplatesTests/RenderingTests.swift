import Testing

@testable import PurrTemplates

@Suite("Rendering a template")
struct RenderingTests {
    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var body: String
        var text: String
        var html: String
    }

    @Test(
        "gives text that reads like a mail and HTML that says the same",
        arguments: [
            Example(
                testDescription: "paragraphs", body: "a\n\n\nb\n\n", text: "a\n\nb",
                html: "<p>a</p>\n<p>b</p>"),
            Example(
                testDescription: "lines stay lines", body: "Best\nKari", text: "Best\nKari",
                html: "<p>Best<br>\nKari</p>"),
            Example(
                testDescription: "CRLF", body: "a\r\nb\r\n\r\nc", text: "a\nb\n\nc",
                html: "<p>a<br>\nb</p>\n<p>c</p>"),
            Example(
                testDescription: "emphasis", body: "*a* **b** `c`", text: "a b c",
                html: "<p><em>a</em> <strong>b</strong> <code>c</code></p>"),
            Example(
                testDescription: "a heading", body: "## a\nb", text: "a\n\nb", html: "<h2>a</h2>\n<p>b</p>"),
            Example(
                testDescription: "a link", body: "[a](https://example.org/b)",
                text: "a (https://example.org/b)",
                html: "<p><a href=\"https://example.org/b\">a</a></p>"),
            Example(
                testDescription: "a link that says where it goes",
                body: "<https://example.org> <kari@example.org>",
                text: "https://example.org kari@example.org",
                html: "<p><a href=\"https://example.org\">https://example.org</a> "
                    + "<a href=\"mailto:kari@example.org\">kari@example.org</a></p>"),
            Example(
                testDescription: "a link by reference", body: "[a][1]\n\n[1]: https://example.org/b",
                text: "a (https://example.org/b)",
                html: "<p><a href=\"https://example.org/b\">a</a></p>"),
            Example(
                testDescription: "an image", body: "![a *b*](https://example.org/c.png)", text: "a b",
                html: "<p><img src=\"https://example.org/c.png\" alt=\"a b\"></p>"),
            Example(
                testDescription: "a list", body: "a\n\n- b\n- c\n\nd", text: "a\n\n- b\n- c\n\nd",
                html: "<p>a</p>\n<ul>\n<li>b</li>\n<li>c</li>\n</ul>\n<p>d</p>"),
            Example(
                testDescription: "a list with space", body: "- b\n\n- c", text: "- b\n\n- c",
                html: "<ul>\n<li><p>b</p>\n</li>\n<li><p>c</p>\n</li>\n</ul>"),
            Example(
                testDescription: "numbers go on from where they start", body: "9. a\n9. b",
                text: "9. a\n10. b",
                html: "<ol start=\"9\">\n<li>a</li>\n<li>b</li>\n</ol>"),
            Example(
                testDescription: "a list in a list, and lines in an item", body: "1. a\n   b\n   - c\n2. d",
                text: "1. a\n   b\n   - c\n2. d",
                html: "<ol>\n<li>a<br>\nb<ul>\n<li>c</li>\n</ul>\n</li>\n<li>d</li>\n</ol>"),
            Example(
                testDescription: "an item with two paragraphs", body: "- a\n\n  b\n- c",
                text: "- a\n\n  b\n\n- c",
                html: "<ul>\n<li><p>a</p>\n<p>b</p>\n</li>\n<li><p>c</p>\n</li>\n</ul>"),
            Example(
                testDescription: "quotes", body: "> a\n>\n> > b\n\nc", text: "> a\n>\n> > b\n\nc",
                html:
                    "<blockquote>\n<p>a</p>\n<blockquote>\n<p>b</p>\n</blockquote>\n</blockquote>\n<p>c</p>"
            ),
            Example(
                testDescription: "a quote in an item", body: "- > a\n- b", text: "- > a\n- b",
                html: "<ul>\n<li><blockquote>\n<p>a</p>\n</blockquote>\n</li>\n<li>b</li>\n</ul>"),
            Example(
                testDescription: "code keeps its blanks", body: "```\na  <b>\n  c\n```",
                text: "a  <b>\n  c",
                html: "<pre><code>a  &lt;b&gt;\n  c\n</code></pre>"),
            Example(
                testDescription: "a rule", body: "a\n\n---\n\nb", text: "a\n\n----------\n\nb",
                html: "<p>a</p>\n<hr>\n<p>b</p>"),
            Example(
                testDescription: "an item with nothing in it", body: "-\n- a", text: "-\n- a",
                html: "<ul>\n<li></li>\n<li>a</li>\n</ul>"),
            Example(
                testDescription: "signs of HTML", body: "a & b \\<c> &lt;", text: "a & b <c> <",
                html: "<p>a &amp; b &lt;c&gt; &lt;</p>"),
        ])
    func renders(_ example: Example) throws {
        let mail = try template(example.body).rendered(with: [:])
        #expect(mail.text == example.text)
        #expect(mail.html == example.html)
    }

    @Test("leaves nothing behind at the end of a line or of the mail")
    func noTrailingJunk() throws {
        let mail = try template("a  \nb\\\nc\n\n> \n\n- \n\n\u{00A0}").rendered(with: [:])
        #expect(!mail.text.hasSuffix("\n"))
        #expect(mail.text.split(separator: "\n").allSatisfy { !$0.hasSuffix(" ") })
    }

    @Test("survives any nesting")
    func deepNesting() throws {
        let deep = try template(String(repeating: ">", count: 20_000) + " {{contact.x}}").rendered(with: [
            "contact.x": "y"
        ])
        #expect(deep.text.hasSuffix(" y"))
        let stars = try template(String(repeating: "*a **b ", count: 5_000)).rendered(with: [:])
        #expect(stars.text.contains("b"))
    }

    @Test(
        "puts no value and no hole anywhere but where the tokens are", arguments: 0..<200 as Range<UInt64>)
    func randomTemplates(_ seed: UInt64) throws {
        var numbers = Numbers(state: seed)
        let parts = [
            "{{contact.x}}", "*", "**", "_", "`", "```\n", "\n", "\n\n", "- ", "1. ", "> ", "# ", "[",
            "](https://example.org/)", "(", ")",
            "!", "\\", "a", " ", "    ", "&", "---\n", "<https://example.org/{{contact.x}}>", "{", "}", "|",
            "é", "\t",
        ]
        let body = "z" + (0..<40).map { _ in parts[Int(numbers.next() % UInt64(parts.count))] }.joined()
        // Some of these are broken; then they are refused, and that is all there is to see.
        guard let template = try? template(body) else { return }
        let mail = try template.rendered(with: ["contact.x": "<VALUE>"])
        #expect(!mail.html.contains("<VALUE>"))
        for sign in ["\u{10FFF0}", "\u{10FFF1}"] {
            #expect(!mail.text.contains(sign) && !mail.html.contains(sign))
        }
        #expect(mail.html.count { $0 == "<" } == mail.html.count { $0 == ">" })
    }
}

/// A small seeded generator (SplitMix64).
struct Numbers {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        let mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        return mixed ^ (mixed >> 31)
    }
}
