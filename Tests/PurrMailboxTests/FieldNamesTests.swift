import Testing

@testable import PurrMailbox

@Suite("The field names that a server repeats")
struct FieldNamesTests {
    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var line: String
        var shown: String
    }

    @Test(arguments: [
        Example(
            testDescription: "are kept from libetpan",
            line: "* 7 FETCH (UID 9 BODY[HEADER.FIELDS (From Message-ID)] {12}\r\n",
            shown: "* 7 FETCH (UID 9 BODY[HEADER] {12}\r\n"),
        Example(
            testDescription: "are kept from it in small letters, in quotes, and with an origin",
            line: "* 7 FETCH (UID 9 body[header.fields (\"From\")]<0> {12}\r\n",
            shown: "* 7 FETCH (UID 9 body[header]<0> {12}\r\n"),
        Example(
            testDescription: "stay where their list has no end in this line",
            line: "* 7 FETCH (UID 9 BODY[HEADER.FIELDS (From {4}\r\n",
            shown: "* 7 FETCH (UID 9 BODY[HEADER.FIELDS (From {4}\r\n"),
        Example(
            testDescription: "stay where other fields than those are meant",
            line: "* 7 FETCH (BODY[HEADER.FIELDS.NOT (From)] {4}\r\n",
            shown: "* 7 FETCH (BODY[HEADER.FIELDS.NOT (From)] {4}\r\n"),
        Example(
            testDescription: "are not looked for in a whole message",
            line: "* 7 FETCH (UID 9 BODY[] {4}\r\n", shown: "* 7 FETCH (UID 9 BODY[] {4}\r\n"),
        Example(
            testDescription: "are not there at the end of a line", line: "* 7 FETCH ([",
            shown: "* 7 FETCH (["),
    ])
    func shows(_ example: Example) {
        let shown = IMAPResponse.withoutFieldNames(Array(example.line.utf8))
        #expect(String(decoding: shown, as: UTF8.self) == example.shown)
    }
}
