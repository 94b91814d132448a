/// What is wrong with a template, or with filling it.
package struct TemplateProblem: Error, Hashable, Sendable {
    /// The part of the template that a problem belongs to.
    package enum Part: Hashable, Sendable {
        case subject
        case body
        /// The fallback of that token.
        case fallback(String)
    }

    package let part: Part
    /// Counted from 1 at the first line of the body; nil elsewhere, or when no one line is meant.
    package let line: Int?
    /// One sentence: what is wrong and what to do.
    package let text: String

    package init(_ part: Part, line: Int? = nil, _ text: String) {
        self.part = part
        self.line = line
        self.text = text
    }
}

extension TemplateProblem: CustomStringConvertible {
    package var description: String { text }
}
