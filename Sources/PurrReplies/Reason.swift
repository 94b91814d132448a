/// Why a message was not delivered, as words of mail systems say it, whatever their language.
///
/// Kept by what follows from it: an address or a domain that takes no mail is given up, everything else is
/// another day's or somebody else's problem. Source: RFC 3463 §3, and what servers really write.
enum Reason: CaseIterable {
    case unknownAddress, unknownDomain
    /// The address has moved, or the host is none that takes mail (RFC 3463 x.1.6, x.1.10, x.3.2).
    case takesNoMail
    case full, suspended
    /// Blocked, refused for what it is or where it comes from, too large, or not reached.
    case other

    /// Every reason that the words give.
    static func all(in words: SearchText) -> Set<Reason> {
        var found: Set<Reason> = []
        for (reason, phrases) in table where phrases.matches(words) { found.insert(reason) }
        return found
    }

    /// Whether the words give one of the reasons that only a mail system has.
    static func isNamed(in words: SearchText) -> Bool {
        unknownAddresses.matches(words) || unknownDomains.matches(words) || fullness.matches(words)
            || refusals.matches(words)
    }

    private static let table: [(Reason, PhraseSet)] = [
        (.unknownAddress, unknownAddresses), (.unknownDomain, unknownDomains), (.takesNoMail, refusals),
        (.full, fullness), (.suspended, suspensions), (.other, others),
    ]
}

