import Foundation
import PurrEngine
@testable import PurrWeb
import Testing

@Suite("What clients say of themselves")
struct ReadingTests {
    struct Address: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var peer: String?
        var forwarded: String?
        var expected: String
    }

    @Test(arguments: [
        Address(testDescription: "the peer", peer: "192.0.2.7", expected: "192.0.2.7"),
        Address(
            testDescription: "the proxy's word, when it is on this machine", peer: "127.0.0.1",
            forwarded: "203.0.113.9", expected: "203.0.113.9"),
        Address(
            testDescription: "its last entry alone: what stands before it is the client's own", peer: "::1",
            forwarded: "1.1.1.1, 203.0.113.9", expected: "203.0.113.9"),
        Address(
            testDescription: "nobody's word from another machine", peer: "192.0.2.7", forwarded: "1.1.1.1",
            expected: "192.0.2.7"),
        Address(
            testDescription: "a word that is no address", peer: "127.0.0.1", forwarded: "evil.test",
            expected: "127.0.0.1"),
        Address(
            testDescription: "a whole /64 as one", peer: "2001:db8:1:2:3:4:5:6",
            expected: "2001:db8:1:2::/64"),
        Address(testDescription: "the same, shortened", peer: "2001:db8::9", expected: "2001:db8:0:0::/64"),
    ])
    func address(_ example: Address) {
        #expect(ClientAddress.text(peer: example.peer, forwarded: example.forwarded) == example.expected)
    }

    struct Form: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var body: String
        var type: String? = "application/x-www-form-urlencoded"
        var expected: [String: String]
    }

    @Test(arguments: [
        Form(
            testDescription: "urlencoded", body: "a=1&b=x+y%21&c",
            expected: ["a": "1", "b": "x y!", "c": ""]),
        Form(testDescription: "without a type", body: "a=%C3%A5", type: nil, expected: ["a": "å"]),
        Form(testDescription: "the first of two", body: "a=1&a=2", expected: ["a": "1"]),
        Form(testDescription: "a broken escape", body: "a=%zz&b=1", expected: ["a": "", "b": "1"]),
        Form(
            testDescription: "JSON", body: #"{"a":"1","n":2,"t":true,"deep":{"x":1},"no":null}"#,
            type: "application/json; charset=utf-8", expected: ["a": "1", "n": "2", "t": "true"]),
        Form(
            testDescription: "JSON that is none", body: "{\"a\":", type: "application/json", expected: [:]),
        Form(
            testDescription: "parts, files passed over",
            body:
                "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\ntwo\r\n--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\nzzz\r\n--x--\r\n",
            type: "multipart/form-data; boundary=\"x\"", expected: ["a": "one\ntwo"]),
        Form(
            testDescription: "parts without a boundary", body: "--\r\n\r\n", type: "multipart/form-data",
            expected: [:]),
    ])
    func form(_ example: Form) {
        #expect(FormBody(Array(example.body.utf8), type: example.type).fields == example.expected)
    }

    @Test(
        "choose a language",
        arguments: [
            ("nb", "nb"), ("no", "nb"), ("nn-NO", "nb"), ("de,nb;q=0.5", "nb"),
            ("en;q=0.1, nb;q=0.9", "nb"),
            ("nb;q=0", "en"), ("*", "en"), ("", "en"), (";;;,,,q=", "en"), ("en-GB,nb", "en"),
        ])
    func language(field: String, expected: String) throws {
        #expect(try WebPages().language(for: field) == expected)
    }

    @Test(
        "a page with a hole stops the start, with its place",
        arguments: [
            ("page.html", "<p>{{title}} {{text}}</p>", "{{action}}"),
            ("page.html", "{{title}}{{text}}{{action}}{{name}}", "{{name}}"),
            ("page.html", "{{title}}{{text}}{{action}}{{", "}}"),
            ("de.json", "{}", "unsubscribe"),
            ("de.json", "{\"unsubscribe\":", "JSON"),
        ])
    func brokenPages(name: String, content: String, says: String) throws {
        let folder = NSTemporaryDirectory() + "purr-pages-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(content.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
        let error = #expect(throws: CommandError.self) { try WebPages(folder: folder) }
        #expect(error?.kind == .configuration)
        #expect(error?.text.contains(says) == true)
    }

    @Test(
        "take a public URL that browsers can reach and nobody can bend",
        arguments: [
            ("https://go.example.org", "https://go.example.org"),
            ("https://example.org/purr/", "https://example.org/purr"),
            ("http://127.0.0.1:8025", "http://127.0.0.1:8025"),
        ])
    func publicURL(text: String, expected: String) {
        #expect(PublicURL(text)?.text == expected)
    }

    @Test(
        "refuse any other",
        arguments: [
            "", "go.example.org", "http://go.example.org", "javascript:alert(1)", "https://", "https://a b",
            "https://user:pass@example.org", "https://example.org/?x", "https://example.org/#x",
            "https://example.org/\r\nX: y", "https://example.org/\"", "file:///etc",
        ])
    func noPublicURL(text: String) { #expect(PublicURL(text) == nil) }
}
