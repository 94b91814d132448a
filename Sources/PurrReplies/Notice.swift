import PurrMail

/// What a report says in words, apart from the message it returns.
struct Notice {
    /// The text before the returned message, at most 16 KB.
    let text: String
    let words: SearchText
    let returned: ReturnedMessage?

    /// Whether a message is attached, be it an empty one.
    let hasEnclosure: Bool
    let shape: NoticeShape
    /// Whether a part of a report's kind is there, be it one that cannot be read.
    let hasReportPart: Bool
    /// Web addresses and pictures: reports need none to say what failed, forgeries need them to gain.
    let hasLink: Bool
    /// Whether a mail program set off a passed-on mail in it, or marked one line by line.
    var isForwarded: Bool {
        Self.forwardMarks.matches(words)
            || text.utf8.split(separator: 0x0A, maxSplits: 200).contains { $0.first == UInt8(ascii: ">") }
    }

    /// The ids it names in words.
    let namedIDs: [MessageID]
    /// Whether a file is attached that no report has: a program, an archive, a page.
    let hasForeignFile: Bool

    init(_ facts: Facts) {
        let message = facts.message
        var text = message.plainText ?? ""
        // Some systems put the reason into text without a subtype we show; the first text part serves.
        if text.isEmpty {
            text =
                message.parts.first { $0.enclosure == 0 && $0.contentType.type == "text" }?.text(
                    limit: 65_536) ?? ""
        }
        let bytes = Array(text.utf8.prefix(131_072))
        let attached = ReturnedMessage.attached(to: message)
        // Fields quoted in the middle of a notice whose message is attached end nothing.
        let inline = attached == nil ? ReturnedMessage.find(in: bytes) : nil
        let cut = inline?.offset ?? bytes.count
        self.text = String(decoding: bytes[..<min(cut, 16_384)], as: UTF8.self)
        words = SearchText(self.text)
        returned = facts.returned
        namedIDs = NamedIDs.all(in: self.text)
        let parts = message.parts.filter { $0.enclosure == 0 && !$0.contentType.isMultipart }
        hasEnclosure = parts.contains { $0.contentType.isMessage || $0.contentType.isHeaders }
        shape = NoticeShape(self.text)
        hasReportPart = parts.contains { $0.contentType.essence == "message/delivery-status" }
        hasLink =
            Self.links.matches(words) || parts.contains { $0.contentType.type == "image" }
            || (message.html.map { Self.markup.matches(SearchText($0, limit: 65_536)) } ?? false)
        hasForeignFile = parts.contains(where: Self.isForeign)
    }

    private static func isForeign(_ part: IncomingMessage.Part) -> Bool {
        if part.disposition?.isArchive == true { return true }
        switch part.contentType.type {
        case "video", "audio": return true
        // Outlook's wrapping, and signatures.
        case "application":
            return !["ms-tnef", "pgp-signature", "pkcs7-signature", "x-pkcs7-signature"].contains(
                part.contentType.subtype)
        default: return false
        }
    }

    /// The sentences around the reason; boilerplate before them does not matter to the phrases looked for.
    var reasonText: String { text.beginning(6_000) }

    private static let forwardMarks = PhraseSet([
        "forwarded message", "begin forwarded", "weitergeleitete nachricht", "anfang der weitergeleiteten",
        "message transféré", "début du message", "mensaje reenviado", "inicio del mensaje",
        "mensagem encaminhada", "messaggio inoltrato", "inizio messaggio", "doorgestuurd bericht",
        "videresendt melding", "videresendt besked", "vidarebefordrat meddelande", "välitetty viesti",
        "wiadomość przekazana", "转发邮件", "転送",
    ])
    private static let links = PhraseSet(["http://*", "https://*", "www.*"])
    private static let markup = PhraseSet(["href*", "src=*"])

    var wordCount: Int { words.wordCount }

    /// Addresses named in the notice, in order, each once, at most 16.
    var recipients: [EmailAddress] { Self.addresses(in: text, limit: 16).filter { !isNamedID($0) } }

    /// Ids look like addresses.
    func isNamedID(_ address: EmailAddress) -> Bool {
        namedIDs.contains { $0.text.lowercased() == address.key }
    }

    /// The letters of ASCII around the sign, where both sides have some: Chinese and Japanese write no blank
    /// before and after an address.
    private static func withoutNeighbours(_ word: [UInt8]) -> [UInt8] {
        guard let sign = word.firstIndex(of: UInt8(ascii: "@")) else { return word }
        let local = word[..<sign].reversed().prefix { $0 < 0x80 }.count
        let domain = word[(sign + 1)...].prefix { $0 < 0x80 }.count
        return local > 0 && domain > 0 ? Array(word[(sign - local)...(sign + domain)]) : word
    }

    static func addresses(in text: String, limit: Int) -> [EmailAddress] {
        var found: [EmailAddress] = []
        var keys: Set<String> = []
        let words = text.utf8.split(whereSeparator: NoticeShape.isStop)
        for word in words where word.contains(UInt8(ascii: "@")) && word.count < 260 {
            var bytes = Array(word)
            // "mailto:kari@example.org", "SMTP:kari@example.org".
            if let colon = bytes.prefix(8).firstIndex(of: UInt8(ascii: ":")) {
                bytes.removeFirst(colon + 1)
            }
            if bytes.contains(where: { $0 >= 0x80 }) { bytes = withoutNeighbours(bytes) }
            while let last = bytes.last, last == 0x2E || last == 0x3A || last == 0x21 || last == 0x3F {
                bytes.removeLast()
            }
            if let address = EmailAddress(String(decoding: bytes, as: UTF8.self)),
                keys.insert(address.key).inserted
            {
                found.append(address)
                if found.count == limit { break }
            }
        }
        return found
    }
}
