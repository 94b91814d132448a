package import PurrTemplates

/// Reads a mail template: front matter between two lines of `---`, then Markdown.
///
/// ```
/// ---
/// subject: Your question, {{contact.firstName}}
/// fallbacks: { contact.firstName: there }
/// ---
/// Hello {{contact.firstName}},
/// ```
package enum TemplateFile {
    /// - Parameters:
    ///   - text: The whole file.
    ///   - name: The file's name or path; the last part without `.md` names the template.
    package static func read(_ text: String, name: String) throws(FileProblem) -> MailTemplate {
        let file = FileText(text)
        var matter = FrontMatter()
        if let yaml = try frontMatter(of: file, name: name) {
            matter = try FrontMatter(yaml, name: name)
        }
        let bodyStart = matter.end
        do {
            return try MailTemplate(
                name: templateName(name), subject: matter.subject ?? "",
                body: file.lines.dropFirst(bodyStart).joined(separator: "\n"), fallbacks: matter.fallbacks)
        } catch {
            let line: Int? =
                switch error.part {
                case .subject: matter.subjectLine
                case .fallback(let token): matter.fallbackLines[token]
                case .body: error.line.map { $0 + bodyStart }
                }
            throw FileProblem(file: name, line: line, text: error.text)
        }
    }

    private static func templateName(_ path: String) -> String {
        let last = path.split(separator: "/").last.map(String.init) ?? path
        return last.lowercased().hasSuffix(".md") ? String(last.dropLast(3)) : last
    }

    /// The lines between the two `---`, if the file begins with one.
    private static func frontMatter(of file: FileText, name: String) throws(FileProblem) -> [String]? {
        guard let first = file.lines.first, isFence(first) else { return nil }
        guard let end = file.lines.dropFirst().firstIndex(where: isFence) else {
            throw FileProblem(
                file: name, line: 1,
                text: "The front matter is not closed; put a line \"---\" above the mail's text.")
        }
        return Array(file.lines[1..<end])
    }

    private static func isFence(_ line: String) -> Bool {
        line.hasPrefix("---") && line.dropFirst(3).allSatisfy { $0 == " " || $0 == "\t" }
    }
}

/// What stands above the text.
private struct FrontMatter {
    var subject: String?
    var subjectLine: Int?
    var fallbacks: [String: String] = [:]
    var fallbackLines: [String: Int] = [:]
    /// Lines of the file above the body.
    var end = 0

    init() {}

    init(_ yaml: [String], name: String) throws(FileProblem) {
        end = yaml.count + 2
        guard yaml.contains(where: { !$0.allSatisfy(\.isWhitespace) }) else { return }
        let reader = YAMLReader(file: name, linesAbove: 1)
        let root = try reader.root(of: yaml.joined(separator: "\n"))
        for entry in try reader.entries(of: root, in: "the front matter", keys: ["subject", "fallbacks"]) {
            if entry.key == "subject" {
                subject = try reader.text(entry)
                subjectLine = entry.line
            } else {
                for fallback in try reader.entries(of: entry.node, in: "fallbacks") {
                    fallbacks[fallback.key] = try reader.text(fallback)
                    fallbackLines[fallback.key] = fallback.line
                }
            }
        }
    }
}
