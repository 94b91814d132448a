internal import PurrTemplates

/// Plain text with tokens: a task's title or notes (spec S1.4).
struct TaskText {
    let source: String

    /// A token that has neither value nor fallback.
    struct MissingToken: Error { let name: String }

    init(_ source: String) { self.source = source }

    /// The text with its values; links and emphasis stay as they were written.
    func filled(with values: [String: String]) throws -> String {
        do {
            return try PlainTokens(source).filled(with: values)
        } catch let missing as PlainTokens.Missing {
            throw MissingToken(name: missing.name)
        }
    }
}
