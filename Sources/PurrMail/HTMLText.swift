/// HTML as plain text: good enough to read and to search, no more.
///
/// One pass, no tree: unclosed and crossing tags cost nothing. Block elements end a line, quoted blocks
/// are marked with `>` like in plain text, scripts, styles and comments are dropped.
enum HTMLText {
    static func text(_ html: String) -> String {
        var writer = Writer()
        let bytes = Array(html.utf8)
        var index = 0
        // The element whose content is dropped, while inside one.
        var hidden: String?
        while index < bytes.count {
            let byte = bytes[index]
            guard byte == .lessThan else {
                if hidden != nil {
                    index += 1
                } else if byte == 0x26 {
                    let (scalar, next) = entity(in: bytes, at: index)
                    writer.append(scalar)
                    index = next
                } else {
                    writer.append(byte)
                    index += 1
                }
                continue
            }
            // Inside a script, "<" is mostly no tag.
            let isScript = hidden != nil && !bytes[index...].dropFirst().starts(with: [.slash])
            guard !isScript || isBody(bytes, at: index), let tag = tag(in: bytes, at: index) else {
                if hidden == nil { writer.append(byte) }
                index += 1
                continue
            }
            let start = index
            index = tag.end
            if let name = hidden {
                if tag.isClosing ? tag.name == name : tag.name == "body" { hidden = nil }
                continue
            }
            if hiddenElements.contains(tag.name) {
                if !tag.isClosing { hidden = tag.name }
                continue
            }
            if !tag.isClosing, let mark = HTMLQuotes.mark(on: tag.name, bytes[start..<tag.end]) {
                writer.apply(mark)
            }
            writer.apply(tag.name, isClosing: tag.isClosing)
        }
        return writer.finished()
    }

    private static let hiddenElements: Set<String> = ["script", "style", "title", "template"]

    private struct Writer {
        private var output: [UInt8] = []
        private var depth = 0
        /// Everything from here on is quoted.
        private var isRestQuoted = false
        /// How many `div` are open, and at which of them a quoted line began.
        private var divisions = 0
        private var quotedDivision: Int?
        private var preformatted = 0
        /// Blank lines and blanks are written only when text follows.
        private var pendingLines = 0
        private var hasPendingBlank = false
        private var isAtLineStart = true

        mutating func append(_ byte: UInt8) {
            if byte.isSpace {
                if preformatted > 0, byte == .lineFeed {
                    pendingLines += 1
                    hasPendingBlank = false
                } else {
                    hasPendingBlank = true
                }
                return
            }
            flush()
            output.append(byte)
        }

        mutating func append(_ scalar: [UInt8]) {
            if scalar == [0xC2, 0xA0] || scalar == [.space] {
                append(UInt8.space)
                return
            }
            flush()
            output += scalar
        }

        private mutating func flush() {
            if pendingLines > 0, !output.isEmpty {
                output += [UInt8](repeating: .lineFeed, count: min(pendingLines, 2))
                isAtLineStart = true
            }
            if isAtLineStart || output.isEmpty {
                let marks = depth + (isRestQuoted || quotedDivision != nil ? 1 : 0)
                for _ in 0..<min(marks, 8) { output.append(.greaterThan) }
                if marks > 0 { output.append(.space) }
            } else if hasPendingBlank {
                output.append(.space)
            }
            pendingLines = 0
            hasPendingBlank = false
            isAtLineStart = false
        }

        mutating func apply(_ mark: HTMLQuotes.Mark) {
            switch mark {
            // A mail that begins with it says nothing else.
            case .rest where !output.isEmpty:
                pendingLines = max(pendingLines, 1)
                isRestQuoted = true
            case .line where quotedDivision == nil: quotedDivision = divisions
            case .signature where !output.isEmpty && depth == 0 && !isRestQuoted:
                pendingLines = max(pendingLines, 1)
                flush()
                output += [.hyphen, .hyphen, .space]
                pendingLines = 1
            default: break
            }
        }

        mutating func apply(_ name: String, isClosing: Bool) {
            if name == "div" {
                divisions = max(0, divisions + (isClosing ? -1 : 1))
                if let open = quotedDivision, divisions <= open { quotedDivision = nil }
            }
            switch name {
            case "br": pendingLines += 1
            case "p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "hr":
                pendingLines = max(pendingLines, 2)
            case "div", "li", "tr", "section", "article", "header", "footer", "address", "dt", "dd",
                "center":
                pendingLines = max(pendingLines, 1)
            case "td", "th": hasPendingBlank = true
            case "pre":
                pendingLines = max(pendingLines, 1)
                preformatted = max(0, preformatted + (isClosing ? -1 : 1))
            case "blockquote":
                pendingLines = max(pendingLines, 1)
                depth = max(0, depth + (isClosing ? -1 : 1))
            default: break
            }
        }

