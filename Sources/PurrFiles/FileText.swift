/// A text file, whatever ends its lines.
package struct FileText: Sendable {
    /// Without their ends, and the first without a byte order mark.
    let lines: [String]

    /// The whole file, its lines joined by LF.
    package var text: String { lines.joined(separator: "\n") }

    package init(_ text: String) {
        var lines: [String] = []
        var line = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\u{FEFF}" where previous == nil: break
            case "\n" where previous == "\r": break
            case "\n", "\r":
                lines.append(String(line))
                line = String.UnicodeScalarView()
            default: line.append(scalar)
            }
            previous = scalar
        }
        self.lines = lines + [String(line)]
    }

    /// Reads UTF-8, or UTF-16 with a byte order mark.
    ///
    /// - Parameter name: The file's name, for complaints.
    /// - Throws: With the first line that is neither, since in a mail to many people a guess at å and é
    ///   is not good enough.
    package init(bytes: [UInt8], name: String) throws(FileProblem) {
        var decoder = ByteDecoder()
        let utf8 = decoder.feed(bytes[...], isLast: true)
        guard !decoder.isInsideCharacter, let text = String(validating: utf8, as: UTF8.self) else {
            let lines = utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
            let bad = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }
            throw FileProblem(
                file: name, line: bad.map { $0 + 1 }, text: "The file is not UTF-8 text; save it as UTF-8.")
        }
        self.init(text)
    }
}
