/// The values of header fields between bytes and text.
///
/// Source: RFC 2047, RFC 5322 §2.2.3.
enum EncodedWord {
    /// Unfolded, decoded, trimmed.
    ///
    /// Bytes that should have been encoded are read as UTF-8, else as
    /// Windows-1252. Never fails: what is no encoded word stays as it is.
    static func decoded(_ field: ArraySlice<UInt8>) -> String {
        let value = unfolded(field.trimmed)
        guard hasEncodedWord(value) else { return Charset.guess(value[...]) }
        var text = ""
        var plain: [UInt8] = []
        // Adjacent words of one charset are joined before decoding: clients split characters (§5 says
        // they may not).
        var run: (charset: String, bytes: [UInt8])?
        func endRun() {
            if let ended = run { text += Charset.text(of: ended.bytes[...], in: ended.charset).text }
            run = nil
        }
        var index = value.startIndex
        while index < value.endIndex {
            if value[index] == .equals, let word = word(in: value, at: index) {
                if !plain.allSatisfy(\.isBlank) || run == nil {
                    endRun()
                    text += Charset.guess(plain[...])
                }
                plain = []
                if let current = run, current.charset == word.charset {
                    run = (current.charset, current.bytes + word.bytes)
                } else {
                    endRun()
                    run = (word.charset, word.bytes)
                }
                index = word.end
            } else {
                plain.append(value[index])
                index += 1
            }
        }
        endRun()
        text += Charset.guess(plain[...])
        return text
    }

    /// One space for each fold and the blanks around it; other control characters become spaces.
    static func unfolded(_ field: ArraySlice<UInt8>) -> [UInt8] {
        var value: [UInt8] = []
        value.reserveCapacity(field.count)
        var isFolding = false
        for byte in field {
            if byte == .carriageReturn || byte == .lineFeed {
                isFolding = true
            } else if isFolding {
                guard !byte.isBlank else { continue }
                while let last = value.last, last.isBlank { value.removeLast() }
                value.append(.space)
                value.append(byte)
                isFolding = false
            } else {
                value.append(byte < 0x20 || byte == 0x7F ? .space : byte)
            }
        }
        return value
    }

    private static func hasEncodedWord(_ value: [UInt8]) -> Bool {
        guard value.count > 6 else { return false }
        for index in 0..<(value.count - 1) where value[index] == .equals && value[index + 1] == .question {
            return true
        }
        return false
    }

    /// The encoded word that begins at `start`, if one does: `=?charset?B?text?=`.
    private static func word(in value: [UInt8], at start: Int) -> (
        charset: String, bytes: [UInt8], end: Int
    )? {
        var index = start + 2
        guard index < value.count, value[start + 1] == .question else { return nil }
        let charsetStart = index
        while index < value.count, value[index] != .question, value[index] > 0x20, index - charsetStart < 64
        {
            index += 1
        }
        guard index > charsetStart, index + 2 < value.count, value[index] == .question,
            value[index + 2] == .question
        else { return nil }
        var charset = value[charsetStart..<index].lowercasedText
        // RFC 2231 §5: a language may follow.
        if let star = charset.firstIndex(of: "*") { charset = String(charset[..<star]) }
        let encoding = value[index + 1].lowercased
        index += 3
        let textStart = index
        while index + 1 < value.count, !(value[index] == .question && value[index + 1] == .equals) {
            index += 1
        }
        guard index + 1 < value.count else { return nil }
        let text = value[textStart..<index]
        switch encoding {
        case UInt8(ascii: "b"): return (charset, TransferEncoding.base64Decoded(text), index + 2)
        case UInt8(ascii: "q"): return (charset, qDecoded(text), index + 2)
        default: return nil
        }
    }

    private static func qDecoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            if byte == .underscore {
                bytes.append(.space)
            } else if byte == .equals, index + 2 < text.endIndex, let high = text[index + 1].hexValue,
                let low = text[index + 2].hexValue
            {
                bytes.append(high << 4 | low)
                index += 2
            } else {
                bytes.append(byte)
            }
            index += 1
        }
        return bytes
    }

    // MARK: Writing

    /// `text` as encoded words of at most 75 bytes each, to be joined by folds (§2).
    ///
    /// Q where most of it is ASCII, B elsewhere; characters are never split (§5).
    static func encoded(_ text: String) -> [String] {
        let asciiCount = text.utf8.count { $0 < 0x80 }
        let usesQ = asciiCount * 2 > text.utf8.count
        // 75 - "=?UTF-8?Q?" - "?=": 63 bytes; in B that is 45 bytes of text.
        let limit = usesQ ? 63 : 45
        var words: [String] = []
        var chunk: [UInt8] = []
        var cost = 0
        func flush() {
            guard !chunk.isEmpty else { return }
            let body = usesQ ? qEncoded(chunk) : TransferEncoding.base64Encoded(chunk)
            words.append("=?UTF-8?\(usesQ ? "Q" : "B")?\(body)?=")
            chunk = []
            cost = 0
        }
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            let added = usesQ ? bytes.reduce(0) { $0 + (isQSafe($1) || $1 == .space ? 1 : 3) } : bytes.count
            if cost + added > limit { flush() }
            chunk += bytes
            cost += added
        }
        flush()
        return words
    }

    /// §5 (3), the strictest set: usable in phrases too.
    private static func isQSafe(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte.isASCIIDigit || byte == 0x21 || byte == 0x2A || byte == 0x2B
            || byte == .hyphen
            || byte == .slash
    }

    private static func qEncoded(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            if byte == .space {
                text.append(.underscore)
            } else if isQSafe(byte) {
                text.append(byte)
            } else {
                text += [.equals, hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 0x0F)]]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
