import PurrMail

/// What the rules ask about a message, found once.
struct Facts {
    let message: IncomingMessage
    let circumstances: Circumstances
    let subject: SearchText
    let isReplySubject: Bool
    let own: OwnText
    /// ``own`` made comparable.
    let ownWords: SearchText
    /// `From` as bytes say it, names and addresses that are none included, in small letters.
    let fromWords: SearchText
    let hasNullReturnPath: Bool
    let isFromDaemon: Bool
    let autoSubmitted: String?
    /// What it gives back of a message, as a part or in its text.
    let returned: ReturnedMessage?

    var header: MessageHeader { message.header }

    init(_ message: IncomingMessage, _ circumstances: Circumstances) {
        self.message = message
        self.circumstances = circumstances
        let header = message.header
        let subjectText = header.subject
        subject = SearchText(subjectText, limit: 1_024)
        isReplySubject = PurrMail.isReplySubject(subjectText)
        own = OwnText(message.plainText ?? "")
        ownWords = SearchText(own.text)
        fromWords = header.raw("From").map(Senders.text) ?? SearchText("")
        hasNullReturnPath = Senders.hasNullReturnPath(header)
        isFromDaemon = Senders.isDaemon(header)
        autoSubmitted = header.raw("Auto-Submitted").map { ParameterizedWord.first($0) }
        returned = ReturnedMessage.find(in: message)
    }

    /// Whether it says that it answers something: by a field or by its subject.
    var isReply: Bool {
        isReplySubject || header.contains("In-Reply-To") || header.contains("References")
    }

    /// Whether a person seems to answer a report or to pass one on with its parts attached.
    ///
    /// A report of its own is a `multipart/report` (RFC 6522 §3), has no sender, or neither `Re:` nor `Fwd:`.
    var isOfReport: Bool {
        (isReplySubject || isForwardSubject(header.subject)) && !hasNullReturnPath
            && message.contentType.essence != "multipart/report" && !header.contains("X-Failed-Recipients")
    }

    /// Whether the sender can know our mail.
    var isFromCorrespondent: Bool { circumstances.weWroteToSender || circumstances.isInOurThread }

    func judgement(_ kind: Judgement.Kind, _ rule: String) -> Judgement {
        var judgement = Judgement(kind: kind, rule: rule)
        judgement.ownText = own.text.beginning(4_000)
        return judgement
    }
}

/// The word before parameters and comments in a structured field: `auto-replied (vacation); x=y`.
enum ParameterizedWord {
    static func first(_ field: ArraySlice<UInt8>) -> String {
        var word: [UInt8] = []
        var depth = 0
        for byte in field.prefix(256) {
            if byte == UInt8(ascii: "(") {
                depth += 1
            } else if byte == UInt8(ascii: ")") {
                depth = max(0, depth - 1)
            } else if byte == UInt8(ascii: ";") {
                break
            } else if depth == 0, byte > 0x20 {
                word.append(byte)
            } else if !word.isEmpty, depth == 0 {
                break
            }
        }
        return String(decoding: word, as: UTF8.self).lowercased()
    }
}

/// Who sends reports and who sends answers.
enum Senders {
    /// Whether it came with the empty return path that only machines write (RFC 5321 §4.5.5).
    ///
    /// An empty address in `From` says the same in the wrong place.
    static func hasNullReturnPath(_ header: MessageHeader) -> Bool {
        isNullPath(header.raw("Return-Path")) || isNullPath(header.raw("From"))
    }

    private static func isNullPath(_ field: ArraySlice<UInt8>?) -> Bool {
        // A name may stand before it: "Mail Delivery System <>".
        guard let field, field.count < 128 else { return false }
        var last = field.reversed().lazy.filter { $0 > 0x20 }.makeIterator()
        return last.next() == UInt8(ascii: ">") && last.next() == UInt8(ascii: "<")
    }

    /// Whether the sender calls itself a mail system: anybody can, so it proves nothing alone.
    static func isDaemon(_ header: MessageHeader) -> Bool {
        isDaemon(header, "From") || isDaemon(header, "Sender")
    }

