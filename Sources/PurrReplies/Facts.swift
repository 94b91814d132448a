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
        fromWords = SearchText(header.first("From") ?? "", limit: 512)
        hasNullReturnPath = Senders.hasNullReturnPath(header)
        isFromDaemon = Senders.isDaemon(header)
        autoSubmitted = header.raw("Auto-Submitted").map { ParameterizedWord.first($0) }
    }

    /// Whether it says that it answers something: by a field or by its subject.
    var isReply: Bool {
        isReplySubject || header.contains("In-Reply-To") || header.contains("References")
    }

    /// Whether the sender can know our mail.
    var isFromCorrespondent: Bool { circumstances.weWroteToSender || circumstances.isInOurThread }

    func judgement(_ kind: Judgement.Kind, _ rule: String) -> Judgement {
        var judgement = Judgement(kind: kind, rule: rule)
        judgement.ownText = String(own.text.prefix(4_000))
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
    /// RFC 5321 §4.5.5: what must never be answered by a machine, and is written by one.
    static func hasNullReturnPath(_ header: MessageHeader) -> Bool {
        guard let path = header.raw("Return-Path") else { return false }
        return path.filter { $0 > 0x20 } == Array("<>".utf8)
    }

    /// Whether the sender calls itself a mail system. Anybody can; it proves nothing alone.
    static func isDaemon(_ header: MessageHeader) -> Bool {
        for field in ["From", "Sender"] {
            guard let value = header.first(field) else { continue }
            let words = SearchText(value, limit: 512)
            if names.matches(words) { return true }
            for named in header.addresses(field).prefix(4) where localParts.contains(named.address.localPart.lowercased()) {
                return true
            }
        }
        return false
    }

    private static let names = PhraseSet([
        "mailer-daemon*", "mailer_daemon*", "mailerdaemon*", "mail-daemon*", "maildaemon*", "mdaemon*", "postmaster*",
        "mail delivery", "mail deliver*", "delivery subsystem", "delivery system", "mail system", "mailsystem",
        "mail administrator", "system administrator", "systemadministrator", "internet mail delivery", "mail gateway",
        "mail router", "undelivered mail", "delivery status", "bounce@*", "bounces@*", "mailer@*", "delivery report",
        "systemadministrator", "mail-system*", "courier mail server", "mail server", "microsoft exchange",
    ])

    private static let localParts: Set<String> = [
        "mailer-daemon", "mailerdaemon", "postmaster", "mail-daemon", "maildaemon", "mdaemon", "mailer", "daemon",
        "mailsystem", "mail-system", "mailsrv", "maildelivery", "mail-delivery", "bounce", "bounces", "undeliverable",
        "post_master", "no-reply-daemon", "mailgate", "gateway",
    ]
}
