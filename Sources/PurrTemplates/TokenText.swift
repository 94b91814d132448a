/// Text with places to be filled.
struct TokenText: Hashable, Sendable {
    enum Piece: Hashable, Sendable {
        case literal(String)
        case token(Token)
    }

    var pieces: [Piece]

    var tokens: [Token] {
        pieces.compactMap { piece in
            if case .token(let token) = piece { token } else { nil }
        }
    }
}

/// A place to be filled: `{{contact.firstName}}`, or `{{contact.firstName|there}}` with a fallback.
struct Token: Hashable, Sendable {
    /// The namespace, a dot and the property, for example `contact.firstName`.
    let name: String
    /// What stands in when there is no value; never blank.
    let fallback: String?

    static let namespaces = ["contact", "company", "sender", "sequence", "snippet"]

    /// The name of the snippet whose text belongs here (``MailTemplate/expanded(_:)``).
    var snippet: String? { name.hasPrefix("snippet.") ? String(name.dropFirst("snippet.".count)) : nil }
}

extension TokenText {
    /// Finds the tokens of a text.
    ///
    /// A backslash before `{{` makes it ordinary text; it stays, because Markdown takes it away itself.
    init(_ text: String, in part: TemplateProblem.Part) throws(TemplateProblem) {
        var pieces: [Piece] = []
        var literal = ""
        var line = 1
        var rest = Substring(text).unicodeScalars
        while let scalar = rest.first {
            if scalar == "\\", let next = rest.dropFirst().first {
                literal.unicodeScalars.append(contentsOf: [scalar, next])
                if next == "\n" { line += 1 }
                rest = rest.dropFirst(2)
                // Both braces of `\{{`.
                if next == "{", rest.first == "{" {
                    literal.unicodeScalars.append("{")
                    rest = rest.dropFirst()
                }
            } else if scalar == "{", rest.dropFirst().first == "{" {
                let tag = rest.dropFirst(2).prefix { $0 != "\n" && $0 != "}" && $0 != "{" }
                let after = rest[tag.endIndex...]
                let token = try Self.token(
                    String(tag), isClosed: after.starts(with: "}}".unicodeScalars), next: after.first,
                    at: (part, line))
                if !literal.isEmpty { pieces.append(.literal(literal)) }
                literal = ""
                pieces.append(.token(token))
                rest = after.dropFirst(2)
            } else {
                if scalar == "\n" { line += 1 }
                literal.unicodeScalars.append(scalar)
                rest = rest.dropFirst()
            }
        }
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        self.pieces = pieces
    }

    private static func token(
        _ tag: String, isClosed: Bool, next: Unicode.Scalar?,
        at place: (part: TemplateProblem.Part, line: Int)
    ) throws(TemplateProblem) -> Token {
        func problem(_ text: String) -> TemplateProblem {
            TemplateProblem(place.part, line: place.part == .body ? place.line : nil, text)
        }
        let halves = tag.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
            .map { $0.trimmingBlanks() }
        let name = halves[0]
        guard isClosed else {
            if next == "{", name.isEmpty {
                throw problem("Three braces \"{{{\" are not used here; write {{contact.firstName}}.")
            }
            throw problem(
                "The tag \"{{\(tag.prefix(40))\" is not closed; end it with \"}}\" on the same line.")
        }
        guard let sign = name.unicodeScalars.first else {
            throw problem("The tag {{}} names nothing; write for example {{contact.firstName}}.")
        }
        guard !"#/^!>&=".unicodeScalars.contains(sign) else {
            throw problem("{{\(name)}} is no token: there are no sections or partials here, only values.")
        }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard Self.namespaces.contains(parts[0]) else { throw problem(unknownNamespace(in: name)) }
        guard parts.count > 1,
            parts.dropFirst().allSatisfy({ !$0.isEmpty && $0.allSatisfy(mayStandInName) })
        else {
            throw problem("{{\(name)}} names no property; write for example {{\(parts[0]).firstName}}.")
        }
        guard parts[0] != "snippet" || parts.count == 2 && halves.count == 1 else {
            throw problem("{{\(tag)}} is no snippet; write its name alone, as in {{snippet.signature}}.")
        }
        guard halves.count == 2 else { return Token(name: name, fallback: nil) }
        guard !halves[1].isEmpty else {
            throw problem(
                "The fallback of {{\(name)}} is blank; write the words to use instead of a value.")
        }
        return Token(name: name, fallback: halves[1])
    }

    private static let namespaces = Token.namespaces.map { Substring($0) }

    private static func unknownNamespace(in name: String) -> String {
        "Unknown token {{\(name)}}; tokens begin with contact., company., sender., sequence. or snippet."
    }

    private static func mayStandInName(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_" || character == "-"
    }
}

extension StringProtocol {
    /// Without white space on either side.
    func trimmingBlanks() -> String {
        var scalars = Substring(self).unicodeScalars
        while scalars.first?.properties.isWhitespace == true { scalars.removeFirst() }
        while scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
        return String(scalars)
    }
}

extension String {
    /// With `{` for each `\{` that keeps one from being a token.
    func withPlainBraces() -> String {
        utf8.contains(UInt8(ascii: "\\")) ? replacing("\\{", with: "{") : self
    }
}
