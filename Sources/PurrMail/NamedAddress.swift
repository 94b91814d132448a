/// An address and the name that stands before it.
///
/// Source: RFC 5322 §3.4.
package struct NamedAddress: Hashable, Sendable {
    /// One line, trimmed, never empty.
    package let name: String?
    package let address: EmailAddress

    /// - Returns: nil when the name holds a control character.
    package init?(name: String?, address: EmailAddress) {
        if let name {
            guard let clean = HeaderText(name) else { return nil }
            let trimmed = String(decoding: Array(clean.text.utf8)[...].trimmed, as: UTF8.self)
            self.name = trimmed.isEmpty ? nil : trimmed
        } else {
            self.name = nil
        }
        self.address = address
    }

    /// The address alone.
    package init(_ address: EmailAddress) {
        name = nil
        self.address = address
    }

    /// Every address in one field such as `From` or `To`, at most 1,000; groups are flattened, comments
    /// dropped, and what cannot be read is left out.
    package static func list(in field: some Collection<UInt8>) -> [NamedAddress] {
        if let slice = field as? ArraySlice<UInt8> {
            var reader = AddressListReader(bytes: slice)
            return reader.addresses()
        }
        var reader = AddressListReader(bytes: Array(field)[...])
        return reader.addresses()
    }
}

extension NamedAddress {
    /// The addresses of ``list(in:)`` without their names.
    static func addresses(in field: ArraySlice<UInt8>) -> [EmailAddress] {
        // Nearly all fields are one address, bare or after a name: nothing to take apart.
        if let simple = simpleAddress(in: field) { return [simple] }
        var reader = AddressListReader(bytes: field, readsNames: false)
        return reader.addresses().map(\.address)
    }
}

extension NamedAddress {
    /// The address of a field that holds exactly one and neither comments, quotes nor groups.
    private static func simpleAddress(in field: ArraySlice<UInt8>) -> EmailAddress? {
        var open: Int?
        var close: Int?
        for index in field.indices {
            switch field[index] {
            case .openParenthesis, .quote, .comma, .semicolon, .colon, .backslash: return nil
            case .lessThan:
                guard open == nil else { return nil }
                open = index
            case .greaterThan:
                guard open != nil, close == nil else { return nil }
                close = index
            default: break
            }
        }
        guard let open else { return EmailAddress(bytes: field.trimmed) }
        guard let close else { return nil }
        return EmailAddress(bytes: field[(open + 1)..<close].trimmed)
    }
}

extension NamedAddress: CustomStringConvertible {
    /// As it stands in a header field, unfolded: `"Nordmann, Kari" <kari@example.org>`.
    package var description: String {
        guard let name else { return address.text }
        return HeaderWriter.phrase(name).joined(separator: " ") + " <\(address.text)>"
    }
}

/// Reads an address list byte by byte: no recursion, whatever the depth of its comments.
private struct AddressListReader {
    let bytes: ArraySlice<UInt8>

    private var found: [NamedAddress] = []
    /// The words before an address, or the address itself where there are no angle brackets.
    private var phrase: [UInt8] = []
    private var angle: [UInt8]?
    /// The last comment: `kari@example.org (Kari Nordmann)` is the old way to give a name.
    private var comment: [UInt8] = []

    private let readsNames: Bool

    init(bytes: ArraySlice<UInt8>, readsNames: Bool = true) {
        self.bytes = bytes
        self.readsNames = readsNames
    }

    mutating func addresses() -> [NamedAddress] {
        var index = bytes.startIndex
        while index < bytes.endIndex, found.count < 1_000 {
            let byte = bytes[index]
            switch byte {
            case .openParenthesis: index = skipComment(at: index)
            case .quote: index = readQuoted(at: index)
            case .lessThan: index = readAngle(at: index)
            case .comma, .semicolon:
                finish()
                index += 1
            case .colon:
                // A group's name ends; what stands before it is no address.
                if angle == nil, !phrase.contains(.at) { phrase = [] }
                index += 1
            default:
                phrase.append(byte)
                index += 1
            }
        }
        finish()
        return found
    }

    /// The index after the comment; an unclosed one is a parenthesis and no more.
    private mutating func skipComment(at start: Int) -> Int {
        var depth = 0
        var index = start
        var text: [UInt8] = []
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == .backslash, index + 1 < bytes.endIndex {
                text.append(bytes[index + 1])
                index += 2
                continue
            }
            if byte == .openParenthesis {
                depth += 1
                if depth == 1 {
                    index += 1
                    continue
                }
            }
            if byte == .closeParenthesis {
                depth -= 1
                if depth == 0 {
                    comment = text
                    return index + 1
                }
            }
            text.append(byte)
            index += 1
        }
        // Unclosed to the end: nothing after it can be trusted to be outside.
        return bytes.endIndex
    }

    private mutating func readQuoted(at start: Int) -> Int {
        var index = start + 1
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == .backslash, index + 1 < bytes.endIndex {
                phrase.append(bytes[index + 1])
                index += 2
                continue
            }
            if byte == .quote { return index + 1 }
            phrase.append(byte)
            index += 1
        }
        return index
    }

    private mutating func readAngle(at start: Int) -> Int {
        var index = start + 1
        var text: [UInt8] = []
        while index < bytes.endIndex, bytes[index] != .greaterThan, bytes[index] != .lessThan,
            bytes[index] != .comma || text.first == .at
        {
            if !bytes[index].isSpace, bytes[index] != .quote { text.append(bytes[index]) }
            index += 1
        }
        // An obsolete route (§4.4): "<@relay,@relay:kari@example.org>".
        if text.first == .at, let colon = text.lastIndex(of: .colon) { text.removeSubrange(...colon) }
        angle = text
        return index < bytes.endIndex && bytes[index] == .greaterThan ? index + 1 : index
    }

    private mutating func finish() {
        defer {
            phrase = []
            angle = nil
            comment = []
        }
        let address: EmailAddress?
        var name: [UInt8]
        if let angle {
            address = EmailAddress(bytes: angle[...])
            name = phrase
        } else {
            address = EmailAddress(bytes: phrase[...].trimmed) ?? strayAddress()
            name = comment
        }
        guard let address else { return }
        guard readsNames else {
            found.append(NamedAddress(address))
            return
        }
        if name[...].trimmed.isEmpty { name = comment }
        let text = EncodedWord.decoded(name[...])
        found.append(NamedAddress(name: text, address: address) ?? NamedAddress(address))
    }

    /// `Kari Nordmann kari@example.org`: the last word, where a client forgot the brackets.
    private func strayAddress() -> EmailAddress? {
        phrase[...].trimmed.split(whereSeparator: \.isSpace).last
            .flatMap { EmailAddress(bytes: $0) }
    }
}
