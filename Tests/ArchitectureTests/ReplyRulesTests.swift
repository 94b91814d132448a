import Foundation
import Testing

/// Holds the tests to the rules about replies, by their numbers in docs/rules.md.
@Suite("The rules R1 to R3")
struct ReplyRulesTests {
    static let rules =
        (1...6).map { "R1.\($0)" } + (1...8).map { "R2.\($0)" }
        + ["a", "b", "c", "d", "e"].map { "R2.\($0)" }
        + (1...10).map { "R3.\($0)" } + ["a", "b", "c", "d", "e", "f", "g"].map { "R3.\($0)" }

    @Test("have each a test that names it", arguments: rules)
    func hasTest(rule: String) throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let walk = try #require(
            FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil))
        for case let file as URL in walk
        where file.pathExtension == "swift" && file.lastPathComponent != "ReplyRulesTests.swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            // `R3.1` is not named by `R3.10`.
            let named = text.ranges(of: rule).contains { range in
                range.upperBound == text.endIndex
                    || !(text[range.upperBound].isNumber || text[range.upperBound].isLetter)
            }
            let isTestName = text.split(separator: "\n").contains {
                ($0.contains("@Test") || $0.contains("testDescription:") || $0.contains("    \"R"))
                    && $0.contains(rule)
            }
            if named, isTestName { return }
        }
        Issue.record("no test names \(rule)")
    }
}
