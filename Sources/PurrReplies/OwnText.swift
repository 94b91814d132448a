import PurrMail

/// What a sender wrote, without what others wrote before, and without the signature.
///
/// Lines that quote are dropped wherever they stand, so that answers between them survive; what follows
/// a header of Outlook's kind is dropped to the end, because nothing marks its lines. Source: spec R3.g.
struct OwnText: Sendable {
    /// Trimmed; may be empty.
    let text: String
    /// Whether there was a quoted mail.
    let hasQuote: Bool

    private typealias Line = ArraySlice<UInt8>

    init(_ plainText: String, limit: Int = 65_536) {
        let bytes = plainText.bytes(limit: limit)
        let lines = bytes.split(separator: 0x0A, maxSplits: 2_000, omittingEmptySubsequences: false)
        var kept: [Line] = []
        var hasText = false
        var hasQuote = false
        var index = 0
        while index < lines.count {
            let line = lines[index]
            let bare = Self.trimmed(line)
            guard let first = bare.first else {
                kept.append(line)
                index += 1
                continue
            }
            if first == UInt8(ascii: ">") {
                hasQuote = true
                index += 1
                continue
            }
            // RFC 3676 §4.3.
            if hasText, Self.isDashes(bare) || Self.isSignatureRule(bare, lines, at: index) {
                hasQuote = hasQuote || Self.hasQuote(lines[(index + 1)...])
                break
            }
            if Self.isOriginalMessageLine(bare) || Self.isHeaderBlock(lines, at: index) {
                hasQuote = true
                break
            }
            if let length = Self.attributionLength(lines, at: index) {
                hasQuote = true
                index += length
                // Without marks on what follows, all of it is the quote.
                if !lines[index...].prefix(4).contains(where: {
                    Self.trimmed($0).first == UInt8(ascii: ">")
                }) {
                    break
                }
                continue
            }
            index += 1
            if Self.isDeviceLine(bare) || Self.isReplyMark(bare) { continue }
            kept.append(line)
            hasText = true
        }
        text = Self.joined(kept)
        self.hasQuote = hasQuote
    }

    private static func isDashes(_ line: Line) -> Bool {
        line.count == 2 && line.allSatisfy { $0 == UInt8(ascii: "-") }
    }

    /// A short line of underscores with a few lines below it.
    private static func isSignatureRule(_ line: Line, _ lines: [Line], at index: Int) -> Bool {
        guard line.count >= 5, line.count < 30, line.allSatisfy({ $0 == UInt8(ascii: "_") }) else {
            return false
        }
        return lines[(index + 1)...].prefix(16).count { !trimmed($0).isEmpty } <= 10
    }

    private static func hasQuote(_ lines: ArraySlice<Line>) -> Bool {
        lines.prefix(200).contains { line in
            let bare = trimmed(line)
            return bare.first == UInt8(ascii: ">") || isOriginalMessageLine(bare)
        }
    }

