/// The subject without what mail clients put around it: `Re:`, `Fwd:`, `AW:`, `SV:`, `Antw:`, `RE[2]:`,
/// `[list]` tags and a trailing `(fwd)`, as often as they stand there; blanks are collapsed.
///
/// For comparing (whatever the case) and not for showing: ``replySubject(to:)`` keeps the tags. After
/// RFC 5256 §2.1, with the words of other languages added.
package func baseSubject(_ subject: String) -> String {
    var rest = collapsed(subject)[...]
    while true {
        if rest.count >= 5, rest.suffix(5).lowercased() == "(fwd)" {
            rest = trimmed(rest.dropLast(5))
        } else if let next = withoutReplyPrefix(rest) {
            rest = trimmed(next)
        } else if let next = withoutTag(rest), !next.isEmpty {
            rest = next
        } else {
            return String(rest)
        }
    }
}

/// The subject for an answer to a mail of this subject: `Re: ` and the rest, never twice.
package func replySubject(to subject: String) -> String {
    var rest = collapsed(subject)[...]
    while let next = withoutReplyPrefix(rest) { rest = trimmed(next) }
    return "Re: " + rest
}

/// Whether the subject says that it answers something: `Re:` in some language, not `Fwd:`.
package func isReplySubject(_ subject: String) -> Bool {
    guard subject.utf8.prefix(600).contains(where: { $0 == 0x3A || $0 == 0xEF }) else { return false }
    let beginning = Array(subject.utf8.prefix(300))
    if beginning.allSatisfy({ $0 < 0x80 }) { return isASCIIReplySubject(beginning) }
    return begins(subject, with: replyWords)
}

/// Whether the subject says that somebody passes something on: `Fwd:` in some language.
package func isForwardSubject(_ subject: String) -> Bool { begins(subject, with: forwardWords) }

/// Whether one of these words stands before the first colon, behind `[list]` tags.
private func begins(_ subject: String, with words: Set<String>) -> Bool {
    // The words stand at its beginning; one letter may be of any length.
    var rest = collapsed(String(subject.unicodeScalars.prefix(300)))[...]
    while let next = withoutTag(rest) { rest = next }
    guard let colon = rest.prefix(24).firstIndex(where: { $0 == ":" || $0 == "：" }) else { return false }
    let word = prefixWord(rest[..<colon])
    return words.contains(word) && isCounter(trimmed(rest[..<colon]).dropFirst(word.count))
}

/// The same for letters that are bytes: most subjects, without asking Unicode's tables about each.
private func isASCIIReplySubject(_ subject: [UInt8]) -> Bool {
    var rest: [UInt8] = []
    for byte in subject {
        if byte != .space, !(0x09...0x0D).contains(byte) {
            rest.append(byte)
        } else if let last = rest.last, last != .space {
            rest.append(.space)
        }
    }
    if rest.last == .space { rest.removeLast() }
    var words = rest[...]
    while words.first == openBracket,
        let close = words.prefix(42).firstIndex(of: closeBracket)
    {
        words = words[(close + 1)...].trimmed
    }
    guard let colon = words.prefix(24).firstIndex(of: .colon) else { return false }
    let prefix = words[..<colon].trimmed
    let word = prefix.prefix { !counterMarks.contains($0) }
    // "Svar fra kundeservice:" is no "Re:".
    return replyWords.contains(word.lowercasedText)
        && prefix.dropFirst(word.count).allSatisfy {
            counterMarks.contains($0) || closingMarks.contains($0)
        }
}

private let openBracket = UInt8(ascii: "[")
private let closeBracket = UInt8(ascii: "]")
private let counterMarks = Array("[(^ *0123456789".utf8)
private let closingMarks = Array("])".utf8)

/// What mail clients write for "Re" in some twenty languages.
private let replyWords: Set<String> = [
    "re", "aw", "antwort", "sv", "svar", "vs", "antw", "rv", "ref", "réf", "r", "rif", "res", "resp", "odp",
    "vá",
    "ynt", "yan", "cevap", "απ", "σχετ", "השב", "תגובה", "رد", "回复", "答复", "回覆", "返信", "답장", "회신", "atb",
    "bls",
    "odpověď", "отв", "ответ",
]

private let forwardWords: Set<String> = [
    "fw", "fwd", "wg", "vb", "vl", "vs", "videres", "doorst", "tr", "i", "enc", "rv", "pd", "továbbítás",
    "ilt",
    "πρθ", "转发", "轉寄", "転送", "전달", "fs", "pr", "přeposláno", "пер", "weitergeleitet",
]

/// Blanks collapsed and trimmed.
private func collapsed(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
}

private func trimmed(_ text: Substring) -> Substring {
    var text = text
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return text
}

/// The word of a prefix in small letters, without a counter: `RE[2]`, `Re(3)`, `Re^2`, `Re 2`.
private func prefixWord(_ prefix: Substring) -> String {
    String(trimmed(prefix).prefix { !"[(^ *0123456789".contains($0) }).lowercased()
}

private func isCounter(_ text: Substring) -> Bool {
    text.allSatisfy { "[]()^ *0123456789".contains($0) }
}

private func withoutReplyPrefix(_ text: Substring) -> Substring? {
    guard let colon = text.prefix(24).firstIndex(where: { $0 == ":" || $0 == "：" }) else { return nil }
    let prefix = text[..<colon]
    let word = prefixWord(prefix)
    guard replyWords.contains(word) || forwardWords.contains(word) else { return nil }
    guard isCounter(trimmed(prefix).dropFirst(word.count)) else { return nil }
    return text[text.index(after: colon)...]
}

/// Without one `[tag]` of at most 40 characters at the beginning.
private func withoutTag(_ text: Substring) -> Substring? {
    guard text.first == "[", let close = text.prefix(42).firstIndex(of: "]") else { return nil }
    return trimmed(text[text.index(after: close)...])
}
