/// Writes CSV that spreadsheets read as what it is: text stays text.
///
/// Source: RFC 4180. A cell that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, a
/// tab or a return, in any width) gets an apostrophe before it, and ``ContactFile`` takes that away again, so
/// that nothing is lost between an export and an import.
package enum CSVWriter {
    /// One record with its line end.
    package static func line(_ cells: [Cell]) -> String {
        cells.map(\.text).joined(separator: ",") + "\r\n"
    }

    /// What stands in a cell.
    package enum Cell: Sendable, Hashable {
        case text(String)
        case number(Int)
        /// With at most four digits after the point; empty for nil.
        case fraction(Double?)

        fileprivate var text: String {
            switch self {
            case .text(let text): quoted(guarded(text))
            case .number(let number): String(number)
            case .fraction(let fraction): fraction.map { decimal($0) } ?? ""
            }
        }
    }

    private static func decimal(_ fraction: Double) -> String {
        let digits = String(Int((fraction * 10_000).rounded()))
        let padded = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
        var text = padded.dropLast(4) + "." + padded.suffix(4)
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return String(text)
    }

    private static func quoted(_ text: String) -> String {
        let needsQuotes = text.unicodeScalars.contains { [",", "\"", "\n", "\r", ";", "\t"].contains($0) }
        let isPadded = text.first?.isWhitespace ?? false || text.last?.isWhitespace ?? false
        return needsQuotes || isPadded ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }

    private static func guarded(_ text: String) -> String { isFormula(text) ? "'" + text : text }

    /// Signs at which spreadsheets begin to calculate; the wide ones are what some of them make the same.
    private static let signs: Set<Unicode.Scalar> = [
        "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠",
    ]

    /// Whether a spreadsheet would calculate it, behind whatever apostrophes were there before.
    static func isFormula(_ text: String) -> Bool {
        text.unicodeScalars.first { $0 != "'" }.map(signs.contains) ?? false
    }

    /// A cell without the apostrophe that keeps it from being a formula.
    static func unguarded(_ cell: String) -> String {
        cell.first == "'" && isFormula(cell) ? String(cell.dropFirst()) : cell
    }
}