    /// The lines again, with no more than one empty line between them.
    private static func joined(_ lines: [Line]) -> String {
        var output: [UInt8] = []
        var hasBlank = false
        for line in lines {
            guard !trimmed(line).isEmpty else {
                hasBlank = true
                continue
            }
            if !output.isEmpty { output += hasBlank ? [0x0A, 0x0A] : [0x0A] }
            hasBlank = false
            output += line
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// Without blanks on either side, those of other scripts included.
    private static func trimmed(_ line: Line) -> Line {
        var line = line
        while let last = line.last {
            if last <= 0x20 {
                line.removeLast()
            } else if last >= 0x80, let length = blanks.first(where: line.ends(with:))?.count {
                line.removeLast(length)
            } else {
                break
            }
        }
        while let first = line.first {
            if first <= 0x20 {
                line.removeFirst()
            } else if first >= 0x80, let length = blanks.first(where: line.starts(with:))?.count {
                line.removeFirst(length)
            } else {
                break
            }
        }
        return line
    }

    /// No-break space, ideographic space, zero-width space, byte order mark.
    private static let blanks: [[UInt8]] = [
        [0xC2, 0xA0], [0xE3, 0x80, 0x80], [0xE2, 0x80, 0x8B], [0xEF, 0xBB, 0xBF],
    ]

    /// `-----Original Message-----` and its translations.
    private static func isOriginalMessageLine(_ line: Line) -> Bool {
        guard line.count < 120, line.count > 4, let mark = line.first,
            mark == UInt8(ascii: "-") || mark == UInt8(ascii: "_") || mark == UInt8(ascii: "="),
            line[line.startIndex + 1] == mark
        else { return false }
        // Outlook's rule before the header of the quoted mail.
        if line.count >= 30, line.allSatisfy({ $0 == UInt8(ascii: "_") }) { return true }
        return originalMessage.matches(SearchText(bytes: line))
    }

    /// Two or more of Outlook's header lines in a row, whatever the language: `From:`, `Sent:`, `To:`.
    private static func isHeaderBlock(_ lines: [Line], at index: Int) -> Bool {
        guard headerWord(lines[index]) == .from else { return false }
        let next = lines[(index + 1)...].prefix(5)
        // Two of them in a row, so that nothing is asked twice of a long run of lines.
        guard let first = next.first(where: { !trimmed($0).isEmpty }), headerWord(first) == .other else {
            return false
        }
        return next.count { headerWord($0) == .other } >= 2
    }

    private enum HeaderWord { case from, other }

    private static func headerWord(_ line: Line) -> HeaderWord? {
        // The name may be bold in text made from HTML: "*From:*".
        let start = line.prefix(40).drop {
            $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "|")
        }
        guard let end = start.firstIndex(where: { $0 == UInt8(ascii: ":") || $0 == 0xEF }),
            start[end] != 0xEF || line[end...].starts(with: fullwidthColon)
        else { return nil }
        let word = trimmed(start[..<end].filter { $0 != UInt8(ascii: "*") }[...]).lowercasedText
        if fromWords.contains(word) { return .from }
        return otherWords.contains(word) ? .other : nil
    }

    private static let fullwidthColon: [UInt8] = [0xEF, 0xBC, 0x9A]

    private static func endsWithColon(_ line: Line) -> Bool {
        line.last == UInt8(ascii: ":") || line.ends(with: fullwidthColon)
    }

    /// The number of lines of `On …, … wrote:` at `index`: clients break it into up to four.
    ///
    /// Without a word for writing, as some languages have it, a date and a colon before marked lines say it.
    private static func attributionLength(_ lines: [Line], at index: Int) -> Int? {
        var joined: [UInt8] = []
        for length in 1...4 where index + length <= lines.count {
            let line = trimmed(lines[index + length - 1])
            if line.isEmpty || line.first == UInt8(ascii: ">") { return nil }
            guard joined.count + line.count < 400 else { return nil }
            let isEnd = endsWithColon(line)
            // What is written right above it does not belong to it.
            if length == 1, !isEnd, !mayBeginAttribution(line) { return nil }
            if length > 1 { joined.append(0x20) }
            joined += line
            guard isEnd else { continue }
            let isAddressed = joined.contains { ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x40 || $0 == 0x3C }
            if isAddressed, wrote.matches(SearchText(bytes: joined[...])) { return length }
            return isDated(joined[...]) && isQuoted(lines, after: index + length) ? length : nil
        }
        return nil
    }

    /// A date or an address, or a word that such a line begins with.
    private static func mayBeginAttribution(_ line: Line) -> Bool {
        line.contains { $0 == 0x40 || $0 == 0x3C } || isDated(line)
            || beginnings.mayBegin(line) && beginnings.begins(SearchText(bytes: line)) != nil
    }

    /// Three numbers: a date, mostly with a time.
    private static func isDated(_ line: Line) -> Bool {
        var numbers = 0
        var isInNumber = false
        for byte in line {
            let isDigit = byte >= 0x30 && byte <= 0x39
            if isDigit, !isInNumber { numbers += 1 }
            isInNumber = isDigit
        }
        return numbers >= 3
    }

    private static func isQuoted(_ lines: [Line], after index: Int) -> Bool {
        guard index < lines.count else { return false }
        let next = lines[index...].prefix(3).first { !trimmed($0).isEmpty }
        return next.map { trimmed($0).first == UInt8(ascii: ">") } ?? false
    }

    /// A helpdesk's line above which answers are to be typed.
    private static func isReplyMark(_ line: Line) -> Bool {
        line.count < 160 && (replyMarks.mayBegin(line) || line.first == UInt8(ascii: "#"))
            && replyMarks.matches(SearchText(bytes: line))
    }

    private static func isDeviceLine(_ line: Line) -> Bool {
        line.count < 80 && device.mayBegin(line) && device.begins(SearchText(bytes: line)) != nil
    }
}

extension ArraySlice<UInt8> {
    fileprivate func ends(with suffix: [UInt8]) -> Bool {
        count >= suffix.count && self[(endIndex - suffix.count)...].elementsEqual(suffix)
    }
}
