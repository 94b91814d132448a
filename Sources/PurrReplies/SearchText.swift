/// Text made comparable: small letters, one space for every run of blanks, plain quotes and dashes.
struct SearchText: Sendable {
    let bytes: [UInt8]

    /// - Parameter limit: The most bytes of `text` looked at.
    init(_ text: some StringProtocol, limit: Int = 16_384) {
        self.init(bytes: text.bytes(limit: limit)[...])
    }

    /// - Parameter text: UTF-8; a character cut in two at the end does no harm.
    init(bytes text: ArraySlice<UInt8>) {
        var isASCII = true
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count) { target, count in
            var last: UInt8 = 0x20
            for byte in text {
                guard byte < 0x80 else {
                    isASCII = false
                    return
                }
                let next = byte <= 0x20 || byte == 0x7F ? 0x20 : Self.lowercased(byte)
                if next != 0x20 || last != 0x20 {
                    target[count] = next
                    count += 1
                }
                last = next
            }
            if count > 0, last == 0x20 { count -= 1 }
        }
        self.bytes = isASCII ? bytes : Self.normalized(String(decoding: text, as: UTF8.self))
    }

    /// The same for text beyond ASCII.
    private static func normalized(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0...0xBF, 0xD7, 0xDF...0xFF: append(scalar, to: &bytes)
            // Latin-1's and Russian's capitals stand 32 before their small letters.
            case 0xC0...0xDE, 0x410...0x42F:
                Unicode.Scalar(scalar.value + 0x20).map { append($0, to: &bytes) }
            // Russian's small letters; punctuation; Chinese and Japanese.
            case 0x430...0x44F, 0x2000...0x206F, 0x3000...0x9FFF: append(scalar, to: &bytes)
            default:
                for small in scalar.properties.lowercaseMapping.unicodeScalars { append(small, to: &bytes) }
            }
        }
        if bytes.last == 0x20 { bytes.removeLast() }
        return bytes
    }

    private static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        switch scalar.value {
        case 0...0x20, 0x7F...0xA0, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x3000:
            if let last = bytes.last, last != 0x20 { bytes.append(0x20) }
        case 0x21...0x7E: bytes.append(lowercased(UInt8(scalar.value)))
        case 0x200B...0x200F, 0x00AD, 0xFEFF, 0x2060...0x2064: break
        case 0x2018...0x201B, 0x00B4, 0x02BC: bytes.append(UInt8(ascii: "'"))
        case 0x201C...0x201F, 0x00AB, 0x00BB, 0x300C...0x300F: bytes.append(UInt8(ascii: "\""))
        case 0x2010...0x2015, 0x2212, 0xFF0D: bytes.append(UInt8(ascii: "-"))
        case 0x301C: bytes.append(UInt8(ascii: "~"))
        case 0x3001, 0xFF0C: bytes.append(UInt8(ascii: ","))
        case 0x3002: bytes.append(UInt8(ascii: "."))
        // Fullwidth ASCII.
        case 0xFF01...0xFF5E: bytes.append(lowercased(UInt8(scalar.value - 0xFF01 + 0x21)))
        default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }

    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }

    var isEmpty: Bool { bytes.isEmpty }

    /// The text again, for reading pieces of it.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Words in the sense of blanks.
    var wordCount: Int { isEmpty ? 0 : 1 + bytes.count { $0 == 0x20 } }
}

extension StringProtocol {
    /// Its first bytes, copied at once where they lie together.
    func bytes(limit: Int) -> [UInt8] {
        utf8.withContiguousStorageIfAvailable { Array($0.prefix(limit)) } ?? Array(utf8.prefix(limit))
    }
}

extension String {
    /// Its first characters; itself where it cannot have more.
    func beginning(_ count: Int) -> String { utf8.count <= count ? self : String(prefix(count)) }
}

/// Some ASCII letters, asked for one by one.
struct ByteSet: Sendable {
    private let low: UInt64
    private let high: UInt64

    init(_ letters: StaticString) {
        var (low, high): (UInt64, UInt64) = (0, 0)
        for byte in "\(letters)".utf8 {
            if byte < 64 { low |= 1 << UInt64(byte) } else if byte < 128 { high |= 1 << UInt64(byte - 64) }
        }
        self.low = low
        self.high = high
    }

    func contains(_ byte: UInt8) -> Bool {
        byte < 64 ? low >> UInt64(byte) & 1 == 1 : byte < 128 && high >> UInt64(byte - 64) & 1 == 1
    }
}

