import Yams

/// Reads YAML and complains in sentences with lines.
struct YAMLReader {
    let file: String
    /// Lines of the file above the YAML.
    var linesAbove = 0

    /// One key of a mapping with what it holds.
    struct Entry {
        let key: String
        let line: Int
        let node: Node
    }

    /// The root of the document, if it is a mapping.
    func root(of yaml: String) throws(FileProblem) -> Node {
        guard yaml.utf8.count <= 1_000_000 else {
            throw problem(
                nil, "The file is larger than 1 MB, which no file of this kind is; check its name.")
        }
        let node: Node?
        do {
            node = try Parser(yaml: yaml).singleRoot()
        } catch let error as YamlError {
            throw problem(of: error)
        } catch {
            throw problem(nil, "The file is not YAML: \(error).")
        }
        guard let node, node.scalar?.string.isEmpty != true else {
            throw problem(nil, "The file is empty.")
        }
        return node
    }

    /// The entries of a mapping, in the order of the file.
    ///
    /// - Parameter keys: All that may stand there.
    func entries(of node: Node, in place: String, keys: [String]) throws(FileProblem) -> [Entry] {
        let entries = try entries(of: node, in: place)
        for entry in entries where !keys.contains(entry.key) {
            throw problem(
                entry.line,
                "Unknown key \"\(entry.key)\" in \(place); \(suggestion(for: entry.key, among: keys))")
        }
        return entries
    }

    func entries(of node: Node, in place: String) throws(FileProblem) -> [Entry] {
        guard case .mapping(let mapping) = node else {
            throw problem(line(of: node), "Here \(place) should be keys with values, as in \"key: value\".")
        }
        var entries: [Entry] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                throw problem(line(of: key), "A key in \(place) is not a word.")
            }
            entries.append(Entry(key: scalar.string, line: line(of: key) ?? 0, node: value))
        }
        return entries
    }

    /// The text of a scalar, whatever YAML would make of it: `name: 2026` is the name `2026`.
    func text(_ entry: Entry) throws(FileProblem) -> String {
        guard case .scalar(let scalar) = entry.node else {
            throw problem(entry.line, "\"\(entry.key)\" should be one text.")
        }
        guard !scalar.string.isEmpty else {
            throw problem(entry.line, "\"\(entry.key)\" has no value; write one or delete the key.")
        }
        return scalar.string
    }

    func number(_ entry: Entry) throws(FileProblem) -> Int {
        guard let number = Int(try text(entry)) else {
            throw problem(
                entry.line, "\"\(entry.key)\" should be a whole number, as in \"\(entry.key): 3\".")
        }
        return number
    }

    func flag(_ entry: Entry) throws(FileProblem) -> Bool {
        switch try text(entry).lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw problem(entry.line, "\"\(entry.key)\" should be true or false.")
        }
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ entry: Entry, of type: Choice.Type
    ) throws(FileProblem) -> Choice {
        let typed = try text(entry)
        guard let choice = Choice(rawValue: typed) else {
            let names = Choice.allCases.map(\.rawValue)
            throw problem(
                entry.line,
                "\"\(entry.key)\" cannot be \"\(typed)\"; \(suggestion(for: typed, among: names))")
        }
        return choice
    }

    func line(of node: Node) -> Int? { node.mark.map { $0.line + linesAbove } }

    func problem(_ line: Int?, _ text: String) -> FileProblem {
        FileProblem(file: file, line: line, text: text)
    }

    private func problem(of error: YamlError) -> FileProblem {
        switch error {
        case .scanner(_, let text, let mark, _), .parser(_, let text, let mark, _),
            .composer(_, let text, let mark, _):
            problem(
                mark.line + linesAbove, "This is not YAML: \(text); check quotes, colons and indentation.")
        case .duplicatedKeysInMapping(let keys, let context):
            problem(
                context.mark.line + linesAbove,
                "The key \"\(keys.joined(separator: "\", \""))\" stands twice in one place; delete one.")
        case .reader(let text, _, _, _):
            problem(nil, "The file cannot be read as text: \(text); save it as UTF-8.")
        default: problem(nil, "The file is not YAML: \(error).")
        }
    }
}
