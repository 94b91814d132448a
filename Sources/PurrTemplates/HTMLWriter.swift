/// Writes a filled document as HTML.
enum HTMLWriter {
    static func html(
        of events: [MarkdownEvent], resolve: (String) -> [FilledPiece], links: [String: String],
        pictures: [String: String]
    ) -> String {
        var output = ""
        // Whether the paragraphs of each open list stand without tags.
        var tightness: [Bool] = []
        var openItems: [MarkdownEvent.Container] = []
        // Inside an image only its alternative text counts.
        var imageDepth = 0

        func filled(_ text: String, breaks: String) -> String {
            resolve(text).map(\.text).joined().escapedForHTML(lineFeed: breaks)
        }
        func isTightParagraph(_ container: MarkdownEvent.Container) -> Bool {
            container == .paragraph && openItems.last == .item && tightness.last == true
        }

        for event in events {
            switch event {
            case .text(let text): output += filled(text, breaks: imageDepth > 0 ? " " : "<br>\n")
            case .code(let text):
                output +=
                    imageDepth > 0 ? filled(text, breaks: " ") : "<code>\(filled(text, breaks: " "))</code>"
            case .codeBlock(let text): output += "<pre><code>\(filled(text, breaks: "\n"))</code></pre>\n"
            case .lineBreak: output += imageDepth > 0 ? " " : "<br>\n"
            case .rule: output += "<hr>\n"
            case .html: break
            case .enter(.image(let url, _)):
                if imageDepth == 0 {
                    output += "<img src=\"\((pictures[url] ?? "").escapedForHTML)\" alt=\""
                }
                imageDepth += 1
            case .leave(.image):
                imageDepth -= 1
                if imageDepth == 0 { output += "\">" }
            case .enter(let container):
                if imageDepth > 0 { continue }
                if !isTightParagraph(container) { output += openingTag(container, links: links) }
                if case .list(_, let isTight) = container { tightness.append(isTight) }
                if container.isBlockParent { openItems.append(container) }
            case .leave(let container):
                if imageDepth > 0 { continue }
                if container.isBlockParent { _ = openItems.popLast() }
                if case .list = container { _ = tightness.popLast() }
                if !isTightParagraph(container) { output += closingTag(container) }
            }
        }
        return output.trimmingBlanks()
    }

    private static func openingTag(_ container: MarkdownEvent.Container, links: [String: String]) -> String
    {
        switch container {
        case .paragraph: "<p>"
        case .heading(let level): "<h\(level)>"
        case .quote: "<blockquote>\n"
        case .list(nil, _): "<ul>\n"
        case .list(1, _): "<ol>\n"
        case .list(.some(let start), _): "<ol start=\"\(start)\">\n"
        case .item: "<li>"
        case .emphasis: "<em>"
        case .strong: "<strong>"
        case .link(let url, _): "<a href=\"\((links[url] ?? "").escapedForHTML)\">"
        case .image: ""
        }
    }

    private static func closingTag(_ container: MarkdownEvent.Container) -> String {
        switch container {
        case .paragraph: "</p>\n"
        case .heading(let level): "</h\(level)>\n"
        case .quote: "</blockquote>\n"
        case .list(nil, _): "</ul>\n"
        case .list: "</ol>\n"
        case .item: "</li>\n"
        case .emphasis: "</em>"
        case .strong: "</strong>"
        case .link: "</a>"
        case .image: ""
        }
    }
}

extension String {
    /// With the four signs that mean something in HTML as entities.
    package var escapedForHTML: String { escapedForHTML(lineFeed: "\n") }

    /// - Parameter lineFeed: What stands for each line feed.
    fileprivate func escapedForHTML(lineFeed: String) -> String {
        var escaped = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\n": escaped += lineFeed
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

extension MarkdownEvent.Container {
    /// Whether blocks stand directly inside.
    var isBlockParent: Bool {
        switch self {
        case .quote, .list, .item: true
        default: false
        }
    }
}
