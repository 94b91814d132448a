/// Writes header fields: folded at 78 columns, never over 998, encoded where they must be.
///
/// Source: RFC 5322 §2.1.1 and §2.2.3, RFC 2047.
struct HeaderWriter {
    private(set) var bytes: [UInt8] = []

    /// Writes `name: words…`, with a fold instead of a blank where a line would pass 78 columns.
    mutating func field(_ name: String, words: [String]) {
        bytes += Array(name.utf8)
        bytes.append(.colon)
        var column = name.utf8.count + 1
        for (index, word) in words.enumerated() {
            let width = word.utf8.count
            // No fold directly after the name: some readers lose such a value.
            if index > 0, column + 1 + width > 78 {
                bytes += [.carriageReturn, .lineFeed]
                column = 0
            }
            bytes.append(.space)
            bytes += Array(word.utf8)
            column += 1 + width
        }
        bytes += [.carriageReturn, .lineFeed]
    }

    /// Writes text a person reads.
    mutating func field(_ name: String, text: HeaderText) { field(name, words: Self.words(text.text)) }

    /// Writes an address with its name.
    mutating func field(_ name: String, address: NamedAddress) {
        let words = address.name.map(Self.phrase) ?? []
        field(name, words: words.isEmpty ? [address.address.text] : words + ["<\(address.address.text)>"])
    }

    /// Free text as words that survive folding and unfolding.
    static func words(_ text: String) -> [String] {
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        let isPlain =
            text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } && !text.contains("=?")
            && words.allSatisfy { !$0.isEmpty && $0.utf8.count <= 500 }
        return isPlain || text.isEmpty ? words : EncodedWord.encoded(text)
    }

    /// A display name: atoms as they are, other ASCII quoted, the rest encoded (RFC 5322 §3.2.5).
    static func phrase(_ name: String) -> [String] {
        let words = words(name)
        guard !name.isEmpty, words.joined(separator: " ") == name else { return words }
        let isAtoms = name.utf8.allSatisfy { byte in
            byte.isASCIILetter || byte.isASCIIDigit || byte == .space
                || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
        }
        if isAtoms { return words }
        let escaped = name.reduce(into: "") { text, letter in
            if letter == "\"" || letter == "\\" { text.append("\\") }
            text.append(letter)
        }
        return "\"\(escaped)\"".split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    }
}
