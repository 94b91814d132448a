import Foundation
import Testing

/// Holds the tests to the rules: each rule of sequences that docs/rules.md tells has a test that carries its number.
@Suite("The rules")
struct RuleTests {
    /// S1 to S8, and how many rules each has (docs/rules.md).
    static let rules: [(chapter: Int, count: Int)] = [
        (1, 7), (2, 7), (3, 6), (4, 6), (5, 4), (6, 3), (7, 3), (8, 3),
    ]

    /// The names of all tests, of Swift and of the end-to-end tests.
    private func names() throws -> [String] {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let walk = try #require(FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil))
        var names: [String] = []
        for case let file as URL in walk where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /@(?:Test|Suite)\(\s*"([^"]*)"/) { names.append(String(match.1)) }
        }
        return names
    }

    /// The numbers that docs/rules.md tells, as `S1.1`.
    private func told() throws -> Set<String> {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "docs/rules.md"), encoding: .utf8)
        let start = try #require(text.range(of: "## S:")).upperBound
        let end = try #require(text.range(of: "## M:")).lowerBound
        return Set(
            text[start..<end].matches(of: /\*\*S?(\d\.\d+)\*\*/).map { "S\($0.1)" })
    }

    @Test("each have a test named after it")
    func named() throws {
        let told = try told()
        let numbers = Set(try names().flatMap { $0.matches(of: /\bS\d\.\d+/).map { String($0.0) } })
        #expect(told.subtracting(numbers).sorted() == [], "told, and not tested")
        // A number that is no rule is a slip of the pen.
        let all = Self.rules.flatMap { chapter, count in (1...count).map { "S\(chapter).\($0)" } }
        #expect(numbers.union(told).subtracting(all).sorted() == [])
        #expect(told.count > 30)
    }
}
