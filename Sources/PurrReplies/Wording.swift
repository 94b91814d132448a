/// The wording of automatic mail, by class (spec R3.b).
///
/// Read only of mail that is automatic by another sign, or together with one: a person may use any of
/// these words.
enum Wording {
    /// The class, or nil when the text is none of the known kinds of notice.
    static func kind(of facts: Facts) -> Judgement.Kind? {
        if left.matches(facts.ownWords) { return .left }
        if outOfOffice.matches(facts.ownWords) || absenceSubjects.matches(facts.subject) {
            return .outOfOffice
        }
        if challenge.matches(facts.ownWords) { return .challenge }
        if ticket.matches(facts.ownWords) || ticketSubjects.matches(facts.subject) { return .ticket }
        if automatic.matches(facts.ownWords) || subjects.matches(facts.subject) { return .automatic }
        return nil
    }

    /// Whether the sender's own words are a notice and nothing else.
    ///
    /// Stricter than ``kind(of:)``, because here a person may be the author: politeness ("as soon as
    /// possible") counts in short texts only, and the subject counts only when it announces a machine.
    static func isAcknowledgement(_ facts: Facts) -> Bool {
        if !facts.isReplySubject, subjects.matches(facts.subject) { return true }
        let words = facts.ownWords.wordCount
        if words <= 150, left.matches(facts.ownWords) || challenge.matches(facts.ownWords) { return true }
        if words <= 100, ticket.matches(facts.ownWords) || outOfOffice.matches(facts.ownWords) {
            return true
        }
        return words <= 40 && automatic.matches(facts.ownWords)
    }

    /// No longer works there.
    static let left = PhraseSet([
        "no longer with", "no longer work", "no longer works", "no longer working", "no longer employed",
        "no longer at",
        "has left the company", "have left the company", "has left the organi*", "left the company",
        "i have left",
        "is not longer with", "not with the company anymore", "doesn't work here anymore",
        "no longer an employee",
        "no longer part of", "has retired", "have retired", "last day at", "last day was", "har sluttet",
        "har slutta",
        "jobber ikke lenger", "arbeider ikke lenger", "sluttet i", "ikke lenger ansatt", "har slutat",
        "har lämnat",
        "jobbar inte längre", "arbetar inte längre", "slutat på", "er fratrådt", "arbejder ikke længere",
        "ikke længere ansat", "er stoppet i", "er stoppet hos", "ei ole enää", "ei työskentele enää",
        "on lähtenyt",
        "nicht mehr im unternehmen", "nicht mehr für", "nicht mehr bei", "arbeitet nicht mehr",
        "arbeite nicht mehr",
        "unternehmen verlassen", "nicht länger beschäftigt", "nicht mehr tätig", "ausgeschieden",
        "niet meer werkzaam",
        "niet langer werkzaam", "werkt niet meer", "werk niet meer", "uit dienst", "ne fait plus partie",
        "ne travaille plus",
        "n'est plus dans l'entreprise", "a quitté", "j'ai quitté", "ne fais plus partie", "ya no trabaj*",
        "ya no forma parte", "ya no formo parte", "ha dejado la empresa", "não trabalh*", "já não trabalh*",
        "deixou a empresa", "não faz mais parte", "não faço mais parte", "não está mais na empresa",
        "non lavora più",
        "non lavoro più", "ha lasciato l'azienda", "non fa più parte", "nie pracuje już", "już nie pracuj*",
        "nie jest już pracownik*", "zakończył pracę", "zakończyła pracę", "退職", "離職", "已离职", "已經離職",
        "已离开公司", "不再任职",
    ])