/// Phrases to look for, all at once.
///
/// A phrase matches whole words; one that ends with `*` matches the beginning of a word. Chinese,
/// Japanese and Korean have no blanks between words: phrases that begin with such a letter match
/// anywhere.
struct PhraseSet: Sendable {
    private struct Phrase: Sendable {
        let bytes: [UInt8]
        let text: String
        let isPrefix: Bool
        let matchesAnywhere: Bool
    }
    /// By first byte.
    private let buckets: [[Phrase]]
    /// One bit for each pair of bytes that a phrase begins with: most places in a text are no start.
    private let starts: [UInt64]

    init(_ phrases: [String]) {
        var buckets = [[Phrase]](repeating: [], count: 256)
        var starts = [UInt64](repeating: 0, count: 1_024)
        for text in phrases {
            let isPrefix = text.hasSuffix("*")
            let bytes = SearchText(isPrefix ? text.dropLast() : text[...]).bytes
            guard bytes.count > 1, let first = bytes.first else { continue }
            buckets[Int(first)].append(
                Phrase(
                    bytes: bytes, text: text, isPrefix: isPrefix,
                    matchesAnywhere: text.unicodeScalars.first.map(Self.hasNoBlanks) ?? false))
            let pair = Int(first) << 8 | Int(bytes[1])
            starts[pair >> 6] |= 1 << UInt64(pair & 63)
        }
        self.buckets = buckets
        self.starts = starts
    }

    /// Whether the script is written without blanks between words.
    private static func hasNoBlanks(_ scalar: Unicode.Scalar) -> Bool {
        (0x0E00...0x0E7F).contains(scalar.value) || scalar.value >= 0x2E80
    }

    /// The first phrase that stands in `text`, and where.
    func first(in text: SearchText) -> (phrase: String, range: Range<Int>)? { first(in: text, from: 0) }

    /// Whether one of the phrases stands in `text`.
    func matches(_ text: SearchText) -> Bool { first(in: text) != nil }

    /// Whether raw text may begin with one of the phrases, by its first two letters.
    func mayBegin(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.count > 1 else { return false }
        let first = SearchText.lowercased(text[text.startIndex])
        let second = SearchText.lowercased(text[text.startIndex + 1])
        guard first < 0x80, second < 0x80 else { return true }
        let pair = Int(first) << 8 | Int(second)
        return starts[pair >> 6] & (1 << UInt64(pair & 63)) != 0
    }

    /// Whether `text` begins with one of the phrases.
    func begins(_ text: SearchText) -> String? {
        guard let byte = text.bytes.first else { return nil }
        return buckets[Int(byte)].first { matches($0, at: 0, in: text.bytes) }?.text
    }

    /// Every place where a phrase stands, in order, not overlapping.
    func all(in text: SearchText) -> [(phrase: String, range: Range<Int>)] {
        var found: [(phrase: String, range: Range<Int>)] = []
        var start = 0
        while let next = first(in: text, from: start) {
            found.append(next)
            start = next.range.upperBound
        }
        return found
    }

    private func first(in text: SearchText, from start: Int) -> (phrase: String, range: Range<Int>)? {
        let bytes = text.bytes
        var index = start
        while let place = nextStart(in: bytes, from: index) {
            var best: Phrase?
            for phrase in buckets[Int(bytes[place])] where matches(phrase, at: place, in: bytes) {
                if best.map({ $0.bytes.count < phrase.bytes.count }) ?? true { best = phrase }
            }
            if let best { return (best.text, place..<(place + best.bytes.count)) }
            index = place + 1
        }
        return nil
    }

    /// The first place from `start` on where two bytes stand that a phrase begins with.
    private func nextStart(in bytes: [UInt8], from start: Int) -> Int? {
        guard start + 1 < bytes.count else { return nil }
        return bytes.withUnsafeBufferPointer { bytes in
            starts.withUnsafeBufferPointer { starts in
                var pair = Int(bytes[start])
                for index in start..<(bytes.count - 1) {
                    pair = (pair & 0xFF) << 8 | Int(bytes[index + 1])
                    if starts[pair >> 6] & (1 << UInt64(truncatingIfNeeded: pair & 63)) != 0 {
                        return index
                    }
                }
                return nil
            }
        }
    }

    private func matches(_ phrase: Phrase, at index: Int, in bytes: [UInt8]) -> Bool {
        let end = index + phrase.bytes.count
        guard end <= bytes.count else { return false }
        if !phrase.matchesAnywhere, index > 0, Self.isLetter(bytes[index - 1]), Self.isLetter(bytes[index])
        {
            return false
        }
        for offset in phrase.bytes.indices where phrase.bytes[offset] != bytes[index + offset] {
            return false
        }
        if phrase.matchesAnywhere { return true }
        if phrase.isPrefix || end == bytes.count { return true }
        return !(Self.isLetter(bytes[end]) && Self.isLetter(bytes[end - 1]))
    }

    /// ASCII letters, digits, and every byte of a letter beyond ASCII.
    private static func isLetter(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x30 && byte <= 0x39)
    }
}
