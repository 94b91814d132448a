import PurrMail
import Testing

@Suite("Message identities")
struct MessageIDTests {
    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var field: String
        var ids: [String]
    }

    @Test(
        "are found however a field spells them",
        arguments: [
            Example(testDescription: "one", field: "<a@example.org>", ids: ["a@example.org"]),
            Example(
                testDescription: "several", field: "<a@x.test> <b@x.test>", ids: ["a@x.test", "b@x.test"]),
            Example(
                testDescription: "nothing between them", field: "<a@x.test><b@x.test>",
                ids: ["a@x.test", "b@x.test"]),
            Example(
                testDescription: "folded", field: " <a@x.test>\r\n\t<b@x.test>\r\n",
                ids: ["a@x.test", "b@x.test"]),
            Example(
                testDescription: "folded inside", field: "<abc\r\n def@x.test>", ids: ["abcdef@x.test"]),
            Example(
                testDescription: "comma-separated", field: "<a@x.test>, <b@x.test>,",
                ids: ["a@x.test", "b@x.test"]),
            Example(
                testDescription: "without brackets", field: "a@x.test b@x.test",
                ids: ["a@x.test", "b@x.test"]),
            Example(testDescription: "quoted", field: "\"<a@x.test>\"", ids: ["a@x.test"]),
            Example(
                testDescription: "a bracket forgotten", field: "<a@x.test <b@x.test>",
                ids: ["a@x.test", "b@x.test"]),
            Example(
                testDescription: "RFC 822's phrases", field: "Your message of Monday <a@x.test>",
                ids: ["a@x.test"]),
            Example(testDescription: "no identity at all", field: "<> <abc> hello", ids: []),
            Example(testDescription: "nothing", field: "", ids: []),
        ])
    func lists(_ example: Example) {
        #expect(MessageID.list(in: Array(example.field.utf8)).map(\.text) == example.ids)
    }

    @Test("keep the first and the last of an endless list")
    func bounded() {
        let field = (0..<100_000).map { "<\($0)@x.test>" }.joined(separator: " ")
        let ids = MessageID.list(in: Array(field.utf8))
        #expect(ids.count == 256)
        #expect(ids.first?.text == "0@x.test")
        #expect(ids.last?.text == "99999@x.test")
    }

    @Test(
        "cannot hold what ends a field",
        arguments: ["a@b\u{0}c", "a@é.test", "@x.test", "a@", "<a@b><c@d>", "", "no-at"])
    func refuses(_ text: String) {
        #expect(MessageID(text) == nil)
    }

    @Test("are compared byte for byte, and matched whatever the case")
    func comparing() throws {
        let sent = try #require(MessageID("<ABC@Example.org>"))
        let folded = try #require(MessageID("abc@example.org"))
        #expect(sent != folded)
        #expect(sent.matchingKey == folded.matchingKey)
        #expect(sent.description == "<ABC@Example.org>")
    }

    @Test("have the same keys in a header as they have one by one")
    func keys() throws {
        let field = "<A@x.test>, b@X.test \"<c\r\n d@x.test>\" <bad> <e@x.test"
        let header = MessageHeader(Array("References: \(field)\r\n\r\n".utf8))
        #expect(header.matchingKeys("References") == header.references.map(\.matchingKey))
        #expect(header.references.count == 4)
    }
}
