import PurrMail

/// What a report says in words, apart from the message it returns.
struct Notice {
    /// The text before the returned message, at most 16 KB.
    let text: String
    let words: SearchText
    let returned: ReturnedMessage?

    /// Whether the message is attached, not only quoted.
    let isReturnedWhole: Bool

    init(_ message: IncomingMessage) {
        var text = message.plainText ?? ""
        // Some systems put the reason into text without a subtype we show; the first text part serves.
        if text.isEmpty {
            text =
                message.parts.first { $0.enclosure == 0 && $0.contentType.type == "text" }?.text(
                    limit: 65_536) ?? ""
        }
        let bytes = Array(text.utf8.prefix(131_072))
        let attached = ReturnedMessage.attached(to: message)
        let inline = ReturnedMessage.find(in: bytes)
        // Fields quoted in the middle of a notice whose message is attached end nothing.
        let cut = attached == nil ? inline?.offset ?? bytes.count : bytes.count
        self.text = String(decoding: bytes[..<min(cut, 16_384)], as: UTF8.self)
        words = SearchText(self.text)
        returned = attached ?? ReturnedMessage.find(in: message)
        isReturnedWhole = attached != nil
    }

    /// The sentences around the reason; boilerplate before them does not matter to the phrases looked for.
    var reasonText: String { String(text.prefix(6_000)) }

    /// Addresses named in the notice, in order, each once, at most 16.
    var recipients: [EmailAddress] { Self.addresses(in: text, limit: 16) }

    static func addresses(in text: String, limit: Int) -> [EmailAddress] {
        var found: [EmailAddress] = []
        var keys: Set<String> = []
        let words = text.utf8.split { byte in
            byte <= 0x20 || "<>()[]\"',;|".utf8.contains(byte)
        }
        for word in words where word.contains(UInt8(ascii: "@")) && word.count < 260 {
            var bytes = Array(word)
            if bytes.count > 7, String(decoding: bytes.prefix(7), as: UTF8.self).lowercased() == "mailto:" {
                bytes.removeFirst(7)
            }
            while let last = bytes.last, last == 0x2E || last == 0x3A || last == 0x21 || last == 0x3F {
                bytes.removeLast()
            }
            if let address = EmailAddress(String(decoding: bytes, as: UTF8.self)),
                keys.insert(address.key).inserted
            {
                found.append(address)
                if found.count == limit { break }
            }
        }
        return found
    }
}
