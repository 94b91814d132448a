/// One step through a Markdown document.
enum MarkdownEvent: Hashable, Sendable {
    case enter(Container)
    case leave(Container)
    case text(String)
    case code(String)
    case codeBlock(String)
    case lineBreak
    case rule
    case html(String, line: Int)

    enum Container: Hashable, Sendable {
        case paragraph
        case heading(level: Int)
        case quote
        /// `start` is the first number; nil for bullets.
        case list(start: Int?, isTight: Bool)
        case item
        case emphasis, strong
        case link(String, line: Int)
        case image(String, line: Int)
    }
}

/// Stand-ins for tokens while Markdown is read, so that a value never meets the Markdown reader: whatever
/// a contact is called, it cannot become emphasis, a link or a tag.
///
/// The two code points are for private use (Unicode §23.5); cmark treats them as letters. A template that
/// holds them is refused.
enum Placeholder {
    static let open: Unicode.Scalar = "\u{10FFF0}"
    static let close: Unicode.Scalar = "\u{10FFF1}"

    static func text(_ index: Int) -> String { "\(open)\(index)\(close)" }

    /// Takes the stand-ins out again.
    static func pieces(of text: String, tokens: [Token]) -> TokenText {
        var pieces: [TokenText.Piece] = []
        for (position, part) in text.unicodeScalars.split(separator: open, omittingEmptySubsequences: false)
            .enumerated()
        {
            guard position > 0, let end = part.firstIndex(of: close), let index = Int(String(part[..<end])),
                tokens.indices.contains(index)
            else {
                if !part.isEmpty { pieces.append(.literal(String(part))) }
                continue
            }
            pieces.append(.token(tokens[index]))
            let rest = part[part.index(after: end)...]
            if !rest.isEmpty { pieces.append(.literal(String(rest))) }
        }
        return TokenText(pieces: pieces)
    }
}
