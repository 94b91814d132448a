package import PurrMail
import PurrTransport

// Spoken here: names come as literals on some servers, and libetpan's LIST knows no SPECIAL-USE.
extension IMAPConnection {
    /// All folders, in the server's order; INBOX is always among them.
    ///
    /// Roles come from SPECIAL-USE (RFC 6154); a role that no folder has by that is found by name,
    /// English and localised, at the top level, below INBOX, or in a namespace of the user's own.
    package func folders() throws(MailServerFailure) -> [ListedFolder] {
        try closeFolder()
        let prefixes = try prefixes()
        var found: [FolderLine] = []
        var isComplete = false
        if capabilities.contains("SPECIAL-USE") {
            let answer = try dialogue.command("LIST \"\" \"*\" RETURN (SPECIAL-USE)", limit: Self.listLimit)
            {
                if let line = FolderLine($0) { found.append(line) }
            }
            isComplete = answer.word == .ok
        }
        if !isComplete {
            found = []
            try dialogue.command("LIST \"\" \"*\"", limit: Self.listLimit) {
                if let line = FolderLine($0) { found.append(line) }
            }.check("LIST")
        }
        dialogue.reader.release()
        return FolderLine.roles(of: found, prefixes: prefixes)
    }

    /// Makes a folder.
    package func create(_ folder: FolderName) throws(MailServerFailure) {
        let name = try speakable(folder)
        try leaveIdle()
        try dialogue.command("CREATE \(name)").check("Making \(folder)")
    }

    /// Where the user's own folders begin, asked for once in a connection's life.
    func prefixes() throws(MailServerFailure) -> [FolderPrefix] {
        if let namespace { return namespace }
        var prefixes: [FolderPrefix] = []
        if capabilities.contains("NAMESPACE") {
            _ = try dialogue.command("NAMESPACE") { prefixes += FolderPrefix.personal(in: $0) }
        }
        namespace = prefixes
        return prefixes
    }
}

/// The beginning of names in one of the user's own namespaces (RFC 2342).
struct FolderPrefix: Hashable {
    let text: String
    let delimiter: Character?

    /// Reads `* NAMESPACE (("INBOX." ".")) NIL NIL`: the first group is the user's own.
    static func personal(in response: IMAPResponse) -> [FolderPrefix] {
        let tokens = response.tokens
        guard case .atom(let word)? = tokens.first, word.uppercased() == "NAMESPACE" else { return [] }
        var prefixes: [FolderPrefix] = []
        var depth = 0
        var strings: [[UInt8]] = []
        for token in tokens.dropFirst() {
            switch token {
            case .open:
                depth += 1
                if depth == 2 { strings = [] }
            case .close:
                if depth == 2, let text = strings.first {
                    let delimiter = strings.dropFirst().first.map { String(decoding: $0, as: UTF8.self) }
                    prefixes.append(
                        FolderPrefix(
                            text: String(decoding: text, as: UTF8.self), delimiter: delimiter?.first))
                }
                depth -= 1
                if depth <= 0 { return prefixes }
            case .string(let bytes): strings.append(bytes)
            case .atom: if depth == 0 { return prefixes }
            }
        }
        return prefixes
    }
}

/// One line of `LIST`, before roles are given.
struct FolderLine: Hashable {
    let name: FolderName
    /// In small letters, with their backslash.
    let attributes: Set<String>
    let delimiter: Character?

    init(name: FolderName, attributes: Set<String>, delimiter: Character?) {
        self.name = name
        self.attributes = attributes
        self.delimiter = delimiter
    }

    /// Reads `* LIST (\HasNoChildren \Sent) "/" "Sent"`.
    init?(_ response: IMAPResponse) {
        let tokens = response.tokens
        guard case .atom(let word)? = tokens.first, word.uppercased() == "LIST", tokens.count >= 4,
            tokens[1] == .open, let end = tokens.firstIndex(of: .close), tokens.count >= end + 3,
            let name = tokens[end + 2].name
        else { return nil }
        let attributes = tokens[2..<end].compactMap { token in
            if case .atom(let text) = token { text.lowercased() } else { nil }
        }
        var delimiter: Character?
        if case .string(let bytes) = tokens[end + 1] {
            delimiter = String(decoding: bytes, as: UTF8.self).first
        }
        self.init(name: FolderName(listed: name), attributes: Set(attributes), delimiter: delimiter)
    }

    var isSelectable: Bool {
        attributes.isDisjoint(with: ["\\noselect", "\\nonexistent"])
            && IMAPDialogue.quoted(name.wire) != nil
    }

    /// The role that the server itself gives.
    private var specialUse: FolderRole? {
        let uses: [(String, FolderRole)] = [
            ("\\sent", .sent), ("\\drafts", .drafts), ("\\junk", .junk), ("\\trash", .trash),
            ("\\archive", .archive), ("\\all", .all),
        ]
        return uses.first { attributes.contains($0.0) }?.1
    }

    /// Gives every folder its role.
    static func roles(of lines: [FolderLine], prefixes: [FolderPrefix]) -> [ListedFolder] {
        var unique: [FolderLine] = []
        var seen: Set<FolderName> = []
        for line in lines where seen.insert(line.name).inserted { unique.append(line) }
        let given = Set(unique.compactMap(\.specialUse))
        var folders = unique.map { line -> ListedFolder in
            var role = FolderRole.other
            if line.name.isInbox {
                role = .inbox
            } else if let use = line.specialUse {
                role = use
            } else if let named = WellKnownFolders.role(of: line, prefixes: prefixes),
                !given.contains(named)
            {
                role = named
            }
            return ListedFolder(name: line.name, role: role, isSelectable: line.isSelectable)
        }
        if !seen.contains(.inbox) { folders.insert(ListedFolder(name: .inbox, role: .inbox), at: 0) }
        return folders
    }
}
