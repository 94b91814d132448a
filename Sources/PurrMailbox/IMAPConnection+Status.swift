package import PurrMail
import PurrTransport

// Spoken here: libetpan knows no LIST-STATUS, sends one STATUS at a time, and reads no HIGHESTMODSEQ.
extension IMAPConnection {
    /// The present state of folders, each answered for by itself.
    ///
    /// One round trip where the server has LIST-STATUS (RFC 5819); otherwise all `STATUS` commands are
    /// sent before the first answer is read, some hundreds at once. No folder is open meanwhile, because
    /// `STATUS` of an open one may lag behind (RFC 9051 §6.3.11).
    ///
    /// - Returns: An answer for every folder asked for; INBOX under that name, however it was spelt.
    package func status(of folders: [FolderName]) throws(MailServerFailure) -> [FolderName: FolderAnswer] {
        try closeFolder()
        let folders = folders.map { $0.isInbox ? .inbox : $0 }
        var answers: [FolderName: FolderAnswer] = [:]
        if folders.count > Self.fewFolders, capabilities.contains("LIST-STATUS") {
            let wanted = Set(folders)
            let asked = "LIST \"\" \"*\" RETURN (STATUS (\(statusItems)))"
            let answer = try dialogue.command(asked, limit: Self.listLimit) { response in
                guard let (name, status) = Self.statusLine(response) else { return }
                if wanted.contains(name) { answers[name] = .status(status) }
            }
            if answer.word != .ok { answers = [:] }
        }
        // What LIST-STATUS left out is asked for by name: the refusal's text is the user's explanation.
        var rest: [(FolderName, String)] = []
        for folder in folders where answers[folder] == nil {
            if let name = IMAPDialogue.quoted(folder.wire) {
                rest.append((folder, "STATUS \(name) (\(statusItems))"))
            } else {
                answers[folder] = .refused("Its name holds control characters")
            }
        }
        try askOneByOne(rest, into: &answers)
        dialogue.reader.release()
        return answers
    }

    private func askOneByOne(
        _ questions: [(FolderName, String)], into answers: inout [FolderName: FolderAnswer]
    ) throws(MailServerFailure) {
        var left = questions[...]
        while !left.isEmpty {
            var size = 0
            let batch = left.prefix { question in
                size += question.1.utf8.count + 12
                return size < Self.batchBytes
            }
            let asked = batch.isEmpty ? left.prefix(1) : batch
            left = left.dropFirst(asked.count)
            var said: [FolderName: FolderStatus] = [:]
            let results = try dialogue.commands(
                asked.map(\.1), limit: IMAPDialogue.smallAnswer + asked.count * 4_096
            ) { response in
                if let (name, status) = Self.statusLine(response) { said[name] = status }
            }
            for ((folder, _), result) in zip(asked, results) {
                if result.word != .ok {
                    answers[folder] = .refused(result.text)
                } else if let status = said[folder] {
                    answers[folder] = .status(status)
                } else {
                    answers[folder] = .refused("The server did not say how the folder is")
                }
            }
        }
    }

    var statusItems: String {
        "UIDVALIDITY UIDNEXT MESSAGES" + (capabilities.contains("CONDSTORE") ? " HIGHESTMODSEQ" : "")
    }

    /// Up to here, single questions cost the server less than walking through all folders.
    private static let fewFolders = 3
    /// Together the commands must fit into a socket's buffers, because nothing is read meanwhile.
    private static let batchBytes = 32_768
    /// About a hundred thousand folders.
    static let listLimit = 32 << 20

    /// Reads `* STATUS name (UIDNEXT 5 …)`.
    static func statusLine(_ response: IMAPResponse) -> (FolderName, FolderStatus)? {
        let tokens = response.tokens
        guard tokens.count >= 4, case .atom(let word) = tokens[0], word.uppercased() == "STATUS",
            let name = tokens[1].name, tokens[2] == .open
        else { return nil }
        var numbers: [String: UInt64] = [:]
        var items = tokens[3...]
        while case .atom(let key)? = items.popFirst() {
            guard case .atom(let value)? = items.popFirst() else { break }
            numbers[key.uppercased()] = UInt64(value)
        }
        guard let validity = numbers["UIDVALIDITY"].flatMap(UInt32.init(exactly:)), validity != 0,
            let next = numbers["UIDNEXT"].flatMap(UInt32.init(exactly:))
        else { return nil }
        let status = FolderStatus(
            uidValidity: UIDValidity(rawValue: validity), uidNext: UID(rawValue: next),
            messages: Int(clamping: numbers["MESSAGES"] ?? 0), highestModSeq: numbers["HIGHESTMODSEQ"])
        return (FolderName(listed: name), status)
    }
}

extension FolderName {
    /// The name as a response gave it; `INBOX` in any case is INBOX (RFC 9051 §5.1).
    init(listed bytes: [UInt8]) {
        let name = FolderName(wire: String(decoding: bytes, as: UTF8.self))
        self = name.isInbox ? .inbox : name
    }
}