        mutating func finished() -> String { String(decoding: output, as: UTF8.self) }
    }

    /// The tag, comment or declaration that begins at `start`; nil when a mere `<` stands there.
    private static func tag(in bytes: [UInt8], at start: Int) -> (name: String, isClosing: Bool, end: Int)?
    {
        var index = start + 1
        guard index < bytes.count else { return nil }
        if bytes[index...].starts(with: Array("!--".utf8)) {
            index += 3
            while index < bytes.count {
                if bytes[index] == .greaterThan, bytes[index - 1] == .hyphen, bytes[index - 2] == .hyphen {
                    return ("!--", false, index + 1)
                }
                index += 1
            }
            // An unclosed comment hides the rest, as it does in browsers.
            return ("!--", false, bytes.count)
        }
        let isClosing = bytes[index] == .slash
        if isClosing { index += 1 }
        guard index < bytes.count,
            bytes[index].isASCIILetter || bytes[index] == 0x21 || bytes[index] == .question
        else { return nil }
        let nameStart = index
        while index < bytes.count,
            bytes[index].isASCIILetter || bytes[index].isASCIIDigit || bytes[index] == .colon
        {
            index += 1
        }
        let name = String(
            decoding: bytes[nameStart..<min(index, nameStart + 16)].map(\.lowercased), as: UTF8.self)
        var quote: UInt8?
        while index < bytes.count {
            let byte = bytes[index]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == .quote || byte == .apostrophe, bytes[index - 1] == .equals {
                quote = byte
            } else if byte == .greaterThan {
                return (name, isClosing, index + 1)
            }
            index += 1
        }
        return (name, isClosing, bytes.count)
    }

    private static func isBody(_ bytes: [UInt8], at start: Int) -> Bool {
        bytes[start...].hasPrefix(lowercased: "<body")
    }

    /// The character of the entity at `start`, or `&` itself.
    private static func entity(in bytes: [UInt8], at start: Int) -> (scalar: [UInt8], end: Int) {
        var index = start + 1
        while index < bytes.count, index - start < 12,
            bytes[index].isASCIILetter || bytes[index].isASCIIDigit || bytes[index] == 0x23
        {
            index += 1
        }
        let name = String(decoding: bytes[(start + 1)..<index], as: UTF8.self)
        let end = index < bytes.count && bytes[index] == .semicolon ? index + 1 : index
        var value: UInt32?
        if name.hasPrefix("#x") || name.hasPrefix("#X") {
            value = UInt32(name.dropFirst(2), radix: 16)
        } else if name.hasPrefix("#") {
            value = UInt32(name.dropFirst())
        } else {
            value = entities[name]
        }
        guard let value, value >= 0x20, let scalar = Unicode.Scalar(value) else {
            return ([0x26], start + 1)
        }
        return (Array(String(scalar).utf8), end)
    }

    /// Latin-1's names and the punctuation that mail clients write; the rest come as numbers.
    private static let entities: [String: UInt32] = {
        var table: [String: UInt32] = [
            "amp": 0x26, "lt": 0x3C, "gt": 0x3E, "quot": 0x22, "apos": 0x27, "ndash": 0x2013,
            "mdash": 0x2014,
            "lsquo": 0x2018, "rsquo": 0x2019, "sbquo": 0x201A, "ldquo": 0x201C, "rdquo": 0x201D,
            "bdquo": 0x201E,
            "bull": 0x2022, "hellip": 0x2026, "euro": 0x20AC, "trade": 0x2122, "rarr": 0x2192,
            "larr": 0x2190,
            "oelig": 0x153, "OElig": 0x152, "scaron": 0x161, "Scaron": 0x160, "ensp": 0x20, "emsp": 0x20,
            "thinsp": 0x20, "zwnj": 0x200C,
        ]
        let latin1 = """
            nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 \
            acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde \
            Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute \
            Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde \
            auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute \
            ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml
            """
        for (offset, name) in latin1.split(separator: " ").enumerated() {
            table[String(name)] = 0xA0 + UInt32(offset)
        }
        return table
    }()
}
