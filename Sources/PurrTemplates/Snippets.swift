extension MailTemplate {
    /// The names of the snippets it uses.
    package var snippets: Set<String> {
        Set(tokens.compactMap { Token(name: $0, fallback: nil).snippet })
    }

    /// The template with the text of snippets in the place of `{{snippet.NAME}}`, and checked again.
    ///
    /// - Parameter body: A snippet's text by its name; nil when there is none.
    package func expanded(_ body: (String) -> String?) throws(TemplateProblem) -> MailTemplate {
        guard !snippets.isEmpty else { return self }
        return try MailTemplate(
            name: name, subject: try PurrTemplates.expanded(subject, in: .subject, body),
            body: try PurrTemplates.expanded(self.body, in: .body, body), fallbacks: fallbacks)
    }
}

extension PlainTokens {
    /// A task's text with the text of snippets in the place of `{{snippet.NAME}}`.
    package static func expanded(
        _ source: String, _ body: (String) -> String?
    ) throws(TemplateProblem) -> String {
        try PurrTemplates.expanded(source, in: .body, body)
    }
}

/// Puts the text of snippets in the place of their tokens; what is not a snippet stays as it is written.
private func expanded(
    _ text: String, in part: TemplateProblem.Part, _ body: (String) -> String?
) throws(TemplateProblem) -> String {
    let tokens = try TokenText(text.withLineFeeds(), in: part)
    guard tokens.tokens.contains(where: { $0.snippet != nil }) else { return text }
    var expanded = ""
    for piece in tokens.pieces {
        switch piece {
        case .literal(let literal): expanded += literal
        case .token(let token):
            guard let name = token.snippet else {
                expanded += "{{\(token.name)\(token.fallback.map { "|\($0)" } ?? "")}}"
                continue
            }
            guard let snippet = body(name) else {
                throw TemplateProblem(
                    part, "There is no snippet \"\(name)\"; add it: purr snippet add \(name).md.")
            }
            if let nested = try TokenText(snippet, in: .body).tokens.lazy.compactMap(\.snippet).first {
                throw TemplateProblem(
                    part,
                    "The snippet \"\(name)\" holds {{snippet.\(nested)}}; a snippet cannot hold another one."
                )
            }
            guard part == .body || !snippet.contains("\n") else {
                throw TemplateProblem(
                    part,
                    "The snippet \"\(name)\" has several lines, and a subject is one line; write its words there."
                )
            }
            expanded += snippet
        }
    }
    return expanded
}
