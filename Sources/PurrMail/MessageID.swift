/// The identity of one message, without its angle brackets.
///
/// Compared byte for byte. Gateways are known to fold case, so a reply is matched to what was sent
/// through ``matchingKey``.
///
/// Source: RFC 5322 §3.6.4. White space inside the brackets (§4.5.4) is dropped on input.
package struct MessageID: Hashable, Sendable {
    /// For example `20260811.4f2a@example.org`: printable ASCII, never empty, no `<` or `>`.
    package let text: String

    /// Reads a `msg-id`, with or without its brackets.
    ///
    /// - Returns: `nil` when a side of the `@` is missing, when it is longer than 998 bytes, or when
    ///   anything is left that may not stand in a header field.
    package init?(_ field: some StringProtocol) {
        self.init(bytes: Array(field.utf8)[...])
    }

    /// The same, from bytes.
    init?(bytes field: ArraySlice<UInt8>) {
        var bytes = [UInt8]()
        bytes.reserveCapacity(field.count)
        for byte in field where !byte.isSpace { bytes.append(byte) }
        if bytes.first == .lessThan, bytes.last == .greaterThan, bytes.count > 1 {
            bytes.removeLast()
            bytes.removeFirst()
        }
        guard bytes.count <= 998, bytes.count >= 3, bytes.first != .at, bytes.last != .at else {
            return nil
        }
        var hasAt = false
        for byte in bytes {
            guard byte > 0x20, byte < 0x7F, byte != .lessThan, byte != .greaterThan else { return nil }
            if byte == .at { hasAt = true }
        }
        guard hasAt else { return nil }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// What two spellings of the same identity have in common.
    package var matchingKey: String { text.lowercased() }
}

extension MessageID: CustomStringConvertible {
    /// The form that goes on the wire.
    package var description: String { "<\(text)>" }
}

extension MessageID: Codable {
    /// Reads the bare text; anything that is no identity is corrupted data.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = MessageID(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a Message-ID")
        }
        self = value
    }

    /// Writes the bare text.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension MessageID {
    /// The most ids taken from the beginning of one field, where a thread's root stands.
    static let keptFromStart = 64
    /// The most ids taken from the end of one field, where the message answered stands.
    static let keptFromEnd = 192

    /// All identities in one `References` or `In-Reply-To`, in order.
    ///
    /// Accepts what is found in real mail: folded, inside brackets too; without brackets;
    /// comma-separated; quoted; with the phrases of RFC 822 §4.6.2 around them. Of a longer list the
    /// first 64 and the last 192 are returned.
    package static func list(in field: some Collection<UInt8>) -> [MessageID] {
        if let slice = field as? ArraySlice<UInt8> { return list(inBytes: slice) }
        return list(inBytes: Array(field)[...])
    }

    private static func list(inBytes field: ArraySlice<UInt8>) -> [MessageID] {
        keptRanges(in: field).compactMap { MessageID(bytes: field[$0]) }
    }

    /// ``matchingKey`` of everything that ``list(in:)`` would return.
    static func matchingKeys(in field: ArraySlice<UInt8>) -> [String] {
        var keys: [String] = []
        var buffer: [UInt8] = []
        for range in keptRanges(in: field) {
            buffer.removeAll(keepingCapacity: true)
            var isClean = range.count <= 1_200
            var hasAt = false
            for byte in field[range] where !byte.isSpace {
                if byte <= 0x20 || byte >= 0x7F || byte == .lessThan || byte == .greaterThan {
                    isClean = false
                }
                if byte == .at { hasAt = true }
                buffer.append(byte.lowercased)
            }
            guard isClean, hasAt, buffer.count <= 998, buffer.first != .at, buffer.last != .at else {
                continue
            }
            keys.append(String(decoding: buffer, as: UTF8.self))
        }
        return keys
    }

    private static func keptRanges(in field: ArraySlice<UInt8>) -> [Range<Int>] {
        var ranges = idRanges(in: field)
        if ranges.count > keptFromStart + keptFromEnd {
            ranges.removeSubrange(keptFromStart..<(ranges.count - keptFromEnd))
        }
        return ranges
    }

    /// Where candidates stand: within `<…>`, or a bare word that holds an `@`.
    private static func idRanges(in field: ArraySlice<UInt8>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var index = field.startIndex
        while index < field.endIndex {
            let isBracketed = field[index] == .lessThan
            if isBracketed { index += 1 }
            let start = index
            var hasAt = false
            while index < field.endIndex {
                let byte = field[index]
                if byte == .lessThan || byte == .greaterThan { break }
                if !isBracketed, byte.isSpace || byte == .comma || byte == .semicolon || byte == .quote {
                    break
                }
                if byte == .at { hasAt = true }
                index += 1
            }
            if hasAt { ranges.append(start..<index) }
            if index < field.endIndex, field[index] != .lessThan { index += 1 }
        }
        return ranges
    }
}
