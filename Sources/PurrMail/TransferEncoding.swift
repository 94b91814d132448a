/// How the bytes of a part are written: RFC 2045 §6.
///
/// Decoding takes what it can and never fails.
enum TransferEncoding: Sendable {
    case identity, quotedPrintable, base64, uuencode

    init(field: ArraySlice<UInt8>?) {
        let name = (field ?? []).trimmed
        if name.hasPrefix(lowercased: "quoted-printable") {
            self = .quotedPrintable
        } else if name.hasPrefix(lowercased: "base64") {
            self = .base64
        } else if name.hasPrefix(lowercased: "x-uuencode") || name.hasPrefix(lowercased: "uuencode") {
            self = .uuencode
        } else {
            self = .identity
        }
    }

    /// At most `limit` bytes of what `bytes` stands for.
    func decoded(_ bytes: ArraySlice<UInt8>, limit: Int) -> [UInt8] {
        // Three bytes for each one that is wanted, and no more: what is left out otherwise costs time too.
        let bytes = limit < bytes.count ? bytes.prefix(limit * 3 + 1_024) : bytes
        return switch self {
        case .identity, .uuencode: Array(bytes.prefix(limit))
        case .base64: Self.base64Decoded(bytes, limit: limit)
        case .quotedPrintable: Self.quotedPrintableDecoded(bytes, limit: limit)
        }
    }

    /// RFC 2045 §6.8; bytes outside the alphabet are skipped, `=` ends a quantum, and what follows it
    /// is read on: some clients encode in pieces.
    static func base64Decoded(_ bytes: ArraySlice<UInt8>, limit: Int = .max) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(min(bytes.count / 4 * 3 + 3, limit))
        var accumulator: UInt32 = 0
        var digits = 0
        for byte in bytes {
            guard output.count < limit else { break }
            let value: UInt32
            switch byte {
            case 0x41...0x5A: value = UInt32(byte) - 0x41
            case 0x61...0x7A: value = UInt32(byte) - 0x61 + 26
            case 0x30...0x39: value = UInt32(byte) - 0x30 + 52
            case 0x2B, .hyphen: value = 62
            case .slash, .underscore: value = 63
            case .equals:
                if digits == 2 { output.append(UInt8(truncatingIfNeeded: accumulator >> 4)) }
                if digits == 3 {
                    output.append(UInt8(truncatingIfNeeded: accumulator >> 10))
                    output.append(UInt8(truncatingIfNeeded: accumulator >> 2))
                }
                digits = 0
                accumulator = 0
                continue
            default: continue
            }
            accumulator = accumulator << 6 | value
            digits += 1
            if digits == 4 {
                output.append(UInt8(truncatingIfNeeded: accumulator >> 16))
                output.append(UInt8(truncatingIfNeeded: accumulator >> 8))
                output.append(UInt8(truncatingIfNeeded: accumulator))
                digits = 0
                accumulator = 0
            }
        }
        if digits == 2 { output.append(UInt8(truncatingIfNeeded: accumulator >> 4)) }
        if digits == 3 {
            output.append(UInt8(truncatingIfNeeded: accumulator >> 10))
            output.append(UInt8(truncatingIfNeeded: accumulator >> 2))
        }
        return output.count > limit ? Array(output.prefix(limit)) : output
    }

    static func base64Encoded(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var output: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let count = min(3, bytes.count - index)
            var group: UInt32 = 0
            for offset in 0..<3 {
                group = group << 8 | (offset < count ? UInt32(bytes[index + offset]) : 0)
            }
            for offset in 0..<4 {
                let digit = alphabet[Int(group >> UInt32(18 - 6 * offset) & 0x3F)]
                output.append(offset <= count ? digit : .equals)
            }
            index += 3
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// RFC 2045 §6.7; an `=` that begins nothing stays, blanks at the end of a line go.
    static func quotedPrintableDecoded(_ bytes: ArraySlice<UInt8>, limit: Int = .max) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(min(bytes.count, limit))
        var index = bytes.startIndex
        // Where the blanks at the end of what was written begin: only those written literally.
        var blanks = 0
        while index < bytes.endIndex, output.count < limit {
            let byte = bytes[index]
            index += 1
            switch byte {
            case .equals:
                if index + 1 < bytes.endIndex, let high = bytes[index].hexValue,
                    let low = bytes[index + 1].hexValue
                {
                    output.append(high << 4 | low)
                    index += 2
                    blanks = 0
                    continue
                }
                var next = index
                while next < bytes.endIndex, bytes[next].isBlank { next += 1 }
                if next < bytes.endIndex, bytes[next] == .carriageReturn { next += 1 }
                if next < bytes.endIndex, bytes[next] == .lineFeed {
                    index = next + 1
                } else if next == bytes.endIndex {
                    index = next
                } else {
                    output.append(.equals)
                }
                blanks = 0
            case .space, .tab:
                output.append(byte)
                blanks += 1
            case .carriageReturn, .lineFeed:
                if blanks > 0 { output.removeLast(blanks) }
                blanks = 0
                output.append(byte)
            default:
                output.append(byte)
                blanks = 0
            }
        }
        return output
    }

    /// Writes text whose lines end with LF, as lines of at most 76 bytes that end with CRLF.
    ///
    /// Beyond RFC 2045 §6.7: a `.` that begins a line and a `From ` at the beginning of one are encoded,
    /// because relays and mailbox files are known to change them.
    static func quotedPrintableEncoded(_ text: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.count + text.count / 8)
        let fromLine = Array("From ".utf8)
        var column = 0
        for (index, byte) in text.enumerated() {
            if byte == .lineFeed {
                output += [.carriageReturn, .lineFeed]
                column = 0
                continue
            }
            let endsLine = index + 1 == text.count || text[index + 1] == .lineFeed
            func needsEncoding() -> Bool {
                switch byte {
                case .equals: true
                case .space, .tab: endsLine
                case .dot: column == 0
                case 0x46: column == 0 && text[index...].starts(with: fromLine)
                default: byte <= 0x20 || byte >= 0x7F
                }
            }
            var isLiteral = !needsEncoding()
            // One column is kept for the "=" of a soft break.
            if column + (isLiteral ? 1 : 3) > (endsLine ? 76 : 75) {
                output += [.equals, .carriageReturn, .lineFeed]
                column = 0
                isLiteral = !needsEncoding()
            }
            if isLiteral {
                output.append(byte)
            } else {
                output += [.equals, hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 0x0F)]]
            }
            column += isLiteral ? 1 : 3
        }
        return output
    }
}