extension Reason {
    /// The address does not exist.
    private static let unknownAddresses = PhraseSet([
        "user unknown", "unknown user", "no such user", "no such recipient", "no such address",
        "no such mailbox", "no such account", "no such person", "no such local user", "unknown recipient",
        "recipient unknown", "unknown address", "address unknown", "unknown email address",
        "user not found", "recipient not found", "mailbox not found", "account not found",
        "addressee unknown", "unknown account", "unknown mailbox", "user does not exist",
        "user doesn't exist", "mailbox does not exist", "mailbox doesn't exist", "account does not exist",
        "account doesn't exist", "account that you tried to reach does not exist",
        "address does not exist", "address doesn't exist", "recipient does not exist",
        "recipient doesn't exist", "not a valid recipient", "not a valid mailbox", "not a valid user",
        "not a valid address", "invalid recipient", "invalid recipients", "invalid address",
        "invalid mailbox", "invalid user", "unknown or illegal alias", "not listed in domino directory",
        "not listed in public name", "no mailbox here by that name", "no mailbox by that name",
        "is not a known user", "unrouteable address", "unroutable address",
        "recipient name is not recognized", "e-mail account does not exist",
        "email account does not exist", "address couldn't be found", "address could not be found",
        "wasn't found at", "was not found at", "couldn't be found", "not our customer",
        "unknown local part", "unknown local-part", "not known here", "bad destination mailbox address",
        "bad recipient", "no account by that name", "there is no such", "no user here by that name",
        "this user doesn't have a", "doesn't have a yahoo", "no such name", "not a user here",
        "is not a registered user", "name not found",
        "recipient address rejected: user unknown*", "address not present in directory", "no such object",
        "no longer valid", "no longer in use", "no longer exists", "address no longer",
        "mailbox not available anymore", "user is unknown", "unknown to", "recipientnotfound",
        "resolver.adr.recipnotfound", "resolver.adr.exrecipnotfound", "not on server",
        "empfänger unbekannt", "unbekannter empfänger", "adresse unbekannt", "konto existiert nicht",
        "utilisateur inconnu", "destinataire inconnu", "adresse inconnue", "usuario desconocido",
        "destinatario desconocido", "utente sconosciuto", "destinatario sconosciuto",
        "usuário desconhecido", "nieznany użytkownik", "nie istnieje", "gebruiker onbekend",
        "onbekende gebruiker", "ukjent mottaker", "okänd mottagare", "ukendt modtager",
        "tuntematon vastaanottaja", "宛先不明", "存在しません", "不存在", "有効でない",
        "no mail box available for this user", "bad_recipient", "not exist", "no such mail box",
        "no such email address", "no such e-mail address", "no such local", "not a local user",
        "no local user", "mailbox name not allowed", "mailbox unavailable", "mailbox not available",
        "mailbox is unavailable", "user not known", "user is not known", "not known at this",
        "is unknown", "not found in", "addressee not found", "address not found",
        "email address not found", "account unknown", "account not known", "account is not available",
        "not our user", "invalid user*", "invalid account", "invalid e-mail address",
        "invalid email address", "invalid final delivery userid", "invalid local", "non-existent user",
        "nonexistent user", "nonexistent mailbox", "non-existent mailbox", "non existent", "nonexistent",
        "user or account does not exist", "does not have an account", "do not have an account",
        "doesn't have an account", "has no mailbox", "is not a mailbox", "not a current account",
        "no current account", "address is not valid", "address is invalid", "is not a valid",
        "not listed in", "no matches to nameserver query", "undeliverable address",
        "undeliverable recipient", "mail addressed to nonexistent", "not exist here", "doesn't exist",
        "does not exist", "do not exist", "doesn't have a mailbox", "unable to find user",
        "unable to find recipient", "could not find user", "cannot find user", "can't find user",
        "unable to validate recipient", "unable to verify destination address", "recipient unverified",
        "unknown or invalid", "user deleted", "has been deleted", "was deleted", "account deleted",
        "account has been closed", "account closed", "account is closed", "unknown adress", "unkown user",
        "user unknow", "wrong address", "incorrect address", "bad address", "bad username", "bad user",
        "misspelled", "no valid recipients", "sorry, no mailbox", "bad destination email address",
        "invalid mail address", "unknown mail address", "email address could not be found",
        "der empfänger existiert nicht", "existiert nicht",
        "nicht gefunden", "unbekannt", "unbekannter benutzer", "benutzer unbekannt", "kein benutzer",
        "ungültige adresse", "ungültiger empfänger", "n'existe pas", "inexistant", "inexistante",
        "adresse invalide", "destinataire introuvable", "introuvable", "no existe", "inexistente",
        "dirección no válida", "no se encontró", "não existe", "não encontrado", "não foi encontrado",
        "desconhecido", "non esiste", "inesistente", "indirizzo non valido", "non trovato",
        "bestaat niet", "onbekend", "niet gevonden", "finnes ikke", "ikke funnet", "ukjent bruker",
        "ukendt bruger", "findes ikke", "finns inte", "hittades inte", "okänd användare",
        "ei ole olemassa", "ei löydy", "ei löytynyt", "tuntematon", "nieznany adresat",
        "nieznany odbiorca", "nie znaleziono", "nie ma takiego", "konto niedostepne",
        "пользователь не найден", "не существует", "нет такого пользователя", "получатель не найден",
        "неизвестный пользователь", "見つかりません", "見つからない", "該当するアカウントがありません", "無効なアドレス", "ユーザーが見つかりません",
        "用户不存在",
        "收件人不存在", "该用户不存在", "邮箱不存在", "地址不存在", "帐号不存在", "找不到", "bulunamadı", "neexistuje", "nem létezik",
        "unrecognised-or-name", "unrecognized o/r name", "unrecognised o/r name", "archived recipient",
        "not an active address", "is not an active", "destination addresses were unknown",
        "no one at this address", "badrcptto", "no existe dicha persona", "no existe ese usuario",
        "destinataire invalide", "can't accept user", "cannot accept user",
        "invalid or unknown virtual user",
        "recipient not ok", "mailbox invalid", "mailbox not present", "email name is not found",
        "missing home directory", "rejected recipient", "recipient is not on", "alias not found",
        "no longer on server", "user no longer", "no longer registered", "has been terminated",
        "account terminated", "no longer available", "aucun destinataire", "not a known", "no such alias",
        "is not recognised", "is not recognized", "unrecognized recipient", "unrecognised recipient",
        "unable to locate user", "unable to locate recipient", "could not locate", "no matching recipient",
        "address is no longer", "no es válida", "buzón no existe", "usuario no existe", "cuenta no existe",
        "konto nicht vorhanden", "postfach existiert nicht", "postfach nicht vorhanden", "kein postfach",
        "unbekannter nutzer", "adres nieznany", "użytkownik nieznany", "adresat nieznany", "osoittetta ei",
        "ikke gyldig adresse", "eksisterer ikke", "existerar inte", "findes ikke", "adressen finns inte",
        "no such employee", "no list by that name", "no list by this name", "unknown mailing list",
        "unknown list", "not a valid email", "is wrong or no longer", "unknown alias",
        "no mailbox found",
        "inactive user", "unknown customer", "discontinued", "no such person at this address",
        "nosuchuser", "no_such_user", "unknownuser", "unknown_user", "userunknown", "user_unknown",
        "recipient_not_found", "mailboxnotfound", "mailbox_not_found",
        "not a member of domain", "not a member of the domain",
    ])

