package import Foundation

/// A message to be sent, complete: its bytes follow from these values alone.
///
/// Source: spec M1.
package struct OutgoingMessage: Hashable, Sendable {
    /// A further header field.
    package struct Field: Hashable, Sendable {
        /// Printable ASCII without a colon.
        package let name: String
        package let value: HeaderText

        /// - Returns: nil when `name` may not be a field's name (RFC 5322 §2.2).
        package init?(_ name: String, _ value: HeaderText) {
            guard (1...70).contains(name.utf8.count),
                name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != .colon })
            else { return nil }
            self.name = name
            self.value = value
        }
    }

    package var from: NamedAddress
    package var to: NamedAddress
    package var subject: HeaderText
    package var messageID: MessageID
    package var date: Date
    /// The author's distance from UTC in minutes, so that `Date` shows the clock on the author's wall.
    package var utcOffset: Int
    /// The wire id of the mail answered.
    package var inReplyTo: MessageID?
    /// The thread, root first; written ``shortened(_:)``.
    package var references: [MessageID]
    /// Lines end with LF.
    package var text: String
    package var html: String?
    package var extra: [Field]

    package init(
        from: NamedAddress, to: NamedAddress, subject: HeaderText, messageID: MessageID, date: Date,
        utcOffset: Int = 0,
        inReplyTo: MessageID? = nil, references: [MessageID] = [], text: String, html: String? = nil,
        extra: [Field] = []
    ) {
        self.from = from
        self.to = to
        self.subject = subject
        self.messageID = messageID
        self.date = date
        self.utcOffset = utcOffset
        self.inReplyTo = inReplyTo
        self.references = references
        self.text = text
        self.html = html
        self.extra = extra
    }

    /// The most bytes of ids in `References`: the field stays below 998 also on one line.
    static let referencesLimit = 900

    /// `references` without enough of its middle to stay within the limit: the first, which is the
    /// thread root, and as many of the last as fit.
    package static func shortened(_ references: [MessageID]) -> [MessageID] {
        var seen: Set<MessageID> = []
        let unique = references.filter { seen.insert($0).inserted }
        guard let root = unique.first else { return [] }
        var budget = referencesLimit - root.text.utf8.count - 3
        var tail: [MessageID] = []
        for id in unique.dropFirst().reversed() {
            budget -= id.text.utf8.count + 3
            guard budget >= 0 else { break }
            tail.append(id)
        }
        return [root] + tail.reversed()
    }

    /// The bytes that go on the wire and into the journal: the same ones every time.
    ///
    /// CRLF at the end of every line and nowhere else, no NUL, no line over 998 bytes, ASCII only. Text
    /// is `multipart/alternative` when there is HTML, in quoted-printable.
    package func rendered() -> [UInt8] {
        var header = HeaderWriter()
        header.field(
            "Date", words: MailDate.text(date, offset: utcOffset).split(separator: " ").map(String.init))
        header.field("From", address: from)
        header.field("To", address: to)
        header.field("Subject", text: subject)
        header.field("Message-ID", words: [messageID.description])
        if let inReplyTo { header.field("In-Reply-To", words: [inReplyTo.description]) }
        let thread = Self.shortened(references)
        if !thread.isEmpty { header.field("References", words: thread.map(\.description)) }
        for field in extra { header.field(field.name, text: field.value) }
        header.field("MIME-Version", words: ["1.0"])

        guard let html else {
            return header.bytes + Self.part("plain", Self.normalized(text))
        }
        let boundary = self.boundary
        header.field("Content-Type", words: ["multipart/alternative;", "boundary=\"\(boundary)\""])
        let delimiter = Array("\r\n--\(boundary)".utf8)
        let lineEnd: [UInt8] = [.carriageReturn, .lineFeed]
        var bytes = header.bytes
        bytes += delimiter + lineEnd + Self.part("plain", Self.normalized(text))
        bytes += delimiter + lineEnd + Self.part("html", Self.normalized(html))
        bytes += delimiter + [.hyphen, .hyphen] + lineEnd
        return bytes
    }

    /// Holds `=_`, which quoted-printable never writes (RFC 2045 §6.7), so it cannot occur in a part.
    private var boundary: String {
        // FNV-1a, 64 bits.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in messageID.text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return "=_" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func part(_ subtype: String, _ text: [UInt8]) -> [UInt8] {
        var header = HeaderWriter()
        header.field("Content-Type", words: ["text/\(subtype);", "charset=utf-8"])
        header.field("Content-Transfer-Encoding", words: ["quoted-printable"])
        return header.bytes + [.carriageReturn, .lineFeed] + TransferEncoding.quotedPrintableEncoded(text)
    }

    /// LF for every kind of line end, no NUL.
    private static func normalized(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var previous: UInt8 = 0
        for byte in text.utf8 {
            switch byte {
            case 0: break
            case .carriageReturn: bytes.append(.lineFeed)
            case .lineFeed where previous == .carriageReturn: break
            default: bytes.append(byte)
            }
            previous = byte
        }
        return bytes
    }
}
