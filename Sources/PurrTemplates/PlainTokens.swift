/// Text with tokens that is no e-mail: the title and the notes of a task.
package struct PlainTokens: Sendable {
    private let text: TokenText

    /// A token that has neither a value nor a fallback (spec S3.4).
    package struct Missing: Error, Hashable, Sendable {
        package let name: String
    }

    package init(_ source: String) throws(TemplateProblem) {
        for scalar in source.unicodeScalars where scalar != "\n" && scalar != "\t" && scalar.isControl {
            throw TemplateProblem(.body, "The text holds a control character; delete it.")
        }
        text = try TokenText(source.withLineFeeds(), in: .body)
    }

    /// The names of all tokens.
    package var names: Set<String> { Set(text.tokens.map(\.name)) }

    /// The tokens that have a fallback in their tag.
    package var namesWithFallback: Set<String> {
        Set(text.tokens.filter { $0.fallback != nil }.map(\.name))
    }

    package func filled(with values: [String: String]) throws(Missing) -> String {
        var filled = ""
        for piece in text.pieces {
            switch piece {
            case .literal(let literal): filled += literal.withPlainBraces()
            case .token(let token):
                let value = (values[token.name] ?? "").trimmingBlanks()
                guard let word = value.isEmpty ? token.fallback : value else {
                    throw Missing(name: token.name)
                }
                filled += word
            }
        }
        return filled
    }
}
