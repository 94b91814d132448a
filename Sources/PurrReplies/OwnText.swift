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

    init(_ plainText: String, limit: Int = 65_536) {
        var kept: [Substring] = []
        var hasQuote = false
        let limited =
            plainText.utf8.count > limit
            ? String(decoding: plainText.utf8.prefix(limit), as: UTF8.self) : plainText
        let lines = limited.split(separator: "\n", maxSplits: 2_000, omittingEmptySubsequences: false)
        var index = 0
        while index < lines.count {
            let line = lines[index]
            let bare = Self.trimmed(line)
            if bare.utf8.first == UInt8(ascii: ">") {
                hasQuote = true
                index += 1
                continue
            }
            // RFC 3676 §4.3.
            if bare == "--", kept.contains(where: { !Self.trimmed($0).isEmpty }) { break }
            if Self.isOriginalMessageLine(bare) || Self.isHeaderBlock(lines, at: index) {
                hasQuote = true
                break
            }
            if let length = Self.attributionLength(lines, at: index) {
                hasQuote = true
                index += length
                // Without marks on what follows, all of it is the quote.
                if !lines[index...].prefix(4).contains(where: {
                    Self.trimmed($0).utf8.first == UInt8(ascii: ">")
                }) {
                    break
                }
                continue
            }
            if Self.isDeviceLine(bare) {
                index += 1
                continue
            }
            kept.append(line)
            index += 1
        }
        text = Self.joined(kept)
        self.hasQuote = hasQuote
    }

    private static func joined(_ lines: [Substring]) -> String {
        var output: [Substring] = []
        for line in lines {
            let isBlank = trimmed(line).isEmpty
            if isBlank, output.last.map({ $0.isEmpty }) ?? true { continue }
            output.append(isBlank ? "" : line)
        }
        while output.last?.isEmpty ?? false { output.removeLast() }
        return output.joined(separator: "\n")
    }

    private static func trimmed(_ line: Substring) -> Substring {
        var line = line
        while let last = line.unicodeScalars.last, last.properties.isWhitespace {
            line.unicodeScalars.removeLast()
        }
        while let first = line.unicodeScalars.first, first.properties.isWhitespace {
            line.unicodeScalars.removeFirst()
        }
        return line
    }

    /// `-----Original Message-----` and its translations.
    private static func isOriginalMessageLine(_ line: Substring) -> Bool {
        guard line.utf8.count < 120, line.hasPrefix("--") || line.hasPrefix("__") || line.hasPrefix("==")
        else {
            return false
        }
        // Outlook's rule before the header of the quoted mail.
        if line.utf8.count >= 30, line.allSatisfy({ $0 == "_" }) { return true }
        return originalMessage.matches(SearchText(line))
    }

    /// Two or more of Outlook's header lines in a row, whatever the language: `From:`, `Sent:`, `To:`.
    private static func isHeaderBlock(_ lines: [Substring], at index: Int) -> Bool {
        guard headerWord(lines[index]) == .from else { return false }
        let next = lines[(index + 1)...].prefix(5)
        // Two of them in a row, so that nothing is asked twice of a long run of lines.
        guard let first = next.first(where: { !trimmed($0).isEmpty }), headerWord(first) == .other else {
            return false
        }
        return next.count { headerWord($0) == .other } >= 2
    }

    private enum HeaderWord { case from, other }

    private static func headerWord(_ line: Substring) -> HeaderWord? {
        guard line.utf8.prefix(40).contains(where: { $0 == 0x3A || $0 == 0xEF }) else { return nil }
        // The name may be bold in text made from HTML: "*From:*".
        let start = line.prefix(40).drop { $0 == " " || $0 == "*" || $0 == "|" || $0 == "\t" }
        guard let colon = start.firstIndex(where: { $0 == ":" || $0 == "：" }) else { return nil }
        let word = trimmed(start[..<colon]).lowercased().filter { $0 != "*" }
        if fromWords.contains(word) { return .from }
        return otherWords.contains(word) ? .other : nil
    }

    /// The number of lines of `On …, … wrote:` at `index`: clients break it into up to four.
    private static func attributionLength(_ lines: [Substring], at index: Int) -> Int? {
        var joined = ""
        for length in 1...4 where index + length <= lines.count {
            let line = trimmed(lines[index + length - 1])
            if line.isEmpty || line.utf8.first == UInt8(ascii: ">") { return nil }
            joined += length == 1 ? line : " " + line
            guard joined.utf8.count < 400 else { return nil }
            guard let last = joined.last, last == ":" || last == "：" else { continue }
            let text = SearchText(joined)
            let hasDigit = joined.utf8.contains { $0 >= 0x30 && $0 <= 0x39 }
            return wrote.matches(text) && (hasDigit || joined.contains("@") || joined.contains("<"))
                ? length : nil
        }
        return nil
    }

    private static func isDeviceLine(_ line: Substring) -> Bool {
        line.utf8.count < 80 && device.begins(SearchText(line)) != nil
    }

    private static let originalMessage = PhraseSet([
        "original message", "original meddelelse", "opprinnelig melding", "ursprungligt meddelande",
        "oprindelig meddelelse", "alkuperäinen viesti", "ursprüngliche nachricht", "originalnachricht",
        "oorspronkelijk bericht", "oorspronkelijke bericht", "message d'origine", "message original",
        "mensaje original",
        "mensagem original", "messaggio originale", "wiadomość oryginalna", "oryginalna wiadomość",
        "元のメッセージ", "原始邮件", "原始郵件", "forwarded message", "videresendt melding", "weitergeleitete nachricht",
        "message transféré", "original-nachricht", "původní zpráva",
    ])

    private static let wrote = PhraseSet([
        "wrote", "writes", "skrev", "schrieb", "schreef", "a écrit", "écrit", "escribió", "escreveu",
        "ha scritto",
        "scritto", "napisał", "napisała", "napisał(a)", "pisze", "kirjoitti", "写道", "寫道", "書きました", "のメール",
        "napsal", "napsal(a)", "írta", "yazdı", "пишет", "написал", "написала", "said",
    ])

    private static let device = PhraseSet([
        "sent from my", "sendt fra min", "sendt fra", "skickat från min", "skickat från", "von meinem",
        "gesendet von",
        "envoyé de mon", "envoyé depuis", "enviado desde", "enviado do meu", "inviato da",
        "verzonden vanaf",
        "lähetetty", "wysłane z", "iphoneから送信", "发自我的", "get outlook for", "sent via", "sent from outlook",
    ])

    private static let fromWords: Set<String> = [
        "from", "fra", "från", "von", "de", "da", "van", "lähettäjä", "od", "发件人", "寄件者", "寄件人", "差出人",
        "보낸 사람",
        "от", "kimden", "feladó",
    ]

    private static let otherWords: Set<String> = [
        "sent", "to", "date", "subject", "cc", "sendt", "dato", "til", "emne", "kopi", "skickat", "datum",
        "till", "ämne",
        "gesendet", "an", "betreff", "envoyé", "à", "objet", "date", "enviado", "para", "asunto", "fecha",
        "enviada em",
        "enviado em", "enviada", "assunto", "data", "inviato", "a", "oggetto", "verzonden", "aan",
        "onderwerp", "lähetetty",
        "vastaanottaja", "päivämäärä", "aihe", "wysłano", "do", "temat", "发送时间", "收件人", "主题", "日期", "抄送",
        "寄件日期",
        "主旨", "送信日時", "宛先", "件名", "日付", "отправлено", "кому", "тема", "дата", "sent at", "reply-to",
        "odesláno",
        "komu", "předmět",
    ]
}
