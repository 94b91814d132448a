// Names for the bytes that mail's grammars are written in, and what can be asked of one byte.
extension UInt8 {
    static let tab: UInt8 = 0x09
    package static let lineFeed: UInt8 = 0x0A
    package static let carriageReturn: UInt8 = 0x0D
    package static let space: UInt8 = 0x20
    static let quote: UInt8 = 0x22
    static let percent: UInt8 = 0x25
    static let apostrophe: UInt8 = 0x27
    static let openParenthesis: UInt8 = 0x28
    static let closeParenthesis: UInt8 = 0x29
    static let comma: UInt8 = 0x2C
    static let hyphen: UInt8 = 0x2D
    static let dot: UInt8 = 0x2E
    static let slash: UInt8 = 0x2F
    static let colon: UInt8 = 0x3A
    static let semicolon: UInt8 = 0x3B
    static let lessThan: UInt8 = 0x3C
    static let equals: UInt8 = 0x3D
    static let greaterThan: UInt8 = 0x3E
    static let question: UInt8 = 0x3F
    static let at: UInt8 = 0x40
    static let backslash: UInt8 = 0x5C
    static let underscore: UInt8 = 0x5F

    /// Space or tab: RFC 5322's WSP.
    var isBlank: Bool { self == .space || self == .tab }

    /// A blank or part of a line end.
    var isSpace: Bool { isBlank || self == .carriageReturn || self == .lineFeed }

    var isASCIIDigit: Bool { self >= 0x30 && self <= 0x39 }

    var isASCIILetter: Bool {
        let lower = self | 0x20
        return lower >= 0x61 && lower <= 0x7A
    }

    /// ASCII capitals become small; every other byte stays.
    var lowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }

    /// 0 to 15, or nil.
    var hexValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x37
        case 0x61...0x66: self - 0x57
        default: nil
        }
    }
}

extension ArraySlice<UInt8> {
    /// Without blanks and line ends on either side.
    var trimmed: ArraySlice<UInt8> {
        var start = startIndex
        var end = endIndex
        while start < end, self[start].isSpace { start += 1 }
        while end > start, self[end - 1].isSpace { end -= 1 }
        return self[start..<end]
    }

    /// Whether the bytes begin with `prefix`, given in small letters, whatever the case of the bytes.
    func hasPrefix(lowercased prefix: String) -> Bool {
        var index = startIndex
        for letter in prefix.utf8 {
            guard index < endIndex, self[index].lowercased == letter else { return false }
            index += 1
        }
        return true
    }
}

extension Sequence where Element == UInt8 {
    /// As text in small letters.
    ///
    /// `String.lowercased()` asks Unicode's tables about each letter that is not ASCII's, and about all of
    /// them where the string is not known to be ASCII.
    package var lowercasedText: String {
        var isASCII = true
        var bytes: [UInt8] = []
        bytes.reserveCapacity(underestimatedCount)
        for byte in self {
            if byte >= 0x80 { isASCII = false }
            bytes.append(isASCII ? byte.lowercased : byte)
        }
        let text = String(decoding: bytes, as: UTF8.self)
        return isASCII ? text : text.lowercased()
    }
}

/// The bytes of a hexadecimal digit, in capitals.
let hexDigits: [UInt8] = Array("0123456789ABCDEF".utf8)
