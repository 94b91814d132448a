import Testing

@testable import PurrMailbox

@Suite("A response")
struct ResponseTests {
    private func tokens(_ text: String) -> [IMAPToken] {
        IMAPResponse(bytes: Array(text.utf8)).tokens
    }

    @Test("has atoms, quoted strings, literals and parentheses")
    func tokens() {
        #expect(
            tokens("* LIST (\\Sent) \"/\" {4}\r\nS nt\r\n")
                == [
                    .atom("LIST"), .open, .atom("\\Sent"), .close, .string(Array("/".utf8)),
                    .string(Array("S nt".utf8)),
                ])
        #expect(
            tokens("* X \"a\\\"b\" ~{1}\r\n(") == [
                .atom("X"), .string(Array("a\"b".utf8)), .string([0x28]),
            ])
    }

    @Test("takes what only looks like a literal as an atom")
    func looksLikeALiteral() {
        #expect(tokens("* X {9}\r\nabc") == [.atom("X"), .atom("{9}"), .atom("abc")])
        #expect(tokens("* X {1x}\r\na") == [.atom("X"), .atom("{1x}"), .atom("a")])
        #expect(tokens("* X {") == [.atom("X"), .atom("{")])
    }

    @Test("of braces alone is read in one pass", .timeLimit(.minutes(1)))
    func manyBraces() {
        let count = 500_000
        #expect(tokens("* " + String(repeating: "{ ", count: count)).count == count)
    }
}