    /// The domain does not exist, or has no host for mail.
    private static let unknownDomains = PhraseSet([
        "host unknown", "unknown host", "host or domain name not found", "domain name not found",
        "domain not found", "no such domain", "domain does not exist", "domain doesn't exist",
        "unknown domain", "no mx record*", "nxdomain", "non-existent domain", "host not found",
        "name or service not known", "dns error: domain name", "bad destination system address",
        "domain is not valid", "unable to find domain", "couldn't find any host",
        "couldn't find any host by that name", "illegal host/domain name found",
        "name server: host not found", "domain is not reachable", "dns lookup failure",
        "malformed or unexpected name server reply", "unrouteable mail domain",
        "all relevant mx records point to non-existent hosts", "domain not exist*", "no such host",
        "host does not exist", "domain is unknown", "unknown domain name", "domain unknown",
        "unable to resolve", "could not resolve", "cannot resolve", "couldn't resolve", "can't resolve",
        "cannot find host", "can't find host", "host name lookup fail*",
        "unrouteable domain", "unroutable domain", "unroutable mail domain",
        "dns lookup failed", "no mail exchanger*", "no mail exchange", "no mx or a", "no mx",
        "no a or mx", "no valid mail exchanger*", "domain lookup failed", "bad domain", "invalid domain",
        "invalid host", "no route to domain", "unknown or unreachable host", "domain name system lookup",
        "mail domain mentioned in email address is unknown", "domain must exist", "dead domain",
        "domain may not exist", "no address associated with", "host could not be found",
        "domain could not be found", "domain couldn't be found", "domain isn't found", "no dns record*",
        "no mx hosts", "no valid mx", "domain expired", "domain has expired", "unresolvable domain",
        "nonexistent domain", "wasn't able to find a valid host", "no es un dominio", "domaine inconnu",
        "domaine inexistant", "domain nicht gefunden", "domäne nicht gefunden", "domain unbekannt",
        "unbekannte domain", "dominio inexistente", "dominio no existe", "ドメインが見つかりません", "域名不存在", "找不到域名",
    ])

    /// Moved, or takes no mail at all.
    private static let refusals = PhraseSet([
        "has been replaced by", "nullmx", "user not local", "user has changed", "new address is",
        "accepts no messages", "does not accept messages", "doesn't accept messages",
        "does not accept mail", "does not accept e-mail", "does not accept email",
        "does not accept any mail", "doesn't accept mail", "no longer accepts mail",
        "no longer accepting mail", "no longer accepts e-mail", "not accepting network messages",
        "null mx", "nullmx", "does not receive mail", "doesn't receive mail", "accepts no mail",
        "host does not receive mail", "no longer accept*", "has moved", "have moved", "has been moved",
        "changed address", "address has changed", "address changed", "recipient has moved",
        "user has moved", "user moved", "will be forwarded no longer", "smtp server is not a recipient",
    ])

