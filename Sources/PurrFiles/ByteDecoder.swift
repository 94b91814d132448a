/// Turns the bytes of a text file into bytes in which commas, quotes and line ends are ASCII.
///
/// UTF-16 becomes UTF-8; all else passes as it is, and ``cellText(_:)`` settles cell by cell whether it is
/// UTF-8 or Windows-1252.
struct ByteDecoder: Sendable {
    private enum Form: Sendable {
        case undecided
        case bytes
        case utf16(isBigEndian: Bool)
    }

    private var form = Form.undecided
    /// Bytes that came too early to be understood: fewer than four of a beginning, or half a character.
    private var held: [UInt8] = []
    private var highSurrogate: UInt16?

    /// Whether the file ended inside a UTF-16 character.
    var isInsideCharacter: Bool {
        if case .utf16 = form { return !held.isEmpty || highSurrogate != nil }
        return false
    }

    /// - Parameter isLast: Whether nothing follows, so that what was held back comes too.
    mutating func feed(_ bytes: ArraySlice<UInt8>, isLast: Bool = false) -> [UInt8] {
        if case .undecided = form {
            held += bytes
            guard held.count >= 4 || isLast else { return [] }
            let (form, mark) = Self.form(of: held)
            self.form = form
            let rest = held.dropFirst(mark)
            held = []
            return convert(rest)
        }
        return convert(bytes)
    }

    private mutating func convert(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        guard case .utf16(let isBigEndian) = form else { return Array(bytes) }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        for byte in bytes {
            guard let first = held.first else {
                held = [byte]
                continue
            }
            held = []
            let unit = isBigEndian ? UInt16(first) << 8 | UInt16(byte) : UInt16(byte) << 8 | UInt16(first)
            append(unit, to: &output)
        }
        return output
    }

    private mutating func append(_ unit: UInt16, to output: inout [UInt8]) {
        if let high = highSurrogate {
            highSurrogate = nil
            if UTF16.isTrailSurrogate(unit) {
                output += Array(String(decoding: [high, unit], as: UTF16.self).utf8)
                return
            }
            output += Array("\u{FFFD}".utf8)
        }
        if UTF16.isLeadSurrogate(unit) {
            highSurrogate = unit
        } else if unit < 0x80 {
            output.append(UInt8(unit))
        } else {
            output += Array(String(decoding: [unit], as: UTF16.self).utf8)
        }
    }

    /// The form by its byte order mark, or by where the zeros of ASCII text in UTF-16 are; and how many
    /// bytes the mark takes.
    private static func form(of bytes: [UInt8]) -> (Form, mark: Int) {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return (.bytes, 3) }
        if bytes.starts(with: [0xFF, 0xFE]) { return (.utf16(isBigEndian: false), 2) }
        if bytes.starts(with: [0xFE, 0xFF]) { return (.utf16(isBigEndian: true), 2) }
        if bytes.count >= 4 {
            let zeros = bytes.prefix(4).map { $0 == 0 }
            if zeros == [false, true, false, true] { return (.utf16(isBigEndian: false), 0) }
            if zeros == [true, false, true, false] { return (.utf16(isBigEndian: true), 0) }
        }
        return (.bytes, 0)
    }

    /// A cell as text: UTF-8 if it is that, else Windows-1252, in which every byte means something.
    static func cellText(_ bytes: some Collection<UInt8>) -> String {
        String(validating: bytes, as: UTF8.self) ?? String(String.UnicodeScalarView(bytes.map(scalar)))
    }

    private static func scalar(_ byte: UInt8) -> Unicode.Scalar {
        (0x80...0x9F).contains(byte) ? windows[Int(byte - 0x80)] : Unicode.Scalar(byte)
    }

    /// 0x80 to 0x9F of Windows-1252; the five that it leaves free are U+FFFD.
    private static let windows: [Unicode.Scalar] = [
        "€", "\u{FFFD}", "‚", "ƒ", "„", "…", "†", "‡", "ˆ", "‰", "Š", "‹", "Œ", "\u{FFFD}", "Ž", "\u{FFFD}",
        "\u{FFFD}", "‘", "’", "“", "”", "•", "–", "—", "˜", "™", "š", "›", "œ", "\u{FFFD}", "ž", "Ÿ",
    ]
}
