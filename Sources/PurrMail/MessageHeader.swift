/// The fields of one message or part, read lazily: an index over bytes that are not copied.
///
/// Reading is total. Lines that are no field and continue none are skipped and noted; what lies beyond
/// the limits is not indexed. A line ends with CRLF or LF; a bare CR ends nothing (RFC 5321 §2.3.8).
///
/// Source: RFC 5322 §2.2 and §4.5.
package struct MessageHeader: Sendable {
    /// One field: where its name and its value (folds included) stand.
    ///
    /// Small, because all of them are walked for each question.
    struct Field: Sendable {
        let hash: UInt32
        private let nameStart: UInt32
        private let nameEnd: UInt32
        private let valueStart: UInt32
        private let valueEnd: UInt32

        /// The limits of the reader keep every index below 2³².
        init(hash: UInt32, name: Range<Int>, value: Range<Int>) {
            self.hash = hash
            nameStart = UInt32(truncatingIfNeeded: name.lowerBound)
            nameEnd = UInt32(truncatingIfNeeded: name.upperBound)
            valueStart = UInt32(truncatingIfNeeded: value.lowerBound)
            valueEnd = UInt32(truncatingIfNeeded: value.upperBound)
        }

        var name: Range<Int> { Int(nameStart)..<Int(nameEnd) }
        var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
    }

    let bytes: [UInt8]
    let fields: [Field]
    /// Whether fields were left out because a limit was reached.
    package let isTruncated: Bool
    /// Whether there was a line that is neither a field nor the continuation of one.
    package let hasStrayLines: Bool

    /// Reads the fields at the start of `bytes`, up to the first empty line.
    package init(_ bytes: [UInt8]) {
        self = Self.read(bytes, from: 0, limits: .standard) { _ in false }.header
    }

    init(bytes: [UInt8], fields: [Field], isTruncated: Bool, hasStrayLines: Bool) {
        self.bytes = bytes
        self.fields = fields
        self.isTruncated = isTruncated
        self.hasStrayLines = hasStrayLines
    }

    /// No fields at all.
    package static let empty = MessageHeader(
        bytes: [], fields: [], isTruncated: false, hasStrayLines: false)

    /// Whether there is not a single field.
    package var isEmpty: Bool { fields.isEmpty }

    // MARK: Asking

    /// The value of the first field of that name, as bytes, with its folds and encoded words.
    package func raw(_ name: String) -> ArraySlice<UInt8>? {
        let hash = Self.hash(name)
        for field in fields where field.hash == hash && isNamed(field, name) { return bytes[field.value] }
        return nil
    }

    /// Calls `body` with the value of each field of that name, in order, at most `limit` of them.
    func forEachRaw(_ name: String, limit: Int = .max, _ body: (ArraySlice<UInt8>) -> Void) {
        let hash = Self.hash(name)
        var count = 0
        for field in fields where field.hash == hash && isNamed(field, name) {
            body(bytes[field.value])
            count += 1
            if count >= limit { return }
        }
    }

    /// The values of all fields of that name, in order.
    package func allRaw(_ name: String) -> [ArraySlice<UInt8>] {
        let hash = Self.hash(name)
        return fields.compactMap { $0.hash == hash && isNamed($0, name) ? bytes[$0.value] : nil }
    }

    /// Whether there is a field of that name.
    package func contains(_ name: String) -> Bool { raw(name) != nil }

    /// The value of the first field of that name as a person reads it: unfolded, decoded (RFC 2047),
    /// without blanks on either side.
    package func first(_ name: String) -> String? { raw(name).map(EncodedWord.decoded) }

    /// The values of all fields of that name as a person reads them, in order.
    package func all(_ name: String) -> [String] { allRaw(name).map(EncodedWord.decoded) }

    /// The names of all fields in order, in small letters.
    package var names: [String] {
        fields.map { field in String(decoding: bytes[field.name].map(\.lowercased), as: UTF8.self) }
    }

    /// The first name of an `X-` field in which one of these stands, hyphens aside.
    ///
    /// - Parameters:
    ///   - parts: In small letters.
    ///   - exceptions: Names in which one of these stands are passed over.
    package func firstName(containing parts: [String], except exceptions: [String]) -> String? {
        for field in fields where field.name.count >= 8 {
            let name = bytes[field.name]
            guard name[name.startIndex].lowercased == UInt8(ascii: "x"),
                name[name.startIndex + 1] == .hyphen
            else { continue }
            let letters = name.dropFirst(2).compactMap { $0 == .hyphen ? nil : $0.lowercased }
            let found = parts.contains { Self.contains(letters, Array($0.utf8)) }
            if found, !exceptions.contains(where: { Self.contains(letters, Array($0.utf8)) }) {
                return String(decoding: name, as: UTF8.self)
            }
        }
        return nil
    }

    /// Whether the text of the first field of that name may hold a word: it stands there as it is, or something
    /// is encoded (RFC 2047).
    ///
    /// - Parameter word: In small letters; nothing of it is spread over folds.
    package func mayHold(_ word: String, in name: String) -> Bool {
        guard let value = raw(name) else { return false }
        let first = word.utf8.first
        for (index, byte) in zip(value.indices, value) {
            if byte == .equals, value[index...].hasPrefix(lowercased: "=?") { return true }
            if byte.lowercased == first, value[index...].hasPrefix(lowercased: word) { return true }
        }
        return false
    }

    private static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        guard let first = part.first, bytes.count >= part.count else { return false }
        for start in 0...(bytes.count - part.count) where bytes[start] == first {
            if bytes[start..<(start + part.count)].elementsEqual(part) { return true }
        }
        return false
    }

    private func isNamed(_ field: Field, _ name: String) -> Bool {
        let range = field.name
        guard range.count == name.utf8.count else { return false }
        var index = range.lowerBound
        for letter in name.utf8 {
            guard bytes[index].lowercased == letter.lowercased else { return false }
            index += 1
        }
        return true
    }

    // MARK: Reading

    /// FNV-1a over the name in small letters: tells names apart quickly; equality is checked after it.
    static func hash(_ name: String) -> UInt32 {
        var hash: UInt32 = 0x811C_9DC5
        for byte in name.utf8 { hash = (hash ^ UInt32(byte.lowercased)) &* 0x0100_0193 }
        return hash
    }

    /// Reads fields from `start` to the first empty line, the end, or a line at which `isBoundary`
    /// (asked only about lines that begin with `--`) says stop.
    ///
    /// - Returns: The fields, and where the body begins: after the empty line, at the boundary line, or
    ///   at a line of text where a client forgot the empty line.
    static func read(
        _ bytes: [UInt8], from start: Int, limits: ReadingLimits, isBoundary: (Int) -> Bool
    ) -> (header: MessageHeader, body: Int) {
        var fields: [Field] = []
        fields.reserveCapacity(24)
        var isTruncated = false
        var hasStrayLines = false
        // The field being read; its value grows with each continuation line.
        var open: (hash: UInt32, name: Range<Int>, valueStart: Int, valueEnd: Int)?
        let end = min(bytes.count, limits.bytes)
        let sizeLimit = start + min(limits.headerBytes, end - min(start, end))
        var position = start
        var body = end

        func close() {
            guard let field = open else { return }
            fields.append(
                Field(hash: field.hash, name: field.name, value: field.valueStart..<field.valueEnd))
            open = nil
        }

        while position < end {
            let line = position
            let first = bytes[line]
            if first == .lineFeed {
                body = line + 1
                break
            }
            if first == .carriageReturn, line + 1 < end, bytes[line + 1] == .lineFeed {
                body = line + 2
                break
            }
            if first == .hyphen, line + 1 < end, bytes[line + 1] == .hyphen, isBoundary(line) {
                body = line
                break
            }
            if first.isBlank {
                let next = lineEnd(bytes, from: line, end: end)
                if line >= sizeLimit {
                    isTruncated = true
                } else if let field = open {
                    open = (field.hash, field.name, field.valueStart, min(next, sizeLimit))
                }
                position = next
                continue
            }
            close()
            let isBeyondLimits = line >= sizeLimit || fields.count >= limits.fields
            if isBeyondLimits { isTruncated = true }

            // The name: printable ASCII up to a colon, blanks before the colon allowed (§4.5.3).
            var hash: UInt32 = 0x811C_9DC5
            var cursor = line
            while cursor < end {
                let byte = bytes[cursor]
                guard byte > 0x20, byte < 0x7F, byte != .colon else { break }
                hash = (hash ^ UInt32(byte.lowercased)) &* 0x0100_0193
                cursor += 1
            }
            let nameEnd = cursor
            while cursor < end, bytes[cursor].isBlank { cursor += 1 }
            let isField = nameEnd > line && cursor < end && bytes[cursor] == .colon
            let next = lineEnd(bytes, from: cursor, end: end)
            if isField {
                if !isBeyondLimits { open = (hash, line..<nameEnd, cursor + 1, min(next, sizeLimit)) }
            } else {
                hasStrayLines = true
                // A client forgot the empty line: text follows text. One stray line among fields (a
                // mailbox's "From ", a broken fold) is skipped instead.
                if !fields.isEmpty, !isFieldOrEnd(bytes, at: next, end: end) {
                    body = line
                    break
                }
            }
            position = next
        }
        close()
        return (
            MessageHeader(
                bytes: bytes, fields: fields, isTruncated: isTruncated, hasStrayLines: hasStrayLines),
            min(body, end)
        )
    }

    /// Groups of fields separated by empty lines, as in `message/delivery-status` (RFC 3464 §2.1).
    ///
    /// - Parameter limit: The most groups read.
    package static func groups(_ bytes: [UInt8], limit: Int) -> [MessageHeader] {
        var groups: [MessageHeader] = []
        var position = 0
        while position < bytes.count, groups.count < limit {
            let (header, body) = read(bytes, from: position, limits: .standard) { _ in false }
            if !header.isEmpty { groups.append(header) }
            // A line that is no field ends a group without being part of it.
            position = body > position ? body : lineEnd(bytes, from: position, end: bytes.count)
        }
        return groups
    }

    /// The index after the line feed that ends the line at `start`, or `end`.
    static func lineEnd(_ bytes: [UInt8], from start: Int, end: Int) -> Int {
        var index = start
        while index < end {
            if bytes[index] == .lineFeed { return index + 1 }
            index += 1
        }
        return end
    }

    /// Whether a field or the end of the fields stands at `start`.
    private static func isFieldOrEnd(_ bytes: [UInt8], at start: Int, end: Int) -> Bool {
        guard start < end else { return false }
        var index = start
        while index < end, index - start < 128 {
            let byte = bytes[index]
            if byte == .colon { return index > start }
            if byte == .lineFeed { return index - start <= 1 }
            guard byte > 0x20, byte < 0x7F else {
                return byte == .carriageReturn && index == start
            }
            index += 1
        }
        return false
    }
}
