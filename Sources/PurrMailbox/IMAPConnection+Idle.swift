package import PurrMail
import PurrTransport

// IDLE (RFC 2177), spoken here line by line: libetpan's own blocks when a response comes before the
// `+`, and needs a thread to wait.
extension IMAPConnection {
    /// Opens `folder` and lets the server report what happens in it.
    ///
    /// Call ``news()`` before each wait on ``socket``: what happened meanwhile may lie in the same TLS
    /// record as the server's `+`, where no wait will see it. Must be stopped and begun anew before 29
    /// minutes have passed (RFC 2177 §3).
    ///
    /// - Returns: The folder as it was when idling began: what came since somebody last looked.
    @discardableResult
    package func startIdle(in folder: FolderName) throws(MailServerFailure) -> FolderStatus {
        try leaveIdle()
        let name = try speakable(folder)
        endBurst()
        var state = ExaminedFolder()
        selected = nil
        try dialogue.command("EXAMINE \(name)") { state.read($0) }.check("Opening \(folder)")
        selected = folder
        guard let status = state.status else {
            throw MailServerFailure(.refused, "Opening \(folder): the server gave no UIDVALIDITY")
        }

        let deadline = Deadline.after(dialogue.patience)
        let tag = Array(String(dialogue.nextTag()).utf8)
        hasNews = false
        dialogue.reader.allow(bytes: IMAPDialogue.smallAnswer, within: dialogue.patience)
        try dialogue.stream.write(tag + Array(" IDLE\r\n".utf8), until: deadline)
        while true {
            let response = try dialogue.response()
            switch IMAPResponse.kind(of: response.bytes, tag: tag) {
            case .continuation:
                idleTag = tag
                dialogue.reader.release()
                return status
            case .untagged:
                try dialogue.checkBye(response)
                noticed(response)
            case .tagged:
                try (response.status ?? .init(word: .bad, text: "")).check("IDLE")
                throw dialogue.violation(response)
            case .foreign: throw dialogue.violation(response)
            }
        }
    }

    /// Whether anything has happened in the folder since the last call; reads what is there and never
    /// waits.
    ///
    /// Any untagged line but `* OK` counts, because servers differ in what they say (`EXISTS`, `RECENT`,
    /// `FETCH`, `EXPUNGE`, `VANISHED`). Looking once too often is cheap.
    package func news() throws(MailServerFailure) -> Bool {
        guard let tag = idleTag else { return false }
        dialogue.reader.allow(bytes: IMAPDialogue.smallAnswer, within: dialogue.patience)
        while try dialogue.reader.hasLine() {
            let response = try dialogue.response()
            switch IMAPResponse.kind(of: response.bytes, tag: tag) {
            case .untagged:
                try dialogue.checkBye(response)
                noticed(response)
            case .continuation: continue
            case .tagged:
                // The server ended IDLE by itself: time to look, and to begin anew.
                idleTag = nil
                hasNews = true
            case .foreign: throw dialogue.violation(response)
            }
        }
        dialogue.reader.release()
        defer { hasNews = false }
        return hasNews
    }

    /// Ends idling.
    ///
    /// - Returns: Whether there was news that ``news()`` has not told.
    @discardableResult
    package func stopIdle() throws(MailServerFailure) -> Bool {
        try leaveIdle()
        defer { hasNews = false }
        return hasNews
    }

    /// Says `DONE` and reads to the tagged answer, where an `IDLE` is under way.
    func leaveIdle() throws(MailServerFailure) {
        guard let tag = idleTag else { return }
        idleTag = nil
        let deadline = Deadline.after(dialogue.patience)
        dialogue.reader.allow(bytes: IMAPDialogue.smallAnswer, within: dialogue.patience)
        try dialogue.stream.write(Array("DONE\r\n".utf8), until: deadline)
        try dialogue.answer(to: tag, each: noticed).check("IDLE")
    }
}

/// What the answer to `EXAMINE` tells of a folder.
struct ExaminedFolder {
    private var uidValidity: UInt32?
    private var uidNext: UInt32?
    private var messages = 0
    private var highestModSeq: UInt64?

    mutating func read(_ response: IMAPResponse) {
        let words = response.line.split(separator: " ").map { $0.uppercased() }
        guard words.count >= 3 else { return }
        if words[2] == "EXISTS" {
            messages = Int(words[1]) ?? messages
        } else if words[1] == "OK", words.count >= 4, words[3].hasSuffix("]") {
            let number = words[3].dropLast()
            switch words[2] {
            case "[UIDVALIDITY": uidValidity = UInt32(number)
            case "[UIDNEXT": uidNext = UInt32(number)
            case "[HIGHESTMODSEQ": highestModSeq = UInt64(number)
            default: break
            }
        }
    }

    /// Nil when the server did not give the numbers that everything rests on.
    var status: FolderStatus? {
        guard let uidValidity, uidValidity != 0 else { return nil }
        return FolderStatus(
            uidValidity: UIDValidity(rawValue: uidValidity), uidNext: UID(rawValue: uidNext ?? 0),
            messages: messages, highestModSeq: highestModSeq)
    }
}
