import PurrMail

/// Screens that hold a mail until its sender proves to be a person.
///
/// They call themselves mail software, answer in the thread and under `Re:`, so they are known by what
/// they say: the mail is held, what to do to set it free, and that this is against spam or needed once.
/// A person may say as much of a portal; so it must also have been sent by a machine, or by another
/// domain than the one it speaks for. Source: RFC 3834 §2 on such responders.
enum Challenges {
    static func judgement(_ facts: Facts) -> Judgement? {
        let words = facts.ownWords
        guard words.wordCount <= 250, isSentForSomebody(facts), holds.matches(words), deeds.matches(words),
            reasons.matches(words)
        else { return nil }
        return facts.judgement(.challenge, "R3.7 asks for proof: \(holds.first(in: words)?.phrase ?? "")")
    }

    /// Whether it says that a mail waits, and what its sender is to do for it.
    static func asks(_ words: SearchText) -> Bool { holds.matches(words) || deeds.matches(words) }

    /// Whether a machine sent it: by its return path or its own word.
    private static func isSentForSomebody(_ facts: Facts) -> Bool {
        let header = facts.header
        if facts.hasNullReturnPath || facts.isFromDaemon || (facts.autoSubmitted ?? "no") != "no"
            || Senders.isNoReply(header)
        {
            return true
        }
        guard let path = header.bareAddresses("Return-Path").first,
            let from = header.bareAddresses("From").first
        else { return false }
        // Services send people's mail too: theirs has no link to prove anything at.
        guard links.matches(facts.ownWords) else { return false }
        return !path.domain.hasSuffix(from.domain) && !from.domain.hasSuffix(path.domain)
    }

    private static let links = PhraseSet(["http://*", "https://*", "www.*"])

    /// What becomes of the mail.
    private static let holds = PhraseSet([
        "so i can receive", "so that i can receive", "so i receive your", "message reaches me",
        "email reaches me", "e-mail reaches me", "message will be delivered", "email will be delivered",
        "e-mail will be delivered", "mail will be delivered", "message to be delivered",
        "message is being held", "email is being held", "is being held because", "message has been held",
        "has been quarantined", "is on hold", "has not been verified", "release your message",
        "release your email", "deliver your message", "deliver your email", "be placed in my inbox",
        "delivered to my inbox", "the message you sent requires", "your email requires",
        "message me soit remis", "message me parvienne", "soit remis", "message sera remis",
        "message sera délivré", "message est en attente", "nachricht wird zugestellt",
        "nachricht zugestellt wird", "e-mail zugestellt wird", "nachricht wird zurückgehalten",
        "mensaje será entregado", "mensaje sea entregado", "correo sea entregado", "mensagem será entregue",
        "mensagem seja entregue", "messaggio sarà consegnato", "messaggio venga consegnato",
        "bericht wordt bezorgd", "bericht wordt afgeleverd", "meldingen din blir levert",
        "meldingen blir levert", "meddelandet levereras", "wiadomość zostanie dostarczona", "メールは保留",
        "メールが届くように", "邮件将被投递",
    ])

    /// What the sender is to do.
    private static let deeds = PhraseSet([
        "click the link", "click on the link", "click the following", "click on the following",
        "click below", "clicking here", "click here", "clicking the", "clicking on the", "follow the link",
        "follow this link", "visit the link", "simply reply", "reply to this message",
        "reply to this email", "reply to this e-mail", "send an empty message", "reply\" feature",
        "complete this verification", "complete the verification", "solve the", "type the characters",
        "enter the code", "cliquant sur", "cliquez sur", "klicken sie", "klick auf", "haga clic",
        "haz clic", "clique no", "clicando", "clicca", "cliccando", "klik op", "klikk på", "klicka på",
        "klik på", "kliknij", "クリック", "点击",
    ])

    /// Why, or how often.
    private static let reasons = PhraseSet([
        "junk mail", "junk email", "unwanted mail", "unwanted email", "unsolicited", "spam", "antispam",
        "anti-spam", "spam arrest", "real person", "a person", "human being", "human", "robot", "captcha",
        "not been verified", "just this once", "only once", "one time", "one-time", "do this again",
        "sender verification", "accepted senders", "approved senders", "allowed senders",
        "sender verified", "authenticate", "authentication", "authentifier", "authentification",
        "une seule fois", "pourriel*", "indésirable*", "nur einmal", "einmalig", "mensch", "una sola vez",
        "uma única vez", "una sola volta", "eenmalig", "én gang", "en gång", "jednorazow*", "一度", "垃圾邮件",
    ])
}
