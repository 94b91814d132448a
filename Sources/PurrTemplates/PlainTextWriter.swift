/// Writes a filled document as the plain text of a mail: no signs of Markdown left, links as
/// `text (address)`.
struct PlainTextWriter {
    private var lines: [String] = []
    /// The paragraph, heading or item text under way.
    private var inline = ""
    /// What stands before each line, and what before the next line alone: `> ` for a quote, blanks for the
    /// inside of an item and its sign for the first line of it.
    private var prefixes: [(text: String, once: String?)] = []
    /// The open lists and quotes: the next number, and whether blocks follow each other without a blank line.
    private var levels: [(next: Int?, isTight: Bool)] = []
    private var linkStarts: [String.Index] = []
    private var wantsBlankLine = false

    static func text(
        of events: [MarkdownEvent], resolve: (String) -> [FilledPiece], links: [String: String]
    ) -> String {
        var writer = PlainTextWriter()
        for event in events {
            switch event {
            case .text(let text), .code(let text): writer.inline += resolve(text).map(\.text).joined()
            case .lineBreak: writer.inline += "\n"
            case .codeBlock(let text):
                writer.inline = resolve(text).map(\.text).joined()
                while writer.inline.hasSuffix("\n") { writer.inline.removeLast() }
                writer.endBlock()
            case .rule:
                writer.inline = "----------"
                writer.endBlock()
            case .html: break
            case .enter(let container): writer.enter(container)
            case .leave(let container): writer.leave(container, links: links)
            }
        }
        while writer.lines.last?.isEmpty == true { writer.lines.removeLast() }
        return writer.lines.joined(separator: "\n")
    }

    private mutating func enter(_ container: MarkdownEvent.Container) {
        switch container {
        case .quote:
            startBlock()
            prefixes.append(("> ", nil))
            levels.append((nil, false))
        case .list(let start, let isTight): levels.append((start, isTight))
        case .item:
            var sign = "- "
            if let level = levels.indices.last, let number = levels[level].next {
                sign = "\(number). "
                levels[level].next = number &+ 1
            }
            startBlock()
            prefixes.append((String(repeating: " ", count: sign.count), sign))
        case .link: linkStarts.append(inline.endIndex)
        case .paragraph, .heading, .emphasis, .strong, .image: break
        }
    }

    private mutating func leave(_ container: MarkdownEvent.Container, links: [String: String]) {
        switch container {
        case .paragraph, .heading: endBlock()
        case .quote:
            _ = prefixes.popLast()
            _ = levels.popLast()
            wantsBlankLine = levels.last?.isTight != true
        case .list:
            _ = levels.popLast()
            wantsBlankLine = levels.last?.isTight != true
        case .item:
            // An item without text still shows its sign.
            if hasSign { endBlock() }
            _ = prefixes.popLast()
        case .link(let url, _): endLink(links[url] ?? "")
        case .emphasis, .strong, .image: break
        }
    }

    private mutating func endLink(_ target: String) {
        guard let start = linkStarts.popLast(), start <= inline.endIndex else { return }
        let text = inline[start...]
        let schemes = ["https://", "http://", "mailto:", "tel:"]
        let bare =
            schemes.first { target.hasPrefix($0) }.map { String(target.dropFirst($0.count)) } ?? target
        guard text != target, text != bare, text + "/" != bare else { return }
        inline += text.isEmpty ? target : " (\(target))"
    }

    /// Whether the sign of an item is still to be written.
    private var hasSign: Bool { prefixes.contains { $0.once != nil } }

    /// Puts the blank line between two blocks.
    private mutating func startBlock() {
        if wantsBlankLine, !lines.isEmpty, !hasSign {
            lines.append(Self.trimmed(prefixes.map(\.text).joined()))
        }
        wantsBlankLine = false
    }

    private mutating func endBlock() {
        startBlock()
        for line in inline.split(separator: "\n", omittingEmptySubsequences: false) {
            let prefix = prefixes.map { $0.once ?? $0.text }.joined()
            for index in prefixes.indices { prefixes[index].once = nil }
            lines.append(Self.trimmed(prefix + line))
        }
        inline = ""
        wantsBlankLine = levels.last?.isTight != true
    }

    private static func trimmed(_ line: String) -> String {
        var line = line
        while let last = line.unicodeScalars.last, last == " " || last == "\t" {
            line.unicodeScalars.removeLast()
        }
        return line
    }
}
