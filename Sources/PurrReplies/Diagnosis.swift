/// Why a message was not delivered, from codes and, where those say nothing, from words.
struct Diagnosis {
    /// Enhanced status code, given or derived.
    let status: String?
    let isPermanent: Bool
    /// The address or its domain does not exist or takes no mail (spec R3.3).
    let isAddressLevel: Bool

    /// - Parameters:
    ///   - status: The report's own `Status` field.
    ///   - text: Diagnostic code and notice.
    init(status given: String?, text: String) {
        let words = SearchText(text)
        let quoted = StatusCode.enhanced(in: words)
        let basic = StatusCode.basic(in: words)
        var status = given ?? quoted
        // Many systems put x.0.0 in the field and the other side's code in the text.
        if let given, given.hasSuffix(".0.0") || given.hasSuffix(".0.1"), let quoted,
            quoted.first == given.first
        {
            status = quoted
        }
        let isFull = Self.full.matches(words)
        let isRefused = Self.policy.matches(words)
        let isUnknown = !isFull && !isRefused && Self.unknownAddress.matches(words)
        let isUnknownDomain = !isFull && !isRefused && Self.unknownDomain.matches(words)
        if status == nil {
            if isFull {
                status = basic.map { $0 >= 500 ? "5.2.2" : "4.2.2" } ?? "4.2.2"
            } else if isUnknown, basic.map({ $0 >= 500 }) ?? true {
                status = "5.1.1"
            } else if isUnknownDomain, basic.map({ $0 >= 500 }) ?? true {
                status = "5.1.2"
            } else if let basic {
                status = basic >= 500 ? "5.0.0" : "4.0.0"
            }
        }
        self.status = status
        isPermanent = status?.first != "4"
        let isGeneric = status.map { code in Self.generic.contains { code.hasPrefix($0) } } ?? false
        if let status, Self.addressLevel.contains(status) {
            isAddressLevel = true
        } else {
            isAddressLevel = isPermanent && isGeneric && (isUnknown || isUnknownDomain)
        }
    }

    /// Whether the words give one of the reasons that only a mail system has.
    static func saysWhy(_ words: SearchText) -> Bool {
        unknownAddress.matches(words) || unknownDomain.matches(words) || full.matches(words)
    }

    /// Spec R3.3: bad address, bad domain, moved, takes no mail (RFC 3463 §3.2, RFC 7505 §4).
    private static let addressLevel: Set<String> = ["5.1.1", "5.1.2", "5.1.6", "5.1.10"]

    /// Codes that leave the reason to the words: other, bad address in general, protocol, routing.
    private static let generic = ["5.0.", "5.1.0", "5.1.3", "5.4.", "5.5."]

    static let unknownAddress = PhraseSet([
        "user unknown", "unknown user", "no such user", "no such recipient", "no such address",
        "no such mailbox",
        "no such account", "no such person", "no such local user", "unknown recipient", "recipient unknown",
        "unknown address", "address unknown", "unknown email address", "user not found",
        "recipient not found",
        "mailbox not found", "account not found", "addressee unknown", "unknown account", "unknown mailbox",
        "user does not exist", "user doesn't exist", "mailbox does not exist", "mailbox doesn't exist",
        "account does not exist", "account doesn't exist", "account that you tried to reach does not exist",
        "address does not exist", "address doesn't exist", "recipient does not exist",
        "recipient doesn't exist",
        "not a valid recipient", "not a valid mailbox", "not a valid user", "not a valid address",
        "invalid recipient",
        "invalid recipients", "invalid address", "invalid mailbox", "invalid user",
        "unknown or illegal alias",
        "not listed in domino directory", "not listed in public name", "no mailbox here by that name",
        "no mailbox by that name", "is not a known user", "unrouteable address", "unroutable address",
        "recipient name is not recognized", "e-mail account does not exist", "email account does not exist",
        "address couldn't be found", "address could not be found", "wasn't found at", "was not found at",
        "couldn't be found", "not our customer", "unknown local part", "unknown local-part",
        "not known here",
        "bad destination mailbox address", "bad recipient", "no account by that name", "there is no such",
        "no user here by that name", "this user doesn't have a", "doesn't have a yahoo", "no such name",
        "not a user here", "is not a registered user", "name not found", "does not like recipient",
        "recipient address rejected: user unknown*", "address not present in directory", "no such object",
        "no longer valid", "no longer in use", "no longer accepts mail", "no longer accepting mail",
        "no longer exists", "address no longer", "mailbox not available anymore", "user is unknown",
        "unknown to",
        "recipientnotfound", "resolver.adr.recipnotfound", "resolver.adr.exrecipnotfound", "not on server",
        "empfänger unbekannt", "unbekannter empfänger", "adresse unbekannt", "konto existiert nicht",
        "utilisateur inconnu", "destinataire inconnu", "adresse inconnue", "usuario desconocido",
        "destinatario desconocido", "utente sconosciuto", "destinatario sconosciuto",
        "usuário desconhecido",
        "nieznany użytkownik", "nie istnieje", "gebruiker onbekend", "onbekende gebruiker",
        "ukjent mottaker",
        "okänd mottagare", "ukendt modtager", "tuntematon vastaanottaja", "宛先不明", "存在しません", "不存在", "有効でない",
        "no mail box available for this user", "bad_recipient", "disabled or discontinued",
        "has been discontinued", "has moved", "have moved", "changed address", "address has changed",
        "has been moved", "not exist",
    ])

    static let unknownDomain = PhraseSet([
        "host unknown", "unknown host", "host or domain name not found", "domain name not found",
        "domain not found",
        "no such domain", "domain does not exist", "domain doesn't exist", "unknown domain",
        "no mx record*",
        "nxdomain", "non-existent domain", "host not found", "name or service not known",
        "dns error: domain name",
        "bad destination system address", "domain is not valid", "unable to find domain",
        "couldn't find any host",
        "couldn't find any host by that name", "illegal host/domain name found", "null mx", "nullmx",
        "does not accept mail", "name server: host not found", "domain is not reachable",
        "dns lookup failure", "malformed or unexpected name server reply", "unrouteable mail domain",
        "all relevant mx records point to non-existent hosts",
    ])

    static let full = PhraseSet([
        "mailbox full", "mailbox is full", "mailbox was full", "full mailbox", "over quota", "overquota",
        "quota exceeded",
        "exceeded quota", "exceeded their quota", "exceeds quota", "exceeded storage", "quota exceed*",
        "inbox is full",
        "out of storage", "storage limit", "storage allocation", "size limit exceeded",
        "exceeded the space",
        "insufficient disk", "disk quota", "not enough space", "no space left", "exceeded its",
        "over the maximum allowed",
        "over the allowed quota", "mailbox for user is full", "mailfolder is full", "user is over",
        "account is over",
        "postfach voll", "postfach ist voll", "boîte pleine", "buzón lleno", "casella piena", "mailbox vol",
        "いっぱい", "容量", "boks full", "fullt",
    ])

    static let policy = PhraseSet([
        "spam", "spamhaus", "blacklist*", "blocklist*", "block list", "blocked", "blocked using", "dnsbl",
        "rbl",
        "policy", "relay access denied", "relaying denied", "relay denied", "not allowed to relay", "virus",
        "unsolicited",
        "bulk mail", "dmarc", "spf", "dkim", "reputation", "too large", "too big", "message size",
        "sender address rejected", "sender rejected", "unknown sender", "sender verify failed", "greylist*",
        "rate limit*", "too many", "content rejected", "access denied",
    ])
}
