/// A message as it came: its header, its parts in order, its text.
///
/// Reading is total: it never throws, traps or recurses, and costs a bounded time and memory whatever
/// the bytes are. What was left out or could not be read is in ``problems``.
///
/// Source: RFC 5322, RFC 2045 to 2047, RFC 2231.
package struct IncomingMessage: Sendable {
    /// What was wrong with the bytes, or too much of them.
    package enum Problem: String, Hashable, Sendable, CaseIterable {
        /// Something lies beyond a limit and was not read.
        case truncated
        /// Parts within parts beyond the limit: read as one opaque part.
        case tooDeep
        case tooManyParts
        /// No field at all.
        case noHeader
        /// Lines among the fields that are none.
        case strayLines
        /// A multipart whose parts cannot be told apart.
        case noBoundary
        /// A charset nobody knows, or bytes that mean nothing in it.
        case charset
    }

    /// A part, or a container of parts.
    package struct Part: Sendable {
        /// 0 for the message itself.
        package let depth: Int
        /// How many messages it is enclosed in: 0 for what the sender wrote, 1 and more for what lies in
        /// an attached or returned message.
        package let enclosure: Int
        package let header: MessageHeader
        /// As the part says, or `text/plain` for a multipart whose parts cannot be told apart.
        package internal(set) var contentType: ContentType
        package let disposition: ContentDisposition?
        /// The part as transferred, without its own header.
        package internal(set) var encoded: ArraySlice<UInt8>
        /// Of the message in `message/rfc822`, or of what `text/rfc822-headers` holds.
        package internal(set) var innerHeader: MessageHeader?

        /// The content as text where all of it was read already.
        fileprivate(set) var wholeText: String?

        /// Whether it is a file to keep rather than text to show.
        package var isAttachment: Bool { disposition?.isAttachment ?? false }

        /// The content: at most `limit` bytes.
        package func decoded(limit: Int = ReadingLimits.standard.textBytes) -> [UInt8] {
            TransferEncoding(field: header.raw("Content-Transfer-Encoding")).decoded(encoded, limit: limit)
        }

        /// The content as text, lines ending with LF.
        package func text(limit: Int = ReadingLimits.standard.textBytes) -> String {
            // No limit cuts what is not longer as transferred.
            if let wholeText, encoded.count <= limit { return wholeText }
            return readText(limit: limit).text
        }

        func readText(limit: Int) -> (text: String, isExact: Bool) {
            let bytes = decoded(limit: limit)
            let decoded = Charset.text(of: bytes[...], in: contentType.parameters["charset"] ?? "us-ascii")
            return (Self.withLineFeeds(decoded.text), decoded.isExact)
        }

        private static func withLineFeeds(_ text: String) -> String {
            var text = text
            return text.withUTF8 { source -> String? in
                guard source.contains(.carriageReturn) else { return nil }
                return String(unsafeUninitializedCapacity: source.count) { target in
                    var count = 0
                    var previous: UInt8 = 0
                    for byte in source {
                        if byte != .lineFeed || previous != .carriageReturn {
                            target[count] = byte == .carriageReturn ? .lineFeed : byte
                            count += 1
                        }
                        previous = byte
                    }
                    return count
                }
            } ?? text
        }
    }

    package let header: MessageHeader
    /// As the header says (RFC 2045 §5.2), read once.
    package let contentType: ContentType
    /// In order of appearance, containers before what they contain; never empty.
    package let parts: [Part]
    /// What the sender wrote; nil when there is no text at all.
    ///
    /// `text/plain` where there is some, else HTML turned to text; attachments and enclosed messages are
    /// left out. Lines end with LF.
    package let plainText: String?
    /// The first HTML the sender wrote.
    package let html: String?
    package let problems: Set<Problem>

    /// Whether something lies beyond a limit and was not read.
    package var isTruncated: Bool { problems.contains(.truncated) }

    /// Reads a message, or as much of one as there is.
    package static func read(_ bytes: [UInt8], limits: ReadingLimits = .standard) -> IncomingMessage {
        var reader = MessageReader(bytes: bytes, limits: limits)
        reader.run()
        return IncomingMessage(
            parts: reader.parts, type: reader.declaredType, problems: reader.problems, limits: limits)
    }

    private init(parts: [Part], type: ContentType, problems: Set<Problem>, limits: ReadingLimits) {
        var parts = parts
        var problems = problems
        contentType = type
        header = parts.first?.header ?? .empty
        if header.isEmpty { problems.insert(.noHeader) }

        var plain: [String] = []
        var html: [String] = []
        var budget = limits.textBytes
        for index in parts.indices {
            let part = parts[index]
            guard part.enclosure == 0, !part.isAttachment, part.contentType.type == "text" else { continue }
            let isHTML = part.contentType.subtype == "html"
            guard budget > 0, isHTML || Self.isReadable(part) else { continue }
            let (text, isExact) = part.readText(limit: budget)
            if part.encoded.count <= budget { parts[index].wholeText = text }
            budget -= text.utf8.count
            if !isExact { problems.insert(.charset) }
            if isHTML { html.append(text) } else { plain.append(text) }
        }
        self.parts = parts
        self.html = html.first
        let text = plain.count == 1 ? plain[0] : plain.joined(separator: "\n")
        if text.utf8.contains(where: { !$0.isSpace }) {
            plainText = text
        } else if !html.isEmpty {
            plainText = html.map(HTMLText.text).joined(separator: "\n")
        } else {
            plainText = plain.isEmpty ? nil : text
        }
        self.problems = problems
    }

    /// Text for people, unlike calendars, returned headers or contact cards.
    private static func isReadable(_ part: Part) -> Bool {
        ["plain", "enriched", "markdown", "x-markdown"].contains(part.contentType.subtype)
    }
}