    /// Away, and back at some time.
    static let outOfOffice = PhraseSet([
        "out of office", "out of the office", "out-of-office", "ooo until", "away from the office",
        "away from my desk",
        "i am away", "i'm away", "i will be away", "i'll be away", "am currently away", "on vacation",
        "on holiday",
        "on holidays", "on leave", "on annual leave", "annual leave", "on parental leave", "parental leave",
        "maternity leave", "paternity leave", "on sick leave", "sick leave", "on a business trip",
        "limited access to email",
        "limited access to my email", "limited access to e-mail", "limited access to my e-mail",
        "limited email access",
        "no access to email", "no access to my email", "not in the office", "i will be out", "i'll be out",
        "i am out",
        "i'm out", "will be back", "i'll be back", "back in the office", "when i return", "upon my return",
        "on my return",
        "i return on", "i will return", "returning on", "will respond when i", "currently unavailable",
        "traveling", "travelling",
        "on vacation until", "office is closed", "offices are closed", "office will be closed",
        "we are closed",
        "closed for the holidays", "away until", "out until", "currently out", "ikke på kontoret",
        "ute av kontoret",
        "er på ferie", "på ferie", "har ferie", "har fri", "fraværende", "er borte", "er bortreist",
        "permisjon",
        "tilbake på kontoret", "er tilbake", "tilbake på jobb", "tilbake igjen", "på reise", "avspaser*",
        "sykmeldt",
        "inte på kontoret", "ej på kontoret", "semester", "föräldraledig*", "tjänstledig*", "är ledig",
        "åter på kontoret", "tillbaka på kontoret", "är tillbaka", "är åter", "frånvarande", "bortrest",
        "tjänsteresa",
        "ude af kontoret", "ikke til stede", "holder ferie", "på barsel", "tilbage på kontoret",
        "er tilbage", "holder fri",
        "poissa", "lomalla", "lomalta", "vuosilomalla", "kesälomalla", "tavoitettavissa", "palaan",
        "toimistolla",
        "nicht im büro", "außer haus", "ausser haus", "abwesen*", "im urlaub", "urlaub", "nicht erreichbar",
        "nicht am arbeitsplatz", "wieder erreichbar", "wieder für sie da", "wieder im büro", "elternzeit",
        "mutterschutz",
        "dienstreise", "krankheitsbedingt", "betriebsferien", "zurück bin", "wieder zurück",
        "ich bin zurück",
        "niet op kantoor", "afwezig", "met vakantie", "op vakantie", "met verlof", "weer aanwezig",
        "weer bereikbaar",
        "zwangerschapsverlof", "weer op kantoor", "ben ik terug", "terug op kantoor", "absent", "absente",
        "en congé",
        "en congés", "en vacances", "de retour", "hors du bureau", "congé maternité", "congé parental",
        "absence du bureau",
        "en déplacement", "fuera de la oficina", "de vacaciones", "estoy fuera", "estaré fuera", "ausente",
        "ausencia",
        "regreso el", "regresaré", "de vuelta", "baja por maternidad", "de baja", "volveré",
        "fora do escritório",
        "fora do escritorio", "de férias", "em férias", "estou fora", "estarei fora", "estarei ausente",
        "ausência",
        "retorno no dia", "retornarei", "estarei de volta", "regressarei", "licença", "fuori ufficio",
        "fuori sede",
        "in ferie", "in vacanza", "sono assente", "sarò assente", "assente dall'ufficio", "assenza",
        "rientrerò",
        "rientro il", "di ritorno", "in maternità", "tornerò", "poza biurem", "na urlopie", "urlop*",
        "nieobecn*",
        "wracam", "wrócę", "będę dostępn*", "macierzyńsk*", "delegacji", "休暇", "不在", "外出", "出張", "お休み",
        "戻り",
        "夏季休業", "年末年始", "休假", "年假", "出差", "不在办公室", "外出中", "返回办公室", "休息", "ofisten uzak", "izinde",
        "tatilde",
        "mimo kancelář", "dovolen*", "в отпуске", "отпуск*", "нет на месте", "вне офиса", "отсутству*",
        "szabadság*",
    ])

