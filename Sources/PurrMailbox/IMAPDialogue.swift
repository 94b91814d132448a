import PurrMail
import PurrTransport

/// Commands and answers over one stream: what libetpan is not asked to speak, and the limits and tags
/// of all of it.
final class IMAPDialogue {
    let stream: MailStream
    let reader: LineReader
    /// How long one command may take, unless it says otherwise.
    let patience: Duration
    private var lastTag = 0
    /// What was asked for before its turn, in the order in which it was.
    private(set) var ahead: [Ahead] = []

    /// A command that was said while the answer to another is still to be read.
    struct Ahead {
        let text: String
        let tag: Int
        /// The most bytes of answer.
        let limit: Int
        /// Its tagged answer, where the server has given it before its turn.
        var early: IMAPResponse.Status?
    }

    init(stream: MailStream, patience: Duration) {
        self.stream = stream
        self.patience = patience
        reader = LineReader(stream: stream)
    }

    /// The next tag: a number, because libetpan's are.
    func nextTag() -> Int {
        lastTag += 1
        return lastTag
    }

    /// The most bytes of an answer of which nothing large is expected.
    static let smallAnswer = 1 << 20

    /// Says one command and reads its answer.
    ///
    /// - Parameters:
    ///   - text: The command without tag and line end; see ``quoted(_:)`` for names.
    ///   - limit: The most bytes of answer.
    ///   - each: Sees every untagged response.
    /// - Returns: The tagged answer, which may be a refusal.
    func command(
        _ text: String, limit: Int = smallAnswer, within: Duration? = nil,
        each: (IMAPResponse) -> Void = { _ in }
    ) throws(MailServerFailure) -> IMAPResponse.Status {
        try commands([text], limit: limit, within: within, each: each)[0]
    }

    /// Says several commands at once and reads all their answers: one round trip.
    ///
    /// They must not depend on each other (RFC 9051 §5.5). Everything is written before anything is
    /// read, so together they should be shorter than a socket's buffer: 32 KB.
    func commands(
        _ texts: [String], limit: Int = smallAnswer, within: Duration? = nil,
        each: (IMAPResponse) -> Void = { _ in }
    ) throws(MailServerFailure) -> [IMAPResponse.Status] {
        try forgetAhead()
        let deadline = Deadline.after(within ?? patience)
        reader.allow(bytes: limit, within: within ?? patience)
        let tags = texts.map { _ in Array(String(nextTag()).utf8) }
        var bytes: [UInt8] = []
        for (tag, text) in zip(tags, texts) { bytes += tag + [.space] + Array(text.utf8) + Self.lineEnd }
        try stream.write(bytes, until: deadline)
        var answers: [IMAPResponse.Status] = []
        for tag in tags { answers.append(try answer(to: tag, each: each)) }
        return answers
    }

    // MARK: Ahead of their turn

    /// Says commands whose answers will be wanted one after another, so that the server works on while an
    /// answer is put to use (RFC 9051 §5.5).
    ///
    /// Those among them that were said already are not said again; if others were, their answers are read and
    /// thrown away. Together they should be shorter than a socket's buffer.
    func say(_ commands: [(text: String, limit: Int)]) throws(MailServerFailure) {
        let isBegun =
            zip(ahead, commands).allSatisfy { $0.text == $1.text } && ahead.count <= commands.count
        if !isBegun { try forgetAhead() }
        var bytes: [UInt8] = []
        for command in commands.dropFirst(ahead.count) {
            let tag = nextTag()
            ahead.append(Ahead(text: command.text, tag: tag, limit: command.limit))
            bytes += Array("\(tag) \(command.text)\r\n".utf8)
        }
        if !bytes.isEmpty { try stream.write(bytes, until: .after(patience)) }
    }

    /// The first of the commands that were said ahead; its answer is read by the caller.
    func takeAhead() -> Ahead? { ahead.isEmpty ? nil : ahead.removeFirst() }

    /// Reads what was asked for ahead and is not wanted any more.
    func forgetAhead() throws(MailServerFailure) {
        while let first = takeAhead() {
            guard first.early == nil else { continue }
            reader.allow(bytes: first.limit, within: patience)
            _ = try answer(to: Array(String(first.tag).utf8))
        }
    }

    /// Whether a line is the tagged answer to a command that was said ahead, before its turn: a server may do
    /// them in another order.
    func isEarly(_ response: IMAPResponse) -> Bool {
        let tag = response.bytes.prefix { $0 != .space }
        guard let index = ahead.firstIndex(where: { Array(String($0.tag).utf8) == Array(tag) }),
            ahead[index].early == nil, let status = response.status
        else { return false }
        ahead[index].early = status
        return true
    }

    /// Reads up to the tagged answer.
    func answer(
        to tag: [UInt8], each: (IMAPResponse) -> Void = { _ in }
    ) throws(MailServerFailure) -> IMAPResponse.Status {
        while true {
            let response = try response()
            switch IMAPResponse.kind(of: response.bytes, tag: tag) {
            case .tagged:
                guard let status = response.status else { throw violation(response) }
                return status
            case .untagged:
                try checkBye(response)
                each(response)
            case .continuation: continue
            case .foreign: guard isEarly(response) else { throw violation(response) }
            }
        }
    }

    /// Reads one response, literals included.
    func response() throws(MailServerFailure) -> IMAPResponse {
        var bytes = try reader.line()
        guard bytes.first == 0x2A, !IMAPResponse.isText(bytes) else { return IMAPResponse(bytes: bytes) }
        var length = IMAPResponse.literalLength(atEndOf: bytes)
        while let count = length {
            try reader.literal(of: count, into: &bytes)
            let line = try reader.line()
            length = IMAPResponse.literalLength(atEndOf: line)
            bytes += line
        }
        return IMAPResponse(bytes: bytes)
    }

    /// Turns the server's farewell into the failure that it is.
    func checkBye(_ response: IMAPResponse) throws(MailServerFailure) {
        guard IMAPResponse.hasWord("BYE", in: response.bytes, at: 2) else { return }
        stream.drop()
        throw MailServerFailure(
            .unreachable, "The server closed the connection: \(response.status?.text ?? "")")
    }

    /// Ends the connection, because what the server said is not IMAP, or not in its place.
    func violation(_ response: IMAPResponse) -> MailServerFailure {
        stream.drop()
        return MailServerFailure(.protocolViolation, "Not an IMAP response: \(response.line.prefix(80))")
    }

    static let lineEnd: [UInt8] = [.carriageReturn, .lineFeed]

    /// A string as it stands in a command, or nil for what only a literal could carry.
    static func quoted(_ text: String) -> String? {
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }), text.utf8.count <= 1_000 else {
            return nil
        }
        return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}

extension IMAPResponse.Status {
    /// Throws unless the answer is `OK`.
    func check(_ operation: String) throws(MailServerFailure) {
        guard word != .ok else { return }
        throw MailServerFailure(.refused, "\(operation) refused: \(text.isEmpty ? word.rawValue : text)")
    }
}
