/// Bytes to text, whatever they claim to be.
enum Charset {
    /// What `bytes` say in the charset called `name`, and whether every byte had a meaning there.
    ///
    /// An unknown charset is read as Windows-1252, which is Latin-1 with the C1 controls put to use.
    static func text(of bytes: ArraySlice<UInt8>, in name: String) -> (text: String, isExact: Bool) {
        switch name.lowercased() {
        case "utf-8", "utf8", "utf_8", "unicode-1-1-utf-8", "", "us-ascii", "ascii", "ansi_x3.4-1968",
            "646",
            "7bit", "8bit", "unknown-8bit", "unknown", "default":
            return guessed(bytes)
        case "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "windows-1252", "cp1252",
            "cp-1252",
            "ansi", "x-ansi":
            return (windows1252(bytes), true)
        case let other:
            guard let converted = GlibcIconv.text(of: bytes, from: other) else {
                return (guess(bytes), false)
            }
            // A wrong label on UTF-8 is the usual reason for bytes without a meaning.
            if !converted.isExact, let text = String(validating: bytes, as: UTF8.self) {
                return (text, false)
            }
            return converted
        }
    }

    /// UTF-8 where it is valid, else Windows-1252.
    static func guess(_ bytes: ArraySlice<UInt8>) -> String { guessed(bytes).text }

    private static func guessed(_ bytes: ArraySlice<UInt8>) -> (text: String, isExact: Bool) {
        if let text = String(validating: bytes, as: UTF8.self) { return (text, true) }
        // A few bad bytes (a text cut in the middle of a character) do not make it another charset.
        let repaired = String(decoding: bytes, as: UTF8.self)
        let damage = repaired.unicodeScalars.count { $0 == "\u{FFFD}" }
        let foreign = bytes.count { $0 >= 0x80 }
        return damage * 4 <= foreign ? (repaired, false) : (windows1252(bytes), false)
    }

    /// Source: WHATWG Encoding Standard, index windows-1252 (the five holes map to C1 controls).
    static func windows1252(_ bytes: ArraySlice<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + bytes.count / 8)
        for byte in bytes {
            guard byte >= 0x80 else {
                text.append(byte)
                continue
            }
            let scalar = byte < 0xA0 ? UInt32(high1252[Int(byte) - 0x80]) : UInt32(byte)
            if scalar < 0x800 {
                text.append(UInt8(0xC0 | scalar >> 6))
            } else {
                text.append(UInt8(0xE0 | scalar >> 12))
                text.append(UInt8(0x80 | scalar >> 6 & 0x3F))
            }
            text.append(UInt8(0x80 | scalar & 0x3F))
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static let high1252: [UInt16] = [
        0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
        0x0152,
        0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC,
        0x2122,
        0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
    ]
}
