import PurrMail
import PurrTransport

/// What libetpan gets to see of an IMAP connection: a greeting, and of each answer the responses that
/// its command is about.
///
/// Everything else is kept from it, because of what libetpan 1.9.4 makes of it: an unsolicited
/// `ESEARCH`, an unknown response or a tagged `OK` without text is a parse error; `BYE` is read through
/// the wrong member of a union; nested lists recurse. The tagged line is replaced by a plain one and
/// kept in ``answer``, because libetpan reports success for a `NO` that follows data.
final class IMAPFeed: EtpanPeer {
    /// Which untagged responses pass.
    enum Interest { case selection, messages, nothing }

    private let dialogue: IMAPDialogue
    private var pending = Array("* PREAUTH ready\r\n".utf8)
    private var given = 0
    private var literalLeft = 0
    private var isInsideResponse = false
    private var tag: [UInt8] = []
    private var interest = Interest.nothing
    /// Whether the command that libetpan is about to write was said already.
    private var isSaid = false

    /// The tagged answer of the command in hand, once it was read.
    private(set) var answer: IMAPResponse.Status?

    init(dialogue: IMAPDialogue) { self.dialogue = dialogue }

    /// Begins a command.
    ///
    /// - Parameter isSaid: It went out ahead of its turn: what libetpan writes of it is kept back.
    func expect(_ interest: Interest, tag: Int, limit: Int, within: Duration, isSaid: Bool = false) {
        self.isSaid = isSaid
        self.interest = interest
        self.tag = Array(String(tag).utf8)
        answer = nil
        dialogue.reader.allow(bytes: limit, within: within)
    }

    /// Reads up to the tagged answer after libetpan gave up before it: the connection stays in step.
    func finish() throws(MailServerFailure) -> IMAPResponse.Status {
        pending = []
        given = 0
        try dialogue.reader.skip(literalLeft)
        literalLeft = 0
        while isInsideResponse { try skipRest(of: try dialogue.reader.line()) }
        if let answer { return answer }
        let answer = try dialogue.answer(to: tag)
        self.answer = answer
        return answer
    }

    func accept(_ bytes: UnsafeRawBufferPointer) throws(MailServerFailure) {
        guard !isSaid else {
            if unsafe bytes.last == .lineFeed { isSaid = false }
            return
        }
        unsafe try dialogue.stream.write(bytes, until: .after(dialogue.patience))
    }

    func supply(_ space: UnsafeMutableRawBufferPointer) throws(MailServerFailure) -> Int {
        while given == pending.count {
            if literalLeft > 0 {
                let bytes = try dialogue.reader.bytes(atMost: min(literalLeft, space.count))
                literalLeft -= bytes.count
                unsafe space.copyBytes(from: bytes)
                return bytes.count
            }
            given = 0
            pending = []
            try prepareLine()
        }
        let count = min(space.count, pending.count - given)
        unsafe space.copyBytes(from: pending[given..<(given + count)])
        given += count
        return count
    }

    /// Reads on until there is a line to give.
    private func prepareLine() throws(MailServerFailure) {
        // libetpan would wait for ever for what it thinks is missing. The answer itself was read to its end.
        guard answer == nil else {
            throw MailServerFailure(.refused, "The server's answer cannot be read")
        }
        let line = try dialogue.reader.line()
        if isInsideResponse {
            try give(line)
            return
        }
        let response = IMAPResponse(bytes: line)
        switch IMAPResponse.kind(of: line, tag: tag) {
        case .continuation:
            pending = Array("+ ready\r\n".utf8)
        case .tagged:
            guard let status = response.status else { throw dialogue.violation(response) }
            answer = status
            pending = tag + Array((status.word == .ok ? " OK done\r\n" : " NO refused\r\n").utf8)
        case .untagged:
            try dialogue.checkBye(response)
            let shown = interest == .messages ? IMAPResponse.withoutFieldNames(line) : line
            if isWanted(shown), isHarmless(shown) { try give(shown) } else { try skipRest(of: line) }
        case .foreign:
            guard dialogue.isEarly(response) else { throw dialogue.violation(response) }
        }
    }

    private func isWanted(_ line: [UInt8]) -> Bool {
        var digits = 2
        while digits < line.count, (0x30...0x39).contains(line[digits]) { digits += 1 }
        let isNumbered = digits > 2 && digits < line.count && line[digits] == .space
        switch interest {
        case .nothing: return false
        case .messages:
            // News of flags is not what was asked for, and may hold what libetpan does not know.
            guard isNumbered, IMAPResponse.hasWord("FETCH", in: line, at: digits + 1) else { return false }
            return IMAPResponse.holdsBody(line) || IMAPResponse.literalLength(atEndOf: line) != nil
        case .selection:
            if isNumbered { return IMAPResponse.hasWord("EXISTS", in: line, at: digits + 1) }
            return IMAPResponse.hasWord("OK", in: line, at: 2)
                && (IMAPResponse.hasWord("[UIDVALIDITY", in: line, at: 5)
                    || IMAPResponse.hasWord("[UIDNEXT", in: line, at: 5))
        }
    }

    /// libetpan's recursion stays shallow.
    ///
    /// 8 MB of stack hold far more than this, and nothing that is asked
    /// for nests deeper. What is kept from libetpan is missing from the answer, and is seen to be.
    private func isHarmless(_ line: [UInt8]) -> Bool {
        line.count <= 65_536 && line.count(where: { $0 == 0x28 }) <= 64
    }

    private func give(_ line: [UInt8]) throws(MailServerFailure) {
        guard isHarmless(line) else { throw dialogue.violation(IMAPResponse(bytes: line)) }
        let length =
            IMAPResponse.isText(line) && !isInsideResponse ? nil : IMAPResponse.literalLength(atEndOf: line)
        if let length { try dialogue.reader.expect(length) }
        literalLeft = length ?? 0
        isInsideResponse = length != nil
        pending = line
    }

    private func skipRest(of line: [UInt8]) throws(MailServerFailure) {
        isInsideResponse = false
        guard !IMAPResponse.isText(line), var length = IMAPResponse.literalLength(atEndOf: line) else {
            return
        }
        while true {
            try dialogue.reader.skip(length)
            guard let next = IMAPResponse.literalLength(atEndOf: try dialogue.reader.line()) else { return }
            length = next
        }
    }
}
