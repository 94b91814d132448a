import PurrMail

/// One response of an IMAP server: a line, with its literals in place.
///
/// Source: RFC 9051 §7 and §9.
struct IMAPResponse {
    /// Everything from the first byte to the last line end; literals follow their `{n}` CRLF.
    let bytes: [UInt8]

    /// What kind of response a line begins.
    enum Kind: Equatable {
        /// `+ …`: the server waits for more of a command.
        case continuation
        /// `* …`
        case untagged
        /// The answer to the command with the tag asked for.
        case tagged
        /// Another tag, or no response at all.
        case foreign
    }

    /// Reads the kind from the first line.
    static func kind(of line: [UInt8], tag: [UInt8]) -> Kind {
        guard let first = line.first else { return .foreign }
        if first == 0x2B { return .continuation }
        if first == 0x2A, line.count > 1, line[1] == .space { return .untagged }
        guard !tag.isEmpty, line.count > tag.count, line[tag.count] == .space, line.starts(with: tag) else {
            return .foreign
        }
        return .tagged
    }

    /// The length of the literal that a line announces at its end, `{n}` or `~{n}`, or nil.
    ///
    /// - Returns: nil also for a length of more than 18 digits: nothing that large is ever read.
    static func literalLength(atEndOf line: some RandomAccessCollection<UInt8>) -> Int? {
        var position = line.endIndex
        func previous() -> UInt8? {
            guard position > line.startIndex else { return nil }
            position = line.index(before: position)
            return line[position]
        }
        guard previous() == .lineFeed else { return nil }
        var byte = previous()
        if byte == .carriageReturn { byte = previous() }
        guard byte == 0x7D else { return nil }
        byte = previous()
        if byte == 0x2B { byte = previous() }
        var length = 0
        var scale = 1
        var digits = 0
        while let digit = byte, (0x30...0x39).contains(digit) {
            digits += 1
            guard digits <= 18 else { return nil }
            length += Int(digit - 0x30) * scale
            if digits < 18 { scale *= 10 }
            byte = previous()
        }
        return byte == 0x7B && digits > 0 ? length : nil
    }

    /// Whether a word of the line, counted in bytes, is `word`, which is in capitals.
    static func hasWord(_ word: String, in line: [UInt8], at start: Int) -> Bool {
        let end = start + word.utf8.count
        guard line.count > end, [.space, .carriageReturn, .lineFeed].contains(line[end]) else {
            return false
        }
        return zip(line[start..<end], word.utf8).allSatisfy { byte, expected in
            (byte >= 0x61 && byte <= 0x7A ? byte - 0x20 : byte) == expected
        }
    }

    /// Whether `BODY[` stands in the line.
    static func holdsBody(_ line: [UInt8]) -> Bool {
        let name = Array("BODY".utf8)
        return line.indices.contains { index in
            line[index] == 0x5B && index >= 4
                && zip(line[(index - 4)..<index], name).allSatisfy { $0 & 0xDF == $1 }
        }
    }

    /// The line with `BODY[HEADER]` for `BODY[HEADER.FIELDS (…)]`, or as it is.
    ///
    /// Servers repeat the names asked for with every message, fifty of them. libetpan makes several blocks
    /// of memory of each name: a third of its time for a folder of 100,000 messages.
    static func withoutFieldNames(_ line: [UInt8]) -> [UInt8] {
        guard let start = line.firstIndex(of: 0x5B), hasWord("HEADER.FIELDS", in: line, at: start + 1),
            let end = line[start...].firstIndex(of: 0x5D)
        else { return line }
        return Array(line[..<(start + 7)] + line[end...])
    }

    /// Whether this kind of response is free text, in which a trailing `{5}` announces nothing.
    static func isText(_ line: [UInt8]) -> Bool {
        hasWord("OK", in: line, at: 2) || hasWord("NO", in: line, at: 2) || hasWord("BAD", in: line, at: 2)
            || hasWord("BYE", in: line, at: 2) || hasWord("PREAUTH", in: line, at: 2)
    }
}