    /// Subjects that announce an absence, not only an automatic mail.
    static let absenceSubjects = PhraseSet([
        "out of office", "out of the office", "out-of-office", "ooo", "away from", "on vacation",
        "on leave", "vacation",
        "holiday", "annual leave", "fraværsmelding", "fravær", "ute av kontoret", "ikke på kontoret",
        "ferie",
        "frånvaro*", "semester", "inte på kontoret", "fraværsbesked", "fravær*", "poissaolo*", "poissa",
        "loma*", "abwesen*",
        "urlaub*", "außer haus", "afwezig*", "absence", "absent*", "congés", "en congé",
        "fuera de la oficina", "ausencia",
        "ausente", "vacaciones", "fora do escritório", "ausência", "férias", "fuori ufficio", "assenza",
        "ferie",
        "poza biurem", "nieobecno*", "urlop*", "不在", "休暇", "休假", "外出", "отпуск*", "нет на месте",
        "mimo kancelář", "dovolen*",
        "szabadság*", "ofis dışı", "izin*",
    ])

    /// Subjects that only automatic mail has (they stand before the original subject).
    static let subjects = PhraseSet([
        "automatic reply", "auto reply", "auto-reply", "autoreply", "automatic response", "auto response",
        "auto-response",
        "autoresponse", "automated reply", "automated response", "autoresponder", "auto:", "auto :",
        "away message", "away:",
        "away from my mail", "away from my email", "away from email", "vacation reply", "vacation message",
        "out of office", "out of the office", "out-of-office", "ooo:",
        "[ooo]",
        "automatisk svar", "automatiskt svar", "autosvar", "autom. svar", "fraværsmelding", "fraværsbesked",
        "fravær:",
        "frånvaromeddelande", "frånvaro:", "inte på kontoret", "ikke på kontoret", "ute av kontoret",
        "automaattinen vastaus",
        "automaattivastaus", "poissaoloilmoitus", "poissaolo:", "automatische antwort",
        "automatische rückantwort",
        "automatische abwesenheitsnotiz", "abwesenheitsnotiz*", "abwesenheitsmeldung",
        "abwesenheitsassistent",
        "abwesenheit:", "autom. antwort", "auto-antwort", "automatisch antwoord", "automatisch bericht",
        "afwezigheidsmelding",
        "afwezigheidsbericht", "afwezig:", "niet aanwezig", "réponse automatique", "message d'absence",
        "absence du bureau", "notification d'absence", "absent du bureau", "respuesta automática",
        "respuesta automatica",
        "contestación automática", "fuera de la oficina", "mensaje de ausencia", "resposta automática",
        "resposta automatica",
        "fora do escritório", "ausência temporária", "mensagem automática", "mensagem de ausência",
        "risposta automatica",
        "messaggio automatico", "fuori ufficio", "odpowiedź automatyczna", "automatyczna odpowiedź",
        "autoodpowiedź",
        "poza biurem", "automatická odpověď", "автоответ", "автоматический ответ", "otomatik yanıt",
        "automatikus válasz",
        "自動応答", "自動返信", "不在通知", "不在のお知らせ", "自动回复", "自動回覆", "自動回應", "外出自动回复", "자동 회신", "自动答复",
        "răspuns automat",
    ])

    static let ticketSubjects = PhraseSet([
        "[ticket", "ticket #*", "[#*", "request received", "ticket received", "case number", "case created",
        "[case*",
        "we received your", "we have received your", "your request", "support request", "ticket created",
    ])

    /// Acknowledgements of helpdesks.
    static let ticket = PhraseSet([
        "ticket number", "ticket id", "ticket has been", "support ticket",
        "your request has been received",
        "request has been received", "we have received your request", "we've received your request",
        "case number", "case id",
        "reference number is", "a member of our team will",
        "our support team",
        "one of our agents", "saksnummer", "henvendelsen din er mottatt", "vi har mottatt din henvendelse",
        "vi har mottatt henvendelsen", "din henvendelse er mottatt", "ärendenummer",
        "vi har tagit emot ditt",
        "sagsnummer", "vi har modtaget din henvendelse", "tukipyyntö",
        "olemme vastaanottaneet",
        "ticketnummer", "vorgangsnummer", "ihre anfrage ist bei uns eingegangen", "ihre anfrage wurde",
        "aktenzeichen",
        "wij hebben uw verzoek", "uw aanvraag", "numéro de ticket", "votre demande a bien été",
        "numéro de dossier",
        "número de ticket", "hemos recibido su solicitud", "número de caso", "número do chamado",
        "recebemos sua solicitação",
        "numero di ticket", "abbiamo ricevuto la sua richiesta", "numer zgłoszenia", "zgłoszenie zostało",
        "お問い合わせ番号",
        "受付番号", "お問い合わせを受け付け", "工单", "您的请求",
    ])

