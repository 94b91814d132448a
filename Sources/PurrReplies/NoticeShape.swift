import PurrMail

/// The form of a report in words: what mail systems write and people do not.
///
/// Systems without RFC 3464 still name each failed address on a line of its own, give the words of the
/// other server, and set the returned message off with a ruled line.
struct NoticeShape {
    /// Addresses that stand as failed recipients, each once: on a line that begins with one, alone or
    /// before a reason, or behind a label such as `Recipient:`.
    private(set) var recipients: [EmailAddress] = []
    /// A line such as `--- Original message follows`: announces the returned message or a transcript.
    private(set) var hasDivider = false
    /// What the notice says of each of ``recipients``, from its line to the next one's.
    private(set) var reasons: [String] = []
    /// A recipient with a reason on the same line: `<kari@example.org>: no such user`.
    private(set) var hasReason = false

    init(_ text: String) {
        var keys: Set<String> = []
        var starts: [String.Index] = []
        let lines = text.utf8.split(separator: 0x0A, maxSplits: 600)
        for slice in lines {
            let line = Array(slice.prefix(1_024))
            if line.contains(UInt8(ascii: "@")) {
                for address in recipients(in: line) where recipients.count < 32 {
                    guard keys.insert(address.key).inserted else { continue }
                    recipients.append(address)
                    starts.append(slice.startIndex)
                }
            }
            if !hasDivider, Self.isDivider(line) { hasDivider = true }
        }
        reasons = starts.indices.map { index in
            String(
                text[starts[index]..<(index + 1 < starts.count ? starts[index + 1] : text.endIndex)].prefix(
                    2_000))
        }
    }

    // MARK: Recipients

    private mutating func recipients(in line: [UInt8]) -> [EmailAddress] {
        var start = 0
        while start < line.count, Self.isMargin(line[start]) { start += 1 }
        guard start < line.count else { return [] }
        // "Recipient: kari@example.org", "Original-Recipient: rfc822;kari@example.org".
        if let colon = line[start...].prefix(40).firstIndex(of: UInt8(ascii: ":")),
            colon + 1 < line.count, !line[start..<colon].contains(UInt8(ascii: "@"))
        {
            let label = SearchText(bytes: line[start..<colon])
            if Self.labels.matches(label) {
                return Notice.addresses(in: String(decoding: line[(colon + 1)...], as: UTF8.self), limit: 4)
            }
        }
        if let (address, hasReason) = Self.leading(line, from: start) {
            if hasReason { self.hasReason = true }
            return [address]
        }
        return Self.ending(line).map { [$0] } ?? []
    }

    /// The address that ends a short line of failure: `Undeliverable to kari@example.org`.
    private static func ending(_ line: [UInt8]) -> EmailAddress? {
        guard line.count < 200 else { return nil }
        let words = line.split { $0 <= 0x20 }
        guard words.count <= 9, let last = words.last, last.contains(UInt8(ascii: "@")) else { return nil }
        let text = SearchText(bytes: line[...])
        guard Bounces.failures.matches(text) || Reason.isNamed(in: text) else { return nil }
        return Notice.addresses(in: String(decoding: last, as: UTF8.self), limit: 1).first
    }

    /// The address that a line begins with, and whether a reason is set off from it.
    private static func leading(_ line: [UInt8], from start: Int) -> (EmailAddress, hasReason: Bool)? {
        var index = start
        for prefix in ["mailto:", "smtp:", "rfc822;"] where line[index...].starts(with: Array(prefix.utf8))
        {
            index += prefix.utf8.count
        }
        var end = index
        while end < line.count, !isStop(line[end]) { end += 1 }
        var last = end
        while last > index, [0x2E, 0x3A, 0x2C].contains(line[last - 1]) { last -= 1 }
        guard last - index > 4, last - index < 260,
            let address = EmailAddress(String(decoding: line[index..<last], as: UTF8.self))
        else { return nil }
        let rest = line[end...].drop { $0 <= 0x20 || ">)\"'],;".utf8.contains($0) }
        if rest.isEmpty || rest.contains(UInt8(ascii: "@")) && rest.count < 80 { return (address, false) }
        // A sentence that happens to begin with an address is none of a report's lines, unless a colon,
        // a bracket or dots set the reason off.
        let isSetOff =
            line[last...].prefix(6).contains { ":[(-".utf8.contains($0) }
            || rest.starts(with: [0x2E, 0x2E])
        return isSetOff ? (address, true) : nil
    }

    private static func isMargin(_ byte: UInt8) -> Bool {
        byte <= 0x20 || margins.contains(byte)
    }

    static func isStop(_ byte: UInt8) -> Bool { byte <= 0x20 || stops.contains(byte) }

    private static let margins = ByteSet("<>*-|\"'([#")
    private static let stops = ByteSet("<>()[]\"',;|")
    private static let rules = ByteSet("-=*_#+|~")

    /// What stands before the colon.
    private static let labels = PhraseSet([
        "recipient*", "rcpt to", "failed*", "address*", "user*", "unknown", "unknown user", "to", "mailbox",
        "account", "email", "e-mail", "destination*", "not delivered to", "undeliverable to", "addressee*",
        "empfänger", "an", "destinataire*", "destinatari*", "destinatário*", "mottaker", "mottagare",
        "modtager", "vastaanottaja", "ontvanger", "odbiorca", "adresat", "для", "получатель", "宛先", "收件人",
        "permanent error", "error", "userid", "smtp", "following*", "envelope-to", "target mail address",
        "für",
    ])

    // MARK: Dividers

    private static func isDivider(_ line: [UInt8]) -> Bool {
        var marks = 0
        for byte in line where Self.rules.contains(byte) { marks += 1 }
        let isRuled = marks >= 3
        guard isRuled || line.count < 80, line.count < 160 else { return false }
        let words = SearchText(bytes: line[...])
        return (isRuled ? ruledWords : bareWords).matches(words)
    }

    /// Between rules.
    private static let ruledWords = PhraseSet([
        "original message", "original mail", "returned message", "returned mail", "message header*",
        "mail header*", "header of*", "headers of", "headers follow", "header follow*", "message follows",
        "mail follows", "copy of the message", "copy of your message", "copy of the mail", "transcript of*",
        "session transcript", "unsent message", "unsent mail", "below this line", "message log",
        "failed addresses", "failed recipients", "message text", "message body", "body of",
        "session follows",
        "following addresses", "undelivered message", "rejected message", "bounced e-mail", "bounced email",
        "bounced message", "message from interscan*", "fatal errors", "delivery log", "the original",
        "nachricht", "ursprüngliche*", "message d'origine", "mensaje original", "messaggio originale",
        "mensagem original", "oryginalna", "исходное", "原始邮件", "原邮件", "元のメッセージ", "smtp session*",
    ])
    /// Without them.
    private static let bareWords = PhraseSet([
        "original message follows", "original message headers", "the original message was received",
        "message header follows", "returned message follows", "returned mail follows", "headers follow",
        "unsent message below", "header of original message", "a copy of your message follows",
        "this is a copy of the message", "below this line is a copy", "transcript of session follows",
        "diagnostic information for administrators", "generating server", "your message headers follow",
        "message headers follow", "the following is a copy of", "undelivered message follows",
        "technical details of permanent failure", "old message:", "your message reads",
        "technical details of temporary failure",
    ])
}