    /// No room.
    private static let fullness = PhraseSet([
        "exceeding their quota", "exceeding its", "exceeding receiving limits", "disc quota",
        "have enough space", "local limit", "space has been used up", "too much mail data", "quota usage",
        "too many messages", "quota violation", "mailbox size exceeded", "exceeded the maximum",
        "exceeded max*", "maildir full", "out of space", "out of quota", "voll belegt", "boîte saturée",
        "mailbox full", "mailbox is full", "mailbox was full", "full mailbox", "over quota", "overquota",
        "quota exceeded", "exceeded quota", "exceeded their quota", "exceeds quota", "exceeded storage",
        "quota exceed*", "inbox is full", "out of storage", "storage limit", "storage allocation",
        "size limit exceeded", "exceeded the space", "insufficient disk", "disk quota",
        "not enough space", "no space left", "exceeded its", "over the maximum allowed",
        "over the allowed quota", "mailbox for user is full", "mailfolder is full", "user is over",
        "account is over", "postfach voll", "postfach ist voll", "boîte pleine", "buzón lleno",
        "casella piena", "mailbox vol", "いっぱい", "容量", "boks full", "fullt", "mailbox size limit",
        "mailbox quota", "mail quota", "quota is full", "quota full", "quota limit", "disk full",
        "mailbox space", "mail box space", "box space", "no more space", "no room",
        "insufficient system storage", "insufficient storage", "not enough storage", "storage quota",
        "storage exceed*", "mailbox limit", "mail box full", "mail box is full", "mailbox has exceeded",
        "mailbox exceeds", "too full", "space not enough", "quota-exceeded", "quota_exceeded",
        "over disk quota", "over limit", "over storage", "is over its", "quota violat*", "user quota",
        "maildir over quota", "full inbox", "speicherplatz", "kontingent", "überfüllt", "überschritten",
        "voll ist", "boîte aux lettres pleine", "est pleine", "quota dépassé", "dépassé",
        "buzón está lleno", "está lleno", "cuota", "superado", "caixa cheia", "caixa postal cheia",
        "está cheia", "cota excedida", "casella è piena", "è piena", "quota superata", "postvak is vol",
        "is vol", "full postkasse", "postkassen er full", "postlådan är full", "är full", "er fuld",
        "fuld postkasse", "postilaatikko on täynnä", "täynnä", "skrzynka jest pełna", "przepełnion*",
        "przekroczon*", "ящик переполнен", "переполнен*", "превышен*", "邮箱已满", "已满", "超出配额", "空间不足",
        "容量オーバー",
    ])

    /// There, and switched off for now.
    private static let suspensions = PhraseSet([
        "currently suspended", "user suspended", "suspend the service", "discontinued service",
        "disabled", "suspended", "account inactive", "inactive", "deactivated", "deactivated mailbox",
        "account has been disabled", "account is disabled", "mailbox disabled", "mailbox is disabled",
        "locked", "frozen", "temporarily locked", "account expired", "account has expired",
        "is not active", "not active", "not activated", "on hold", "over the limit of", "dormant",
        "expired account", "gesperrt", "deaktiviert", "désactivé", "desactivado", "desativada",
        "disattivat*", "gedeactiveerd", "deaktivert", "inaktiverat", "nieaktywn*", "zablokowan*",
        "заблокирован*", "отключен*", "禁用", "停用", "冻结", "未激活", "受信拒否", "お受け取りできません",
    ])

    /// Everything that says nothing about the address.
    private static let others = PhraseSet([
        "rcpthosts", "only accepting mail from", "recipient preferences", "user rules", "restricted sms",
        "user reject*",
        "refuses to receive", "refuse to receive", "message filtered", "blocked by the recipient",
        "not accepting mail from", "members-only list", "not pre-approved", "content is not allowed",
        "mail loop", "message loop*", "forwarding loop", "loop detected", "too many recipients",
        "invalid sender", "null sender", "sender domain is", "unroutable sender", "rejected sender",
        "system error", "out of memory", "internal error", "configuration error", "i/o error",
        "command died", "returned error status", "starttls", "certificate", "tls required",
        "spam", "spamhaus", "blacklist*", "blocklist*", "block list", "blocked", "blocked using", "dnsbl",
        "rbl", "policy", "relay access denied", "relaying denied", "relay denied", "not allowed to relay",
        "virus", "unsolicited", "bulk mail", "dmarc", "spf", "dkim", "reputation", "too large", "too big",
        "message size", "sender address rejected", "sender rejected", "unknown sender",
        "sender verify failed", "greylist*", "rate limit*", "too many", "content rejected",
        "access denied", "not permitted", "not allowed", "not authorized", "not authorised",
        "unauthorized", "prohibited", "rejected for policy", "banned", "forbidden", "permission denied",
        "refused", "message rejected", "rejected by", "filter*", "character set*", "non-western",
        "restricted", "junk mail", "suspicious",
        "phishing", "malware", "infected", "authentication required", "authentication fail*",
        "unauthenticated", "spoofing", "message exceeds", "exceeds the", "exceeds maximum",
        "maximum message size", "mail size", "size exceed*", "exceeds size", "fixed maximum message size",
        "too busy", "try again later", "connection refused", "connection timed out", "timed out",
        "time out", "timeout", "could not connect", "cannot connect", "unreachable", "no route to host",
        "network error", "network problem*", "too many hops", "loops back to myself", "hop count",
        "delivery time expired",
        "retry time*", "retry timeout", "queue too long", "temporar*", "sender domain", "sender address",
        "your ip", "your host", "ptr record", "reverse dns", "helo", "relaying",
    ])
}
