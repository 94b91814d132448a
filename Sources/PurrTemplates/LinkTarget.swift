/// A stretch of filled text, and the token it came from, if it came from one.
struct FilledPiece: Hashable, Sendable {
    let text: String
    let token: String?
}

/// Where a link leads, safe to stand in an attribute and in a client.
enum LinkTarget {
    static func hasSafeScheme(_ text: String) -> Bool {
        let folded = text.lowercased()
        return ["https://", "http://", "mailto:", "tel:"].contains { folded.hasPrefix($0) }
    }

    /// Percent-encodes what may not stand in a URL (RFC 3986 §2); what is encoded already stays.
    static func encoded(_ text: String) -> String { encode(text, keeping: "-._~:/?#[]@!$&'()*+,;=%") }

    /// Percent-encodes a value that is one part of a URL.
    ///
    /// `@` stays for `mailto:` alone: elsewhere it would turn the host before it into a user's name.
    static func encodedComponent(_ text: String, of target: String) -> String {
        encode(text, keeping: target.lowercased().hasPrefix("mailto:") ? "-._~@" : "-._~")
    }

    private static func encode(_ text: String, keeping signs: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        let kept = Set(signs.utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            let isAlphanumeric =
                byte < 0x80 && (Character(Unicode.Scalar(byte)).isLetter || (0x30...0x39).contains(byte))
            if isAlphanumeric || kept.contains(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// The address of one link.
///
/// - Throws: When a value stands at its beginning and is no web, mail or telephone address.
func linkTarget(_ pieces: [FilledPiece]) throws(TemplateProblem) -> String {
    var target = ""
    for (position, piece) in pieces.enumerated() {
        guard let token = piece.token else {
            target += LinkTarget.encoded(piece.text)
            continue
        }
        guard position == 0 else {
            target += LinkTarget.encodedComponent(piece.text, of: target)
            continue
        }
        // "example.org/book" as people write it; "javascript:…" has a colon before any slash.
        let isBare = !piece.text.prefix { $0 != "/" }.contains(":")
        let address = isBare ? "https://" + piece.text : piece.text
        guard LinkTarget.hasSafeScheme(address), !address.contains(where: \.isWhitespace) else {
            throw TemplateProblem(
                .body, "The value of {{\(token)}} is used as a link and is no web address; correct it.")
        }
        target += LinkTarget.encoded(address)
    }
    return target
}
