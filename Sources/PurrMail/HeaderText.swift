/// Text that may stand in a header field: one line, no control characters.
///
/// A value of this type cannot smuggle in a second field (spec M1.5).
package struct HeaderText: Hashable, Sendable {
    /// Never holds CR, LF, NUL or any other control character; may be empty.
    package let text: String

    /// - Returns: nil when `text` holds a control character (C0, DEL, C1) or a line or paragraph
    ///   separator. Tabs too: folding would turn them into something else.
    package init?(_ text: String) {
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: return nil
            default: continue
            }
        }
        self.text = text
    }

    private init() { text = "" }

    /// No text at all.
    package static let empty = HeaderText()
}

extension HeaderText: CustomStringConvertible {
    /// The text itself, not encoded.
    package var description: String { text }
}

extension HeaderText: Codable {
    /// Reads the bare text; a control character in it is corrupted data.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = HeaderText(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not one line of text")
        }
        self = value
    }

    /// Writes the bare text.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
