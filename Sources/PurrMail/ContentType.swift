/// A media type and its parameters.
///
/// Source: RFC 2045 §5.1; parameters in pieces or with a charset: RFC 2231.
package struct ContentType: Hashable, Sendable {
    /// In small letters: `text`.
    package let type: String
    /// In small letters: `plain`.
    package let subtype: String
    /// Names in small letters, values as written.
    package let parameters: [String: String]

    package init(type: String, subtype: String, parameters: [String: String] = [:]) {
        self.type = type
        self.subtype = subtype
        self.parameters = parameters
    }

    /// What a message without `Content-Type` is (RFC 2045 §5.2).
    package static let plainText = ContentType(type: "text", subtype: "plain")
    /// What a part of `multipart/digest` without one is (RFC 2046 §5.1.5).
    static let message = ContentType(type: "message", subtype: "rfc822")

    /// Type and subtype: `text/plain`.
    package var essence: String { "\(type)/\(subtype)" }

    /// Whether its parts are parts of this one.
    package var isMultipart: Bool { type == "multipart" }

    /// Whether it is a whole message: RFC 2046 §5.2.1, RFC 6532 §3.7.
    package var isMessage: Bool { type == "message" && ["rfc822", "global", "news"].contains(subtype) }

    /// Whether it is a message's header and no more: RFC 3462 §2, RFC 6533 §3.
    package var isHeaders: Bool {
        (type == "text" && subtype == "rfc822-headers")
            || (type == "message" && ["global-headers", "rfc822-headers", "partial"].contains(subtype))
    }

    /// - Returns: nil when there is no `type/subtype`.
    init?(field: ArraySlice<UInt8>) {
        let parts = ParameterList(field)
        // What follows a blank without a semicolon is a parameter whose semicolon was forgotten.
        let names = Self.names(parts.value)
        guard let first = names.first, !first.isEmpty else { return nil }
        // "Content-Type: text", an obsolete spelling still seen.
        guard names.count == 2, !names[1].isEmpty else {
            guard first == "text" else { return nil }
            self = .plainText
            return
        }
        self.init(type: String(first), subtype: String(names[1]), parameters: parts.parameters)
    }
}

extension ContentType {
    /// Type and subtype; letters are compared as bytes where all are ASCII, which is always.
    private static func names(_ value: String) -> [String] {
        guard value.utf8.allSatisfy({ $0 < 0x80 }) else {
            return value.split(separator: "/", maxSplits: 1).compactMap {
                $0.split(whereSeparator: \.isWhitespace).first.map(String.init)
            }
        }
        return value.utf8.split(separator: .slash, maxSplits: 1).compactMap { name in
            let start = name.drop { $0 == .space || (0x09...0x0D).contains($0) }
            let word = start.prefix { $0 != .space && !(0x09...0x0D).contains($0) }
            return word.isEmpty ? nil : String(decoding: word, as: UTF8.self)
        }
    }
}

/// Whether a part is to be shown or kept aside.
///
/// Source: RFC 2183.
package struct ContentDisposition: Hashable, Sendable {
    package let isAttachment: Bool
    package let fileName: String?

    /// Whether the name is that of an archive or a program, whatever the media type says.
    package var isArchive: Bool {
        let suffixes = [
            ".zip", ".exe", ".scr", ".pif", ".com", ".bat", ".cmd", ".rar", ".7z", ".iso", ".js", ".htm",
            ".html",
        ]
        return fileName.map { name in suffixes.contains { name.lowercased().hasSuffix($0) } } ?? false
    }

    init(field: ArraySlice<UInt8>) {
        let parts = ParameterList(field)
        // Unknown types are attachments (§2.8).
        isAttachment = parts.value != "inline" && !parts.value.isEmpty
        fileName = parts.parameters["filename"]
    }
}

/// `value; name=value; name="value"`.
struct ParameterList {
    /// In small letters.
    let value: String
    private(set) var parameters: [String: String] = [:]

    init(_ field: ArraySlice<UInt8>) {
        // No honest field is longer than this.
        let pieces = Self.pieces(EncodedWord.unfolded(field.prefix(8_192).trimmed))
        value = pieces.first.map { $0[...].trimmed.lowercasedText } ?? ""
        // RFC 2231 §3: name*0, name*1*, … are joined in the order of their numbers.
        var sections: [String: [(number: Int, bytes: [UInt8], isExtended: Bool)]] = [:]
        for piece in pieces.dropFirst().prefix(64) {
            guard let equals = piece.firstIndex(of: .equals) else { continue }
            var name = piece[..<equals].trimmed.lowercasedText
            let text = Array(piece[(equals + 1)...])
            guard let star = name.firstIndex(of: "*") else {
                if parameters[name] == nil { parameters[name] = EncodedWord.decoded(text[...]) }
                continue
            }
            var suffix = name[name.index(after: star)...]
            let isExtended = suffix.isEmpty || suffix.hasSuffix("*")
            if suffix.hasSuffix("*") { suffix = suffix.dropLast() }
            guard let number = suffix.isEmpty ? 0 : Int(suffix), (0..<64).contains(number) else { continue }
            name = String(name[..<star])
            sections[name, default: []].append((number, text, isExtended))
        }
        for (name, pieces) in sections where parameters[name] == nil {
            parameters[name] = Self.joined(pieces.sorted { $0.number < $1.number })
        }
    }

    /// Splits at `;` outside quotes and comments; quotes are taken off, comments dropped, and so are
    /// blanks outside quotes on either side of a name or a value.
    private static func pieces(_ bytes: [UInt8]) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var piece: [UInt8] = []
        var isQuoted = false
        var hasPendingBlank = false
        var depth = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == .backslash, isQuoted || depth > 0, index + 1 < bytes.count {
                if isQuoted { piece.append(bytes[index + 1]) }
                index += 2
                continue
            }
            index += 1
            if byte == .quote, depth == 0 {
                isQuoted.toggle()
            } else if isQuoted {
                piece.append(byte)
            } else if byte == .openParenthesis {
                depth += 1
            } else if byte == .closeParenthesis, depth > 0 {
                depth -= 1
            } else if depth > 0 {
                continue
            } else if byte == .semicolon {
                pieces.append(piece)
                piece = []
                hasPendingBlank = false
            } else if byte.isBlank {
                hasPendingBlank = !piece.isEmpty && piece.last != .equals
            } else {
                if hasPendingBlank, byte != .equals { piece.append(.space) }
                hasPendingBlank = false
                piece.append(byte)
            }
        }
        pieces.append(piece)
        return pieces
    }

    private static func joined(_ pieces: [(number: Int, bytes: [UInt8], isExtended: Bool)]) -> String {
        var bytes: [UInt8] = []
        var charset = "utf-8"
        for piece in pieces {
            var text = piece.bytes[...]
            if piece.isExtended {
                // RFC 2231 §4: charset'language'text, in the first section only.
                if piece.number == 0 {
                    let parts = text.split(
                        separator: .apostrophe, maxSplits: 2, omittingEmptySubsequences: false)
                    if parts.count == 3 {
                        charset = String(decoding: parts[0], as: UTF8.self)
                        text = parts[2]
                    }
                }
                bytes += percentDecoded(text)
            } else {
                bytes += text
            }
        }
        return Charset.text(of: bytes[...], in: charset).text
    }

    private static func percentDecoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            if text[index] == .percent, index + 2 < text.endIndex, let high = text[index + 1].hexValue,
                let low = text[index + 2].hexValue
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(text[index])
                index += 1
            }
        }
        return bytes
    }
}
