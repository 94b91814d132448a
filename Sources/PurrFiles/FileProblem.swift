/// What is wrong with a file, in one sentence that says what to do.
package struct FileProblem: Error, Hashable, Sendable {
    /// The file's name, as the reader was given it.
    package let file: String
    /// Counted from 1; nil when no one line is meant.
    package let line: Int?
    package let text: String

    package init(file: String, line: Int?, text: String) {
        self.file = file
        self.line = line
        self.text = text
    }
}

extension FileProblem: CustomStringConvertible {
    /// As in `intro.yaml:4: Unknown key "aftr"; did you mean "after"?`.
    package var description: String {
        line.map { "\(file):\($0): \(text)" } ?? "\(file): \(text)"
    }
}
