import PurrMail

/// What a report gives back of the message it is about: as a part, or as text below the notice.
struct ReturnedMessage {
    let header: MessageHeader
    /// Where the returned header begins in the notice's text, when it stands there.
    let offset: Int?

    /// Whether it has the marks of transport, which nobody copies who quotes a mail in words.
    var hasTransport: Bool { Self.transportNames.contains(where: header.contains) }

    private static let transportNames = ["Received", "Return-Path", "DKIM-Signature", "MIME-Version"]

    /// Its identity, what it answered, and its thread.
    var ids: [MessageID] {
        var ids: [MessageID] = []
        if let own = header.messageID { ids.append(own) }
        for field in MatchKeys.vendorFields where header.contains(field) { ids += header.ids(field) }
        ids += header.inReplyTo + header.references
        var seen: Set<MessageID> = []
        return ids.filter { seen.insert($0).inserted }
    }

    static func find(in message: IncomingMessage) -> ReturnedMessage? {
        if let attached = attached(to: message) { return attached }
        let plainText = message.plainText ?? ""
        var isPlainTextRead = plainText.isEmpty
        // Where gateways have turned the returned message into a file or into more text.
        for part in message.parts where part.enclosure == 0 && part.contentType.type == "text" {
            let text = part.text(limit: 131_072)
            if let found = find(in: Array(text.utf8)) { return found }
            if text == plainText { isPlainTextRead = true }
        }
        return isPlainTextRead ? nil : find(in: Array(plainText.utf8))
    }

    /// The returned message where it is a part, or where its header was taken for a part's.
    static func attached(to message: IncomingMessage) -> ReturnedMessage? {
        for part in message.parts where part.enclosure == 0 {
            if let header = part.innerHeader, !header.isEmpty {
                return ReturnedMessage(header: header, offset: nil)
            }
            if part.depth > 0, part.header.contains("Message-ID"), part.header.contains("Received") {
                return ReturnedMessage(header: part.header, offset: nil)
            }
        }
        return nil
    }

    /// A block of lines that can only be the header of a message: the first with the marks of transport,
    /// else the first that quotes the identity.
    static func find(in text: [UInt8]) -> ReturnedMessage? {
        var quoted: ReturnedMessage?
        var lineStart = 0
        var candidates = 0
        while lineStart < text.count, candidates < 64 {
            let end = text[lineStart...].firstIndex(of: 0x0A) ?? text.count
            guard isKnownField(text, from: lineStart, to: end) else {
                lineStart = end + 1
                continue
            }
            candidates += 1
            let block = block(in: text, from: lineStart)
            if block.hasTransport {
                return ReturnedMessage(header: MessageHeader(block.bytes), offset: lineStart)
            }
            if block.hasIdentity, quoted == nil {
                quoted = ReturnedMessage(header: MessageHeader(block.bytes), offset: nil)
            }
            lineStart = block.end
        }
        return quoted
    }

    /// The fields from `start` on, without quote marks and indentation.
    private static func block(in text: [UInt8], from start: Int) -> Block {
        let margin = marginLength(text, at: start)
        var bytes: [UInt8] = []
        var names: [String] = []
        var strayLines = 0
        var position = start
        while position < text.count, bytes.count < 65_536 {
            let end = text[position...].firstIndex(of: 0x0A) ?? text.count
            let content = text[min(position + margin, end)..<end]
            let isMarginOnly = text[position..<min(position + margin, end)].allSatisfy(isMargin)
            guard isMarginOnly, content.contains(where: { $0 > 0x20 }) else { break }
            if content.first == 0x20 || content.first == 0x09 {
                bytes += content + [0x0A]
            } else if let name = fieldName(text, from: position + margin, to: end) {
                if known.contains(name) { names.append(name) }
                bytes += content + [0x0A]
                strayLines = 0
            } else if strayLines < 32, !names.isEmpty, content.count > 3, !content.dropLast().contains(0x20)
            {
                // A fold that lost its blank, as in Yahoo's notices: one long word.
                bytes += [0x20] + content + [0x0A]
                strayLines += 1
            } else {
                break
            }
            position = end + 1
        }
        let isHeader = names.count >= 3
        return Block(
            bytes: bytes, hasTransport: isHeader && names.contains(where: transport.contains),
            hasIdentity: isHeader && names.contains("message-id"), end: max(position, start + 1))
    }

    private struct Block {
        let bytes: [UInt8]
        let hasTransport: Bool
        let hasIdentity: Bool
        let end: Int
    }

    private static func isMargin(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == UInt8(ascii: ">")
    }

    private static func marginLength(_ text: [UInt8], at start: Int) -> Int {
        text[start...].prefix(24).prefix(while: isMargin).count
    }

    /// Whether a field of every mail stands there: most lines are told by their first letter.
    private static func isKnownField(_ text: [UInt8], from start: Int, to end: Int) -> Bool {
        var index = start
        while index < end, isMargin(text[index]) { index += 1 }
        guard index < end, knownBeginnings.contains(SearchText.lowercased(text[index])) else {
            return false
        }
        return fieldName(text, from: start, to: end).map(known.contains) ?? false
    }

    private static let knownBeginnings = ByteSet("rmdftscxuil")

    /// The name in small letters when a field stands there.
    private static func fieldName(_ text: [UInt8], from start: Int, to end: Int) -> String? {
        guard start < end else { return nil }
        let content = text[start..<end].drop(while: isMargin).prefix(64)
        guard let colon = content.firstIndex(of: UInt8(ascii: ":")), colon > content.startIndex else {
            return nil
        }
        let name = content[..<colon]
        guard name.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        return String(decoding: name.map(SearchText.lowercased), as: UTF8.self)
    }

    /// Fields of every mail.
    private static let known: Set<String> = [
        "received", "return-path", "message-id", "mime-version", "dkim-signature", "from", "to", "subject",
        "date",
        "content-type", "content-transfer-encoding", "x-mailer", "user-agent", "reply-to", "sender",
        "references",
        "in-reply-to", "delivered-to", "domainkey-signature", "received-spf", "x-originating-ip", "cc",
        "list-unsubscribe",
    ]
    /// Fields that nobody copies who quotes a mail in words.
    private static let transport: Set<String> = [
        "received", "return-path", "mime-version", "dkim-signature", "content-type",
        "content-transfer-encoding",
        "domainkey-signature",
    ]
}
