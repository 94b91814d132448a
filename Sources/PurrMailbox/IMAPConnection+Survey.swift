package import PurrMail
import PurrTransport

extension IMAPConnection {
    /// One pass over the account: every folder that can hold mail, with its present state.
    ///
    /// The gate makes one before each hand-over, so round trips count: one where the server has LIST-STATUS
    /// (RFC 5819), else two.
    package func survey() throws(MailServerFailure) -> [SurveyedFolder] {
        try closeFolder()
        var answers: [FolderName: FolderAnswer] = [:]
        let folders = try listedWithStatus(into: &answers).filter(\.isSelectable)
        // Without LIST-STATUS all of them; with it those of which the server said nothing.
        let rest = folders.map(\.name).filter { answers[$0] == nil }
        if !rest.isEmpty { answers.merge(try status(of: rest)) { $1 } }
        dialogue.reader.release()
        return folders.map { folder in
            SurveyedFolder(
                folder: folder, answer: answers[folder.name] ?? .refused("The server said nothing of it"))
        }
    }

    /// Lists all folders, and takes their states where the server gives them along.
    private func listedWithStatus(
        into answers: inout [FolderName: FolderAnswer]
    ) throws(MailServerFailure) -> [ListedFolder] {
        guard capabilities.isSuperset(of: ["LIST-STATUS", "SPECIAL-USE"]) else { return try folders() }
        let prefixes = try prefixes()
        var lines: [FolderLine] = []
        var states: [FolderName: FolderAnswer] = [:]
        let asked = "LIST \"\" \"*\" RETURN (SPECIAL-USE STATUS (\(statusItems)))"
        let answer = try dialogue.command(asked, limit: Self.listLimit) { response in
            if let line = FolderLine(response) {
                lines.append(line)
            } else if let (name, status) = Self.statusLine(response) {
                states[name] = .status(status)
            }
        }
        guard answer.word == .ok else { return try folders() }
        answers = states
        return FolderLine.roles(of: lines, prefixes: prefixes)
    }
}