    private static func isDaemon(_ header: MessageHeader, _ field: String) -> Bool {
        guard let raw = header.raw(field), raw.count < 8_192 else { return false }
        let words = text(raw)
        if names.matches(words) { return true }
        guard candidates.matches(words) else { return false }
        return header.bareAddresses(field).prefix(4).contains {
            localParts.contains($0.localPart.lowercased())
        }
    }

    /// Whether the return path is one that reports have: empty, unknown, or a mail system's.
    ///
    /// RFC 5321 §6.1 asks for the empty one; forgers need one that delivers.
    static func hasReportReturnPath(_ header: MessageHeader) -> Bool {
        guard let path = header.raw("Return-Path") else { return true }
        return isNullPath(path) || names.matches(text(path))
    }

    /// Whether the address in `From` is a mail system's; a name beside a person's address is cheap.
    static func hasDaemonAddress(_ header: MessageHeader) -> Bool {
        header.bareAddresses("From").prefix(2).contains { address in
            let local = address.localPart.lowercased()
            return localParts.contains(local) || names.matches(SearchText(local))
        }
    }

    /// Whether the return path names a mail system, where older ones did not leave it empty.
    static func hasDaemonReturnPath(_ header: MessageHeader) -> Bool {
        header.raw("Return-Path").map { $0.count < 300 && returnNames.matches(text($0)) } ?? false
    }

    private static let returnNames = PhraseSet(["mailer-daemon*", "postmaster@*", "mail-daemon*"])

    /// Whether it comes from the administrative address of a mailing list.
    static func isListManager(_ header: MessageHeader) -> Bool {
        guard let raw = header.raw("From"), raw.count < 1_024, listMarks.matches(text(raw)) else {
            return false
        }
        return header.bareAddresses("From").prefix(1).contains { address in
            let local = address.localPart.lowercased()
            return listNames.contains(local) || listEndings.contains(where: local.hasSuffix)
        }
    }

    private static let listEndings = ["-bounces", "-owner", "-request", "-admin"]
    private static let listNames: Set<String> = ["listserv", "majordomo", "sympa", "mailman", "listproc"]
    private static let listMarks = PhraseSet([
        "bounces@*", "owner@*", "request@*", "admin@*", "listserv*", "majordomo*", "sympa*", "mailman*",
        "listproc*",
    ])

    /// Whether nobody is meant to answer the sender.
    static func isNoReply(_ header: MessageHeader) -> Bool {
        header.raw("From").map { noReply.matches(text($0)) } ?? false
    }

    private static let noReply = PhraseSet([
        "no-reply*", "noreply*", "no_reply*", "donotreply*", "do-not-reply*",
    ])

    /// The field as words; decoded only where there is something to decode.
    static func text(_ field: ArraySlice<UInt8>) -> SearchText {
        var previous: UInt8 = 0
        for byte in field {
            if byte >= 0x80 || (byte == UInt8(ascii: "?") && previous == UInt8(ascii: "=")) {
                return SearchText(MessageHeader.text(field), limit: 1_024)
            }
            previous = byte
        }
        return SearchText(bytes: field.prefix(1_024))
    }

    private static let names = PhraseSet([
        "mailer-daemon*", "mailer daemon", "mail daemon", "mailer_daemon*", "interscan mss",
        "interscan notification", "mailerdaemon*", "mail-daemon*", "maildaemon*", "mdaemon*",
        "postmaster*",
        "mail delivery", "mail deliver*", "delivery subsystem", "delivery system", "mail system",
        "mailsystem",
        "mail administrator", "system administrator", "systemadministrator", "internet mail delivery",
        "mail gateway",
        "mail router", "undelivered mail", "delivery status", "delivery report",
        "mail-system*", "courier mail server", "mail server", "microsoft exchange",
    ])

    /// Whole local parts: `list-bounces@` and `pay-mailer@` are no mail systems.
    private static let localParts: Set<String> = [
        "mailer", "daemon", "mailsrv", "bounce", "bounces", "undeliverable", "post_master", "mailgate",
        "gateway",
    ]
    private static let candidates = PhraseSet(localParts.map { $0 + "@*" })
}