    /// Wants proof that a person wrote.
    static let challenge = PhraseSet([
        "click the link below to verify", "verify your email address", "verify that you",
        "verify your identity",
        "prove you are human", "prove that you are", "are a human", "you are a real person",
        "confirm that you are",
        "confirm your message", "confirm your email", "confirm your address", "anti-spam system",
        "spam protection", "spamarrest",
        "spam arrest", "challenge-response", "challenge/response", "allowed list", "approved senders",
        "approved sender",
        "guest list", "whitelist", "white list", "to ensure delivery of your email",
        "one-time verification",
        "protected by", "added to my address book", "requires verification", "sender verification",
        "has not been delivered yet until",
        "release your message", "bestätigen sie ihre", "bekreft at du", "boxbe", "bitdefender",
        "mailblocks", "tmda",
        "knowspam", "spam-protected", "quarantine", "confirmation required", "please confirm",
    ])

    /// The wording of screening services in what looks like a delivery report.
    static let screening = PhraseSet([
        "guest list", "not pre-approved", "pre-approved", "allowed list", "approved senders",
        "prove you are human",
        "verify that you are", "click the link below to", "challenge-response", "confirm that you are",
    ])

    /// Says of itself that no person wrote it: long disclaimers below it change nothing.
    static let explicit = PhraseSet([
        "this is an automated response", "this is an automated reply", "this is an automatic reply",
        "this is an auto-reply",
        "this is an automatic response", "this is an automatically generated",
        "this is an automated message",
        "only notification you will receive", "dette er et automatisk svar",
        "detta är ett automatiskt svar",
        "dette er en automatisk", "dies ist eine automatische", "diese nachricht wurde automatisch",
        "ceci est une réponse automatique", "ceci est un message automatique",
        "esta es una respuesta automática",
        "este es un mensaje automático", "esta é uma resposta automática",
        "questa è una risposta automatica",
        "dit is een automatisch", "to jest automatyczna", "tämä on automaattinen", "自動返信", "自動送信", "自动回复",
    ])

    /// Notices of other kinds.
    static let automatic = PhraseSet([
        "automatic reply", "automated reply", "auto-reply", "auto reply", "autoreply", "automatic response",
        "automated response",
        "automatically generated", "automatic message", "automated message", "generated automatically",
        "auto-generated",
        "do not reply", "don't reply to this", "please do not respond", "this mailbox is not monitored",
        "mailbox is no longer monitored", "not monitored", "unattended", "thank you for your e-mail",
        "thank you for your email",
        "thank you for your message", "thanks for your email", "thank you for contacting",
        "thanks for contacting",
        "thank you for getting in touch", "we have received your", "we've received your",
        "your message has been received",
        "your email has been received", "will get back to you", "will respond as soon",
        "will reply as soon", "as soon as possible",
        "within 24 hours", "within 48 hours", "business days", "automatisk svar", "autosvar",
        "takk for din e-post",
        "takk for din henvendelse", "takk for e-posten", "takk for at du", "vi har mottatt",
        "tack för ditt", "automatiskt",
        "tak for din", "kiitos viestistäsi", "kiitos sähköpostistasi", "automaattinen",
        "vielen dank für ihre",
        "automatisch generiert", "automatisch erstellt", "automatische antwort", "antworten sie nicht",
        "bedankt voor uw",
        "bedankt voor je", "automatisch bericht", "merci pour votre", "merci de votre",
        "réponse automatique",
        "message automatique", "ne pas répondre", "gracias por su", "gracias por contactar",
        "respuesta automática",
        "obrigado por", "obrigado pelo", "agradecemos o", "mensagem automática", "grazie per",
        "risposta automatica",
        "messaggio automatico", "dziękuję za wiadomość", "dziękujemy za", "automatyczn*", "自動返信", "自動送信",
        "自動的に",
        "自动回复", "自动发送", "自動回覆",
    ])
}
