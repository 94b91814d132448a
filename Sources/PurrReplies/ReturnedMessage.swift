import PurrMail

/// What a report gives back of the message it is about: as a part, or as text below the notice.
struct ReturnedMessage {
    let header: MessageHeader
    /// Where the returned header begins in the notice's text, when it stands there.
    let offset: Int?

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
        for part in message.parts where part.enclosure == 0 {
            if let header = part.innerHeader, !header.isEmpty {
                return ReturnedMessage(header: header, offset: nil)
            }
        }
        // Where gateways have turned the returned message into a file or into more text.
        for part in message.parts where part.enclosure == 0 && part.contentType.type == "text" {
            if let found = find(in: Array(part.text(limit: 131_072).utf8)) { return found }
        }
        return find(in: Array((message.plainText ?? "").utf8))
    }

    /// The first block of lines that can only be the header of a message.
    static func find(in text: [UInt8]) -> ReturnedMessage? {
        var lineStart = 0
        var candidates = 0
        while lineStart < text.count, candidates < 64 {
            let end = text[lineStart...].firstIndex(of: 0x0A) ?? text.count
            if fieldName(text, from: lineStart, to: end).map(Self.known.contains) ?? false {
                candidates += 1
                let block = block(in: text, from: lineStart)
                if block.isHeader {
                    return ReturnedMessage(header: MessageHeader(block.bytes), offset: lineStart)
                }
                lineStart = block.end
            } else {
                lineStart = end + 1
            }
        }
        return nil
    }

    /// The fields from `start` on, without quote marks and indentation.
    private static func block(in text: [UInt8], from start: Int) -> (
        bytes: [UInt8], isHeader: Bool, end: Int
    ) {
        let margin = marginLength(text, at: start)
        var bytes: [UInt8] = []
        var knownFields = 0
        var hasProof = false
        var position = start
        while position < text.count, bytes.count < 65_536 {
            let end = text[position...].firstIndex(of: 0x0A) ?? text.count
            let content = text[min(position + margin, end)..<end]
            let isMarginOnly = text[position..<min(position + margin, end)].allSatisfy(isMargin)
            guard isMarginOnly, content.contains(where: { $0 > 0x20 }) else { break }
            if content.first == 0x20 || content.first == 0x09 {
                bytes += content + [0x0A]
            } else if let name = fieldName(text, from: position + margin, to: end) {
                if known.contains(name) { knownFields += 1 }
                if proof.contains(name) { hasProof = true }
                bytes += content + [0x0A]
            } else {
                break
            }
            position = end + 1
        }
        return (bytes, knownFields >= 3 && hasProof, max(position, start + 1))
    }

    private static func isMargin(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == UInt8(ascii: ">")
    }

    private static func marginLength(_ text: [UInt8], at start: Int) -> Int {
        text[start...].prefix(24).prefix(while: isMargin).count
    }

    /// The name in small letters when a field stands there.
    private static func fieldName(_ text: [UInt8], from start: Int, to end: Int) -> String? {
        guard start < end else { return nil }
        let content = text[start..<end].drop(while: isMargin).prefix(64)
        guard let colon = content.firstIndex(of: UInt8(ascii: ":")), colon > content.startIndex else {
            return nil
        }
        let name = content[..<colon]
        guard name.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        return String(decoding: name, as: UTF8.self).lowercased()
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
    /// Fields that a person who quotes a mail does not copy.
    private static let proof: Set<String> = [
        "received", "return-path", "message-id", "mime-version", "dkim-signature", "content-type",
        "content-transfer-encoding", "domainkey-signature",
    ]
}
