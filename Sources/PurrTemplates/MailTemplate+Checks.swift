extension MailTemplate {
    static func check(characters body: String) throws(TemplateProblem) {
        var line = 1
        for scalar in body.unicodeScalars {
            if scalar == "\n" { line += 1 }
            guard !scalar.isControl || scalar == "\n" || scalar == "\t" else {
                throw TemplateProblem(.body, line: line, "The text holds a control character; delete it.")
            }
            guard scalar != Placeholder.open, scalar != Placeholder.close else {
                throw TemplateProblem(
                    .body, line: line,
                    "The text holds U+10FFF0 or U+10FFF1, which stand for tokens here; delete it.")
            }
        }
    }

    static func check(_ events: [MarkdownEvent], tokens: [Token]) throws(TemplateProblem) {
        for event in events {
            if case .html(let tag, let line) = event {
                throw TemplateProblem(
                    .body, line: line,
                    "HTML is not sent (\"\(tag.prefix(24).trimmingBlanks())\"); write Markdown, or \\< for the sign itself."
                )
            }
            guard let url = event.url else { continue }
            // What a value will say is checked when it is known.
            guard case .literal(let start) = Placeholder.pieces(of: url.text, tokens: tokens).pieces.first
            else {
                if url.text.isEmpty {
                    throw TemplateProblem(.body, line: url.line, "A link leads nowhere; give its address.")
                }
                continue
            }
            guard LinkTarget.hasSafeScheme(start) else {
                throw TemplateProblem(
                    .body, line: url.line,
                    "The link to \"\(start.prefix(40))\" has to begin with https://, http://, mailto: or tel:."
                )
            }
        }
    }

    static func check(fallbacks: [String: String], tokens: [Token]) throws(TemplateProblem) {
        let names = Set(tokens.map(\.name))
        // A snippet may hold any token; what it really holds is checked once it is expanded.
        let isWhole = tokens.allSatisfy { $0.snippet == nil }
        for (name, fallback) in fallbacks.sorted(by: { $0.key < $1.key }) {
            guard names.contains(name) || !isWhole else {
                throw TemplateProblem(
                    .fallback(name),
                    "There is a fallback for \(name), but no {{\(name)}} in the template; correct its name."
                )
            }
            guard !fallback.trimmingBlanks().isEmpty else {
                throw TemplateProblem(
                    .fallback(name), "The fallback of \(name) is blank; write the words to use.")
            }
            guard !fallback.contains("{{"), !fallback.contains("}}") else {
                throw TemplateProblem(
                    .fallback(name),
                    "The fallback of \(name) holds a tag, which would be sent as it stands; write plain words."
                )
            }
            guard fallback.unicodeScalars.allSatisfy({ !$0.isControl }) else {
                throw TemplateProblem(.fallback(name), "The fallback of \(name) is not one plain line.")
            }
        }
    }
}

extension MarkdownEvent {
    /// The address of a link or an image, once: when it begins.
    var url: (text: String, line: Int)? {
        switch self {
        case .enter(.link(let url, let line)), .enter(.image(let url, let line)): (url, line)
        default: nil
        }
    }
}

extension Unicode.Scalar {
    /// C0, DEL, C1: nothing that a person wrote on purpose, tabs and line feeds aside.
    var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }
}

extension String {
    /// With CRLF and CR as LF.
    func withLineFeeds() -> String {
        guard utf8.contains(0x0D) else { return self }
        var scalars = String.UnicodeScalarView()
        var wasReturn = false
        for scalar in unicodeScalars {
            if scalar == "\r" {
                scalars.append("\n")
            } else if !(wasReturn && scalar == "\n") {
                scalars.append(scalar)
            }
            wasReturn = scalar == "\r"
        }
        return String(scalars)
    }
}
