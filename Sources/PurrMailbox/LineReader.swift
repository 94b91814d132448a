import PurrMail
import PurrTransport

/// The server's bytes, cut into lines and stretches, within limits that each command sets anew.
final class LineReader {
    private let stream: MailStream
    private var silence = Duration.zero
    private var deadline = Deadline.after(.zero)
    private var budget = 0
    private var buffer: [UInt8] = []
    private var position = 0

    init(stream: MailStream) { self.stream = stream }

    /// Sets the limits for what follows.
    ///
    /// - Parameters:
    ///   - bytes: The most it may bring.
    ///   - silence: How long the server may say nothing. A slow line has as much longer as the bytes
    ///     allowed need at 16 KB a second; who sends them one by one is given up all the same.
    func allow(bytes: Int, within silence: Duration) {
        budget = bytes
        self.silence = silence
        deadline = .after(silence + .seconds(bytes / 16_384))
    }

    /// Whether everything that has been received was also consumed.
    var isDrained: Bool { position == buffer.count }

    /// Gives back memory: an idle connection should cost next to none.
    func release() {
        guard isDrained else { return }
        buffer = []
        position = 0
    }

    /// The next line with its line end, however long the budget lets it be.
    func line() throws(MailServerFailure) -> [UInt8] {
        var searched = 0
        while true {
            let unread = buffer[position...]
            if let end = unread.dropFirst(searched).firstIndex(of: .lineFeed) {
                defer { consume(through: end + 1) }
                return Array(unread[...end])
            }
            searched = unread.count
            _ = try receive(waiting: true)
        }
    }

    /// Whether a whole line is here; reads what there is, and never waits.
    func hasLine() throws(MailServerFailure) -> Bool {
        repeat {
            if buffer[position...].contains(.lineFeed) { return true }
        } while try receive(waiting: false)
        return false
    }

    /// Whether anything at all is here; reads what there is, and never waits.
    func hasBytes() throws(MailServerFailure) -> Bool {
        if !isDrained { return true }
        return try receive(waiting: false)
    }

    /// Some of the next bytes: at least one, at most `count`.
    func bytes(atMost count: Int) throws(MailServerFailure) -> ArraySlice<UInt8> {
        if isDrained { _ = try receive(waiting: true) }
        let end = min(buffer.count, position + count)
        defer { consume(through: end) }
        return buffer[position..<end]
    }

    /// Exactly the next `count` bytes, a literal's; refuses at once what the budget does not cover.
    func literal(of count: Int, into bytes: inout [UInt8]) throws(MailServerFailure) {
        try expect(count)
        var left = count
        while left > 0 {
            let some = try self.bytes(atMost: left)
            bytes.append(contentsOf: some)
            left -= some.count
        }
    }

    /// Throws away the next `count` bytes.
    func skip(_ count: Int) throws(MailServerFailure) {
        try expect(count)
        var left = count
        while left > 0 { left -= try bytes(atMost: left).count }
    }

    /// Throws when the limits do not cover `count` more bytes.
    func expect(_ count: Int) throws(MailServerFailure) {
        guard count <= budget + (buffer.count - position) else { throw exceeded() }
    }

    private func receive(waiting: Bool) throws(MailServerFailure) -> Bool {
        guard budget > 0 else { throw exceeded() }
        if position > 0 {
            buffer.removeSubrange(..<position)
            position = 0
        }
        let before = buffer.count
        if waiting {
            try stream.read(into: &buffer, atMost: budget, until: min(.after(silence), deadline))
        } else if try !stream.readAvailable(into: &buffer, atMost: budget) {
            return false
        }
        budget -= buffer.count - before
        return true
    }

    private func consume(through end: Int) {
        position = end
        if isDrained {
            buffer.removeAll(keepingCapacity: true)
            position = 0
        }
    }

    private func exceeded() -> MailServerFailure {
        stream.drop()
        return MailServerFailure(.limit, "The server sent more than was asked for")
    }
}
