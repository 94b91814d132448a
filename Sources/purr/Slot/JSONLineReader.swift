/// Reads JSON values from lines, a byte at a time, so that a line needs no room of its own.
///
/// Ten million events in one line pass through; a line break ends whatever stands open.
struct JSONLineReader {
    /// What is wrong with a line, in a sentence.
    struct Problem: Error {
        let text: String
    }

    private var buffer: [UInt8] = []
    private var position = 0
    private let refill: () throws -> [UInt8]?
    private(set) var text: [UInt8] = []

    /// - Parameter refill: The next bytes, never an empty piece; nil at the end.
    init(refill: @escaping () throws -> [UInt8]?) { self.refill = refill }

    /// The next byte; nil at the end of all input.
    private mutating func peek() throws -> UInt8? {
        if position == buffer.count {
            guard let piece = try refill() else { return nil }
            buffer = piece
            position = 0
        }
        return buffer[position]
    }

    // MARK: Lines

    /// Whether there is another line; blank ones are passed over.
    mutating func nextLine() throws -> Bool {
        while let byte = try peek() {
            guard byte == 0x0A || byte == 0x20 || byte == 0x0D || byte == 0x09 else { return true }
            position += 1
        }
        return false
    }

    /// Passes over the rest of the line.
    mutating func skipLine() throws {
        while let byte = try peek() {
            position += 1
            if byte == 0x0A { return }
        }
    }

    /// The end of the line must be next.
    mutating func endLine() throws {
        guard let byte = try next() else { return }
        guard byte == 0x0A else { throw Problem(text: "There is something after the object.") }
        position += 1
    }

    // MARK: Values

    /// The next byte that is not blank, still unread.
    mutating func next() throws -> UInt8? {
        while let byte = try peek() {
            guard byte == 0x20 || byte == 0x09 || byte == 0x0D else { return byte }
            position += 1
        }
        return nil
    }

    /// Passes over a mark that must come.
    mutating func expect(_ mark: Unicode.Scalar, _ where: @autoclosure () -> String) throws {
        guard try next() == UInt8(ascii: mark) else {
            throw Problem(text: "This is not JSON: \(mark) is missing \(`where`()).")
        }
        position += 1
    }

    /// Passes over a mark if it comes.
    mutating func take(_ mark: Unicode.Scalar) throws -> Bool {
        guard try next() == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }

    /// Whether `null` comes; passes over it.
    mutating func takeNull() throws -> Bool {
        guard try next() == UInt8(ascii: "n") else { return false }
        try word("null")
        return true
    }

    /// Reads an object, giving the name of each member; `body` must read its value.
    mutating func object(_ body: (inout JSONLineReader, String) throws -> Void) throws {
        try expect("{", "at the beginning of an object")
        guard try !take("}") else { return }
        repeat {
            let name = try string()
            try expect(":", "after \"\(Terminal.oneLine(name))\"")
            try body(&self, name)
        } while try take(",")
        try expect("}", "at the end of an object")
    }

    /// Reads a list; `body` must read an element.
    mutating func array(_ body: (inout JSONLineReader) throws -> Void) throws {
        try expect("[", "at the beginning of a list")
        guard try !take("]") else { return }
        repeat { try body(&self) } while try take(",")
        try expect("]", "at the end of a list")
    }

    mutating func string() throws -> String {
        try readString()
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads a string into ``text``: its first 1,000 bytes, the rest is passed over.
    mutating func readString() throws {
        try expect("\"", "at the beginning of a string")
        text.removeAll(keepingCapacity: true)
        while let byte = try peek(), byte != 0x0A {
            position += 1
            if byte == UInt8(ascii: "\"") { return }
            if byte != UInt8(ascii: "\\") {
                guard byte >= 0x20 else {
                    throw Problem(text: "This is not JSON: a string holds a control character.")
                }
                keep(byte)
            } else {
                try readEscape()
            }
        }
        throw Problem(text: "This is not JSON: a string has no end.")
    }

    /// Reads a number into ``text``.
    mutating func readNumber() throws {
        _ = try next()
        text.removeAll(keepingCapacity: true)
        while let byte = try peek() {
            guard (0x30...0x39).contains(byte) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte) else {
                break
            }
            keep(byte)
            position += 1
        }
        guard text.contains(where: { (0x30...0x39).contains($0) }) else {
            throw Problem(text: "This is not JSON: a value is missing.")
        }
    }

    /// Passes over any value, however deep.
    mutating func skipValue() throws {
        var open: [UInt8] = []
        repeat {
            guard let byte = try next(), byte != 0x0A else {
                throw Problem(text: "This is not JSON: the line ends early.")
            }
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard open.count < 512 else { throw Problem(text: "A value is nested too deeply.") }
                open.append(byte)
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard open.popLast() == byte - 2 else {
                    throw Problem(text: "This is not JSON: brackets do not match.")
                }
                position += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                guard !open.isEmpty else { throw Problem(text: "This is not JSON: a value is missing.") }
                position += 1
            case UInt8(ascii: "\""): try readString()
            case UInt8(ascii: "t"): try word("true")
            case UInt8(ascii: "f"): try word("false")
            case UInt8(ascii: "n"): try word("null")
            default: try readNumber()
            }
        } while !open.isEmpty
    }

    private mutating func word(_ word: String) throws {
        for byte in word.utf8 {
            guard try peek() == byte else { throw Problem(text: "This is not JSON: \(word) is misspelt.") }
            position += 1
        }
    }

    private mutating func keep(_ byte: UInt8) {
        if text.count < 1_000 { text.append(byte) }
    }
}

// Escapes (RFC 8259 §7).
extension JSONLineReader {
    private mutating func readEscape() throws {
        let escape = try peek()
        guard let escape, escape != 0x0A else { return }
        position += 1
        switch escape {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): keep(escape)
        case UInt8(ascii: "b"): keep(0x08)
        case UInt8(ascii: "f"): keep(0x0C)
        case UInt8(ascii: "n"): keep(0x0A)
        case UInt8(ascii: "r"): keep(0x0D)
        case UInt8(ascii: "t"): keep(0x09)
        case UInt8(ascii: "u"):
            var unit = try hexadecimal()
            if (0xD800..<0xDC00).contains(unit), try peek() == UInt8(ascii: "\\") {
                position += 1
                guard try peek() == UInt8(ascii: "u") else {
                    throw Problem(text: "This is not JSON: half a character.")
                }
                position += 1
                let second = try hexadecimal()
                if (0xDC00..<0xE000).contains(second) {
                    unit = 0x10000 + (unit - 0xD800) << 10 + (second - 0xDC00)
                }
            }
            for byte in String(Unicode.Scalar(unit) ?? "\u{FFFD}").utf8 { keep(byte) }
        default: throw Problem(text: "This is not JSON: a string holds an unknown escape.")
        }
    }

    private mutating func hexadecimal() throws -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = try peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw Problem(text: "This is not JSON: \\u needs four digits.")
            }
            value = value << 4 + UInt32(digit)
            position += 1
        }
        return value
    }
}
