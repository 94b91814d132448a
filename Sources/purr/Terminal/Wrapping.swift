/// Words on lines that fit the screen.
///
/// A command stays on one line where it fits on one, so that it can be copied.
func wrapped(_ text: String, indent: Int, firstIndent: Int? = nil, width: Int = Terminal.columns)
    -> [String]
{
    var lines: [String] = []
    var line = String(repeating: " ", count: firstIndent ?? indent)
    var used = Table.width(line)
    var isEmpty = true
    for piece in pieces(of: Terminal.oneLine(text), width: width - indent) {
        let size = Table.width(piece)
        if !isEmpty, used + 1 + size > width {
            lines.append(line)
            line = String(repeating: " ", count: indent)
            used = indent
            isEmpty = true
        }
        line += isEmpty ? piece : " \(piece)"
        used += size + (isEmpty ? 0 : 1)
        isEmpty = false
    }
    return lines + [line]
}

/// The same behind a head that is as wide as the indent.
func wrapped(_ text: String, after head: Int) -> String {
    String(wrapped(text, indent: head).joined(separator: "\n").dropFirst(head))
}

/// Prints a text whose beginning is a title, on lines that fit the screen.
func printWrapped(title: String, _ rest: String) {
    let title = Terminal.oneLine(title)
    var lines =
        Terminal.screen == nil
        ? [Terminal.oneLine(title + rest)] : wrapped(title + rest, indent: 2, firstIndent: 0)
    if lines[0].hasPrefix(title) {
        lines[0] = Terminal.paint(title, .bold) + lines[0].dropFirst(title.count)
    }
    for line in lines { print(line) }
}

/// Filled up with blanks, and never cut.
func filled(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - Table.width(text)))
}

/// Prints a text on lines that fit the screen; in a file it is one line.
func printWrapped(_ text: String, indent: Int = 0, firstIndent: Int? = nil) {
    guard Terminal.screen != nil else {
        return print(String(repeating: " ", count: firstIndent ?? indent) + Terminal.oneLine(text))
    }
    for line in wrapped(text, indent: indent, firstIndent: firstIndent) { print(line) }
}

/// Words, and commands of Purr that are not too wide, which end with a sentence, a clause or a bracket.
private func pieces(of text: String, width: Int) -> [String] {
    let words = text.split(separator: " ").map(String.init)
    var pieces: [String] = []
    var index = 0
    while index < words.count {
        var piece = words[index]
        index += 1
        if piece == "purr" || piece == "(purr" {
            let end = words[index...].firstIndex { ".,;:)".contains($0.last ?? " ") } ?? words.count - 1
            let command = words[(index - 1)...max(index - 1, end)].joined(separator: " ")
            if end >= index, Table.width(command) <= width {
                piece = command
                index = end + 1
            }
        }
        pieces.append(piece)
    }
    return pieces
}
