import PurrMail
import PurrTransport

/// What libetpan gets to see of an SMTP connection, and the witness of what really happened on it.
///
/// libetpan reports one number per command; whether a mail is lost or sent twice hangs on more: on
/// whether the last byte of the final dot left, and whether a complete reply came back.
final class SMTPFeed: EtpanPeer {
    private let stream: MailStream
    private let reader: LineReader
    private var pending = Array("220 ready\r\n".utf8)
    private var given = 0
    private var deadline = Deadline.after(.zero)
    private var text: [String] = []

    /// The complete reply to the command in hand, once it was read.
    private(set) var reply: ServerReply?
    /// Whether every byte up to the final dot's line end was handed to the kernel.
    private(set) var isDotHandedOver = false
    /// What the outgoing bytes end with, at most five; nil outside of a message.
    private var sentTail: [UInt8]?
    /// How long each write of a message's body may take.
    private var bodyPatience: Duration?

    init(stream: MailStream) {
        self.stream = stream
        reader = LineReader(stream: stream)
    }

    /// The most bytes of one reply: RFC 5321 §4.5.3.1.5 gives a line 512.
    private static let mostReply = 65_536

    /// Begins a command.
    func expect(within: Duration) {
        reply = nil
        text = []
        sentTail = nil
        bodyPatience = nil
        deadline = .after(within)
        reader.allow(bytes: Self.mostReply, within: within)
    }

    /// Begins a message's body, after 354.
    ///
    /// - Parameters:
    ///   - block: How long each stretch may take to be taken over.
    ///   - reply: How long to wait for the reply to the final dot, counted from when it left.
    func expectBody(block: Duration, reply: Duration) {
        expect(within: reply)
        isDotHandedOver = false
        // The body begins at the beginning of a line: its first line could be the dot.
        sentTail = [.carriageReturn, .lineFeed]
        bodyPatience = block
        finalPatience = reply
    }

    private var finalPatience = Duration.zero

    /// Whether the server has said something that nobody asked for.
    func hasUnaskedWords() throws(MailServerFailure) -> Bool {
        reader.allow(bytes: Self.mostReply, within: .zero)
        return try reader.hasBytes()
    }

    /// Reads a reply that is already here, and never waits: what a server says before it hangs up.
    func lastWords() -> ServerReply? {
        reader.allow(bytes: Self.mostReply, within: .zero)
        text = []
        while let isHere = try? reader.hasLine(), isHere, let line = try? reader.line() {
            if let reply = try? read(line) { return reply }
        }
        return nil
    }

    func accept(_ bytes: UnsafeRawBufferPointer) throws(MailServerFailure) {
        // libetpan hands over at most 16 KB at a time, one TLS record; the dot is in the last.
        if sentTail != nil, unsafe bytes.suffix(5).elementsEqual(Self.dot), try hasUnaskedWords() {
            throw MailServerFailure(.protocolViolation, "The server spoke before the end of the message")
        }
        let limit = bodyPatience.map { Deadline.after($0) } ?? deadline
        unsafe try stream.write(bytes, until: limit) { handedOver in
            guard let tail = self.sentTail else { return }
            self.sentTail = unsafe Array((tail + handedOver.suffix(5)).suffix(5))
        }
        // Dots in the text are doubled, so this comes once.
        guard sentTail == Self.dot else { return }
        isDotHandedOver = true
        sentTail = nil
        bodyPatience = nil
        reader.allow(bytes: Self.mostReply, within: finalPatience)
    }

    private static let dot: [UInt8] = [0x0D, 0x0A, 0x2E, 0x0D, 0x0A]

    func supply(_ space: UnsafeMutableRawBufferPointer) throws(MailServerFailure) -> Int {
        if given == pending.count {
            given = 0
            pending = []
            guard reply == nil else {
                throw MailServerFailure(.protocolViolation, "The server's reply cannot be read")
            }
            let line = try reader.line()
            reply = try read(line)
            pending = line
        }
        let count = min(space.count, pending.count - given)
        unsafe space.copyBytes(from: pending[given..<(given + count)])
        given += count
        return count
    }

    /// Adds a line of a reply.
    ///
    /// - Returns: The reply, when this was its last line.
    private func read(_ line: [UInt8]) throws(MailServerFailure) -> ServerReply? {
        guard let (code, isLast, words) = Self.replyLine(line) else {
            stream.drop()
            throw MailServerFailure(
                .protocolViolation, "Not an SMTP reply: \(IMAPResponse(bytes: line).line.prefix(80))")
        }
        if text.count < 64, !words.isEmpty { text.append(words) }
        guard isLast else { return nil }
        let joined = text.joined(separator: " ")
        text = []
        return ServerReply(code: code, text: joined.utf8.count <= 512 ? joined : String(joined.prefix(500)))
    }

    /// Reads `250-text` or `250 text`, with its line end (RFC 5321 §4.2).
    static func replyLine(_ line: [UInt8]) -> (code: Int, isLast: Bool, text: String)? {
        guard line.count >= 4, line.last == .lineFeed else { return nil }
        let digits = line.prefix(3)
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }), (0x32...0x35).contains(line[0]) else {
            return nil
        }
        let code = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        let separator = line[3]
        guard [.space, 0x2D, .carriageReturn, .lineFeed].contains(separator) else { return nil }
        let words = IMAPResponse(
            bytes: Array(line.dropFirst(separator == .space || separator == 0x2D ? 4 : 3))
        ).line
        return (code, separator != 0x2D, words)
    }
}
