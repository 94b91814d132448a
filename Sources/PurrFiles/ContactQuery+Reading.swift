extension ContactQuery {
    /// Reads a condition.
    ///
    /// - Throws: One sentence that says where it stops making sense.
    package static func read(_ text: String) throws(Malformed) -> ContactQuery {
        var reader = ContactQueryReader(tokens: try ContactQueryReader.tokens(of: text))
        let query = try reader.alternatives(depth: 0)
        guard let rest = reader.next else { return query }
        throw Malformed(
            text: "\"\(rest.text)\" is left over; join conditions with and, or: \"company = Nord and …\".")
    }
}

/// Takes a condition apart, token by token.
private struct ContactQueryReader {
    typealias Malformed = ContactQuery.Malformed

    struct Token {
        let text: String
        /// Whether it stood in quotes: then it is never a word of the language.
        let isQuoted: Bool

        func isWord(_ word: String) -> Bool { !isQuoted && text.lowercased() == word }
    }

    private var tokens: ArraySlice<Token>

    init(tokens: [Token]) { self.tokens = tokens[...] }

    var next: Token? { tokens.first }

    // Deep brackets would exhaust the stack.
    private static let mostNested = 50

    mutating func alternatives(depth: Int) throws(Malformed) -> ContactQuery {
        guard depth < Self.mostNested else { throw Malformed(text: "The brackets are nested too deeply.") }
        var parts = [try conjunction(depth: depth)]
        while takeWord("or") { parts.append(try conjunction(depth: depth)) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func conjunction(depth: Int) throws(Malformed) -> ContactQuery {
        var parts = [try factor(depth: depth)]
        while takeWord("and") { parts.append(try factor(depth: depth)) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func factor(depth: Int) throws(Malformed) -> ContactQuery {
        if takeWord("not") {
            guard depth < Self.mostNested else {
                throw Malformed(text: "There are too many \"not\" in a row.")
            }
            return .not(try factor(depth: depth + 1))
        }
        if takeWord("(") {
            let inner = try alternatives(depth: depth + 1)
            guard takeWord(")") else { throw Malformed(text: "A bracket is not closed; add \")\".") }
            return inner
        }
        return try test()
    }

    private mutating func test() throws(Malformed) -> ContactQuery {
        guard let property = tokens.popFirst(), !isSign(property) else {
            throw Malformed(
                text: "A condition should begin with a property, as in \"lastReplied > 2026-11-01\".")
        }
        let name = property.text
        if takeWord("is") {
            let isNegated = takeWord("not")
            guard takeWord("empty") else {
                throw Malformed(
                    text: "After \"\(name) is\" only \"empty\" or \"not empty\" makes sense; for values: =."
                )
            }
            let test = ContactQuery.test(.init(property: name, relation: .isEmpty, value: ""))
            return isNegated ? .not(test) : test
        }
        let isNegated = takeWord("not")
        guard let sign = tokens.popFirst(), !sign.isQuoted,
            let relation = ContactQuery.Relation(rawValue: sign.text.lowercased()),
            !isNegated || relation == .contains
        else {
            throw Malformed(
                text: "After \"\(name)\" comes one of = != < > <= >= contains, is empty, is not empty.")
        }
        guard let value = tokens.popFirst(), !isSign(value) else {
            throw Malformed(text: "After \"\(name) \(sign.text)\" a value is missing; empty is \"\".")
        }
        let test = ContactQuery.test(.init(property: name, relation: relation, value: value.text))
        return isNegated ? .not(test) : test
    }

    private func isSign(_ token: Token) -> Bool {
        !token.isQuoted && ["(", ")", "=", "!=", "<", ">", "<=", ">="].contains(token.text)
    }

    private mutating func takeWord(_ word: String) -> Bool {
        guard tokens.first?.isWord(word) ?? false else { return false }
        tokens.removeFirst()
        return true
    }

    // MARK: Tokens

    static func tokens(of text: String) throws(Malformed) -> [Token] {
        guard text.utf8.count <= 10_000 else { throw Malformed(text: "The condition is too long.") }
        var tokens: [Token] = []
        var rest = Substring(text)
        while let first = rest.first {
            if first.isWhitespace {
                rest.removeFirst()
            } else if first == "\"" || first == "'" {
                rest.removeFirst()
                guard let end = rest.firstIndex(of: first) else {
                    throw Malformed(text: "A quote is not closed; end it with \(first).")
                }
                tokens.append(Token(text: String(rest[..<end]), isQuoted: true))
                rest = rest[rest.index(after: end)...]
            } else if let sign = sign(at: rest) {
                tokens.append(Token(text: sign == "==" ? "=" : sign == "<>" ? "!=" : sign, isQuoted: false))
                rest = rest.dropFirst(sign.count)
            } else {
                let word = rest.prefix { !$0.isWhitespace && !"()=<>!\"'".contains($0) }
                guard !word.isEmpty else {
                    throw Malformed(text: "\"\(first)\" means nothing here; is it !=?")
                }
                tokens.append(Token(text: String(word), isQuoted: false))
                rest = rest.dropFirst(word.count)
            }
        }
        guard !tokens.isEmpty else {
            throw Malformed(text: "The condition is empty; write one such as \"company contains Nord\".")
        }
        return tokens
    }

    private static func sign(at text: Substring) -> String? {
        ["==", "!=", "<=", ">=", "<>", "=", "<", ">", "(", ")"].first { text.hasPrefix($0) }
    }
}
