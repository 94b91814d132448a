/// Why a text is no condition on pages.
package struct URLConditionProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence.
    package let text: String
    package var description: String { text }
}

/// Reads what people write as a ``URLCondition``.
///
/// `or` binds looser than `and`, `not` tightest; brackets group. Relations are `is`, `contains`,
/// `starts with`, `ends with`, each with its negation (`is not`, `not contains`, `does not contain`, …).
package struct URLConditionReader {
    private var words: [Word]
    private var depth = 0

    private enum Word: Hashable {
        case bare(String)
        case quoted(String)
        case open, close
    }

    /// - Throws: ``URLConditionProblem`` with a sentence that says what is wrong.
    package static func read(_ text: String) throws(URLConditionProblem) -> URLCondition {
        guard text.utf8.count <= 10_000 else { throw problem("It is longer than 10,000 bytes.") }
        var reader = URLConditionReader(words: try words(of: text))
        let condition = try reader.either()
        guard reader.words.isEmpty else {
            throw problem("After a test should stand \"and\" or \"or\", and not \(shown(reader.words[0])).")
        }
        return condition
    }

    private static func problem(_ text: String) -> URLConditionProblem {
        URLConditionProblem(
            text:
                "\(text) Write a condition on pages as in: contains \"/pricing\" and not ends with \".pdf\"."
        )
    }

    private static func shown(_ word: Word) -> String {
        switch word {
        case .bare(let text), .quoted(let text): "\"\(text.prefix(40))\""
        case .open: "\"(\""
        case .close: "\")\""
        }
    }

    private static func words(of text: String) throws(URLConditionProblem) -> [Word] {
        var words: [Word] = []
        var rest = Substring(text)
        while let sign = rest.first {
            if sign.isWhitespace {
                rest.removeFirst()
            } else if sign == "(" || sign == ")" {
                words.append(sign == "(" ? .open : .close)
                rest.removeFirst()
            } else if sign == "\"" {
                words.append(.quoted(try quoted(&rest)))
            } else {
                let end = rest.firstIndex { $0.isWhitespace || "()\"".contains($0) } ?? rest.endIndex
                words.append(.bare(String(rest[..<end])))
                rest = rest[end...]
            }
        }
        return words
    }

    private static func quoted(_ rest: inout Substring) throws(URLConditionProblem) -> String {
        rest.removeFirst()
        var text = ""
        while let sign = rest.popFirst() {
            if sign == "\"" { return text }
            if sign == "\\", let next = rest.popFirst() { text.append(next) } else { text.append(sign) }
        }
        throw problem("The quotation mark before \"\(text.prefix(40))\" is never closed.")
    }

    // MARK: The grammar

    private mutating func either() throws(URLConditionProblem) -> URLCondition {
        var condition = try both()
        while takes("or") { condition = .or(condition, try both()) }
        return condition
    }

    private mutating func both() throws(URLConditionProblem) -> URLCondition {
        var condition = try single()
        while takes("and") { condition = .and(condition, try single()) }
        return condition
    }

    private mutating func single() throws(URLConditionProblem) -> URLCondition {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 100 else { throw Self.problem("It is nested too deeply.") }
        if words.first == .open {
            words.removeFirst()
            let condition = try either()
            guard words.first == .close else { throw Self.problem("A bracket is never closed.") }
            words.removeFirst()
            return condition
        }
        let isDone = takes("does") || takes("do")
        if takes("not") {
            // "is not" has its own order; here "not" stands before what it denies.
            return .not(try single())
        }
        guard !isDone else { throw Self.problem("After \"does\" should stand \"not\".") }
        return try test()
    }

    private mutating func test() throws(URLConditionProblem) -> URLCondition {
        let relation: URLCondition.Relation
        if takes("is") {
            relation = .is
        } else if takes("contains") || takes("contain") {
            relation = .contains
        } else if takes("startswith") {
            relation = .startsWith
        } else if takes("endswith") {
            relation = .endsWith
        } else if takes("starts") || takes("start") {
            relation = .startsWith
            guard takes("with") else { throw Self.problem("After \"starts\" should stand \"with\".") }
        } else if takes("ends") || takes("end") {
            relation = .endsWith
            guard takes("with") else { throw Self.problem("After \"ends\" should stand \"with\".") }
        } else {
            let found = words.first.map { ", and not \(Self.shown($0))" } ?? ""
            throw Self.problem(
                "Here should stand is, contains, starts with or ends with\(found).")
        }
        let isDenied = takes("not")
        guard let text = text() else {
            throw Self.problem("After \"\(relation.rawValue)\" should stand a text in quotes.")
        }
        guard !text.isEmpty else { throw Self.problem("The text after \"\(relation.rawValue)\" is empty.") }
        return isDenied ? .not(.test(relation, text)) : .test(relation, text)
    }

    private mutating func takes(_ word: String) -> Bool {
        guard case .bare(let next) = words.first, next.lowercased() == word else { return false }
        words.removeFirst()
        return true
    }

    /// A text in quotes, or one word without.
    private mutating func text() -> String? {
        switch words.first {
        case .quoted(let text), .bare(let text):
            words.removeFirst()
            return text
        default: return nil
        }
    }
}