extension IMAPResponse {
    /// `OK`, `NO` or `BAD`, and the words after it.
    struct Status: Equatable {
        enum Word: String { case ok = "OK", no = "NO", bad = "BAD", bye = "BYE", preauth = "PREAUTH" }
        let word: Word
        let text: String
    }

    /// Reads the status of a tagged answer, or of an untagged `OK`, `NO`, `BAD`, `BYE`.
    var status: Status? {
        let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count >= 2, let word = Status.Word(rawValue: words[1].uppercased()) else { return nil }
        return Status(word: word, text: words.count > 2 ? String(words[2]) : "")
    }

    /// The first line as text, without its end, cut at 512 bytes, with nothing that a terminal obeys.
    var line: String {
        let bytes = bytes.prefix { $0 != .lineFeed }.prefix(512).map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }
        var text = String(decoding: bytes, as: UTF8.self)
        while text.last == " " { text.removeLast() }
        return text
    }

    /// The tokens after `* `.
    var tokens: [IMAPToken] {
        var reader = IMAPTokenReader(bytes: bytes, position: 2)
        var tokens: [IMAPToken] = []
        while let token = reader.next() { tokens.append(token) }
        return tokens
    }
}

extension IMAPResponse.Status {
    /// Where an appended message lies: `[APPENDUID 38505 3955] …` (RFC 4315 §3); nil where the server is silent
    /// or names several.
    var appendedUID: AppendedUID? {
        let words = text.prefix { $0 != "]" }.split(separator: " ")
        guard words.count == 3, words[0].uppercased() == "[APPENDUID",
            let validity = UInt32(words[1]), let uid = UInt32(words[2]), validity > 0, uid > 0
        else { return nil }
        return AppendedUID(uidValidity: UIDValidity(rawValue: validity), uid: UID(rawValue: uid))
    }
}

/// One piece of a response.
enum IMAPToken: Equatable {
    case open, close
    /// Letters, numbers, flags, `NIL`: whatever stands unquoted.
    case atom(String)
    /// A quoted string or a literal, without its quoting.
    case string([UInt8])

    /// The bytes of a name, quoted or not.
    var name: [UInt8]? {
        switch self {
        case .atom(let text): Array(text.utf8)
        case .string(let bytes): bytes
        case .open, .close: nil
        }
    }
}

/// Cuts a response into tokens; iterative, so that no nesting can exhaust the stack.
struct IMAPTokenReader {
    let bytes: [UInt8]
    var position: Int

    mutating func next() -> IMAPToken? {
        while position < bytes.count, [.space, .carriageReturn, .lineFeed].contains(bytes[position]) {
            position += 1
        }
        guard position < bytes.count else { return nil }
        switch bytes[position] {
        case 0x28:
            position += 1
            return .open
        case 0x29:
            position += 1
            return .close
        case 0x22: return quoted()
        case 0x7B, 0x7E: return literal() ?? atom()
        default: return atom()
        }
    }

    private mutating func quoted() -> IMAPToken {
        var text: [UInt8] = []
        position += 1
        while position < bytes.count, bytes[position] != 0x22 {
            if bytes[position] == 0x5C, position + 1 < bytes.count { position += 1 }
            text.append(bytes[position])
            position += 1
        }
        position += 1
        return .string(text)
    }

    private mutating func literal() -> IMAPToken? {
        // No further: a line of braces alone must not be read once for each of them.
        guard let end = bytes[position...].prefix(24).firstIndex(of: .lineFeed),
            let length = IMAPResponse.literalLength(atEndOf: bytes[position...end]),
            length <= bytes.count - end - 1
        else { return nil }
        let start = end + 1
        position = start + length
        return .string(Array(bytes[start..<position]))
    }

    private mutating func atom() -> IMAPToken {
        let start = position
        position += 1
        while position < bytes.count,
            ![.space, .carriageReturn, .lineFeed, 0x28, 0x29].contains(bytes[position])
        {
            position += 1
        }
        return .atom(String(decoding: bytes[start..<position], as: UTF8.self))
    }
}
