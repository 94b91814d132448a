import PurrSequences
import Testing

@Suite("Conditions on pages")
struct URLConditionTests {
    struct Example: CustomTestStringConvertible, Sendable {
        let condition: String
        let url: String
        let holds: Bool
        var testDescription: String { "\(condition): \(url)" }
    }

    @Test(
        "S6.2: is, contains, starts with, ends with, their negations, and/or; a * is an ordinary character",
        arguments: [
            Example(
                condition: #"is "https://www.example.org/pricing""#, url: "https://www.example.org/pricing",
                holds: true),
            Example(
                condition: #"is "https://www.example.org/pricing""#,
                url: "https://www.example.org/pricing?a",
                holds: false),
            Example(
                condition: #"is "https://WWW.Example.org/Pricing""#, url: "https://www.example.org/Pricing",
                holds: true),
            Example(
                condition: #"is "https://www.example.org/Pricing""#, url: "https://www.example.org/pricing",
                holds: false),
            Example(condition: #"contains "pric""#, url: "https://example.org/pricing", holds: true),
            Example(condition: #"not contains "pric""#, url: "https://example.org/pricing", holds: false),
            Example(condition: #"does not contain "zz""#, url: "https://example.org/pricing", holds: true),
            Example(condition: #"starts with "https://""#, url: "https://example.org", holds: true),
            Example(condition: #"does not start with "https://""#, url: "http://example.org", holds: true),
            Example(condition: #"ends with ".pdf""#, url: "https://example.org/a.pdf", holds: true),
            Example(condition: #"not ends with ".pdf""#, url: "https://example.org/a.pdf", holds: false),
            Example(condition: #"is not "a""#, url: "b", holds: true),
            Example(condition: #"contains "*""#, url: "https://example.org/pricing", holds: false),
            Example(condition: #"contains "/*/""#, url: "https://example.org/*/x", holds: true),
            Example(condition: #"contains "a" and contains "b" or contains "c""#, url: "c", holds: true),
            Example(condition: #"contains "a" and (contains "b" or contains "c")"#, url: "c", holds: false),
            Example(condition: #"not (contains "a" or contains "b")"#, url: "c", holds: true),
            Example(condition: #"contains "quote\"d""#, url: #"https://example.org/quote"d"#, holds: true),
            Example(condition: "contains pricing", url: "https://example.org/pricing", holds: true),
        ])
    func holds(_ example: Example) throws {
        let condition = try URLConditionReader.read(example.condition)
        #expect(condition.holds(for: example.url) == example.holds)
        #expect(try URLConditionReader.read("\(condition)") == condition)
    }

    @Test(
        "that are none are refused with a sentence",
        arguments: [
            "", "pricing", "contains", #"contains """#, #"contains "a" contains "b""#, #"contains "a"#,
            #"(contains "a""#, #"starts "a""#, #"contains "a" and"#, #"does contain "a""#,
            String(repeating: "(", count: 5_000), String(repeating: "not ", count: 2_400) + #"is "a""#,
        ])
    func refused(text: String) {
        #expect(throws: URLConditionProblem.self) { try URLConditionReader.read(text) }
    }
}
