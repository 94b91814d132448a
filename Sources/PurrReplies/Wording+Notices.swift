/// The words of helpdesks, of screens before a mailbox, and of other machines.
extension Wording {
    /// Acknowledgements of helpdesks.
    static let ticket = PhraseSet([
        "ticket has been", "your request has been received", "request has been received",
        "request has been registered", "request was received", "we have received your request",
        "we've received your request", "we got your request", "we have received your ticket",
        "received and is being reviewed", "is being reviewed by", "ticket has been created",
        "case has been created", "case has been opened", "a member of our team will",
        "our support team will",
        "one of our agents will", "one of our agents", "in response to the creation of a",
        "there is no need to reply",
        "assigned the ticket", "assigned ticket", "has been assigned the", "your ticket number is",
        "your case number is", "reference number is", "will be processed under", "has been logged",
        "henvendelsen din er mottatt", "vi har mottatt din henvendelse", "vi har mottatt henvendelsen",
        "din henvendelse er mottatt", "har fått saksnummer", "vi har tagit emot ditt", "ditt ärende har",
        "vi har mottagit ditt", "vi har modtaget din henvendelse", "din henvendelse er modtaget",
        "olemme vastaanottaneet", "tukipyyntösi", "ihre anfrage ist bei uns eingegangen",
        "ihre anfrage wurde",
        "ihr anliegen wird", "ihr ticket wurde", "wir haben ihre anfrage", "unter der vorgangsnummer",
        "wij hebben uw verzoek", "uw aanvraag is", "uw verzoek is ontvangen", "uw ticket",
        "votre demande a bien été", "votre demande a été enregistrée", "votre ticket",
        "hemos recibido su solicitud", "hemos recibido tu solicitud", "su solicitud ha sido",
        "recebemos sua solicitação", "recebemos a sua solicitação", "seu chamado foi",
        "abbiamo ricevuto la sua richiesta", "la tua richiesta è stata", "la sua richiesta è stata",
        "zgłoszenie zostało", "otrzymaliśmy twoje zgłoszenie", "otrzymaliśmy państwa zgłoszenie",
        "お問い合わせを受け付け", "お問い合わせありがとうございます", "您的请求", "我们已收到您的",
    ])

    /// What helpdesks number; people who answer there have it below their name.
    static let ticketNumbers = PhraseSet([
        "ticket number", "ticket id", "support ticket", "case number", "case id", "saksnummer",
        "ärendenummer",
        "sagsnummer", "tukipyyntö", "ticketnummer", "vorgangsnummer", "aktenzeichen", "numéro de ticket",
        "numéro de dossier", "número de ticket", "número de caso", "número do chamado", "numero di ticket",
        "numer zgłoszenia", "お問い合わせ番号", "受付番号", "工单",
    ])

    /// Wants proof that a person wrote.
    static let challenge = PhraseSet([
        "not a robot", "n'êtes pas un robot", "n'es pas un robot", "que vous êtes humain",
        "no eres un robot",
        "no es un robot", "não é um robô", "non sei un robot", "non sia un robot", "kein roboter",
        "geen robot",
        "ikke er en robot", "inte är en robot", "bestätigen sie bitte", "bestätigung erforderlich",
        "vérification de l'expéditeur", "confirmer votre message", "bekräfta ditt meddelande",
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

    /// Beginnings of ``ticket`` that leave open what became of it: people tell that too.
    static let openings = PhraseSet([
        "ticket has been", "has been logged", "ditt ärende har", "ihre anfrage wurde", "ihr anliegen wird",
        "ihr ticket wurde", "uw aanvraag is", "uw ticket", "votre ticket", "su solicitud ha sido",
        "seu chamado foi", "la tua richiesta è stata", "la sua richiesta è stata", "zgłoszenie zostało",
        "ihre anfrage", "wir haben ihre anfrage",
    ])

    /// What becomes of it before anybody has looked.
    static let intake = PhraseSet([
        "received", "created", "opened", "registered", "logged", "assigned", "number", "id", "mottagit",
        "mottagits", "registrerats", "skapats", "eingegangen", "registriert", "erstellt", "eröffnet",
        "angelegt", "aufgenommen", "erhalten", "nummer", "bearbeitet", "schnellstmöglich*", "ontvangen",
        "geregistreerd", "aangemaakt", "enregistré*", "reçu*", "créé*", "prise en compte", "numéro",
        "recibid*", "registrad*", "cread*", "número", "recebid*", "criad*", "abert*", "ricevut*",
        "registrat*", "creat*", "presa in carico", "numero", "przyjęt*", "zarejestrowan*", "utworzon*",
    ])

    /// Subjects that announce that a mail came in, as no person's does.
    static let receiptSubjects = PhraseSet([
        "was received", "has been received", "request received", "ticket received", "message received",
        "we received your", "we have received your", "we've received your", "received:",
        "acknowledgement of receipt", "acknowledgment of receipt", "vi har mottatt", "[mottatt]",
        "vi har mottagit", "mottagningsbekräftelse", "vi har modtaget", "eingangsbestätigung",
        "ontvangstbevestiging", "accusé de réception", "acuse de recibo", "confirmação de recebimento",
        "conferma di ricezione", "potwierdzenie otrzymania", "受付完了", "受付のお知らせ", "已收到",
    ])

    /// When somebody will look at it.
    static let promises = PhraseSet([
        "will answer as soon", "be in touch", "shortly", "so snart som", "så snart som", "snarest",
        "inom kort", "hurtigst muligt", "mahdollisimman pian", "schnellstmöglich*",
        "so schnell wie möglich",
        "umgehend", "zo snel mogelijk", "plus brefs délais", "dès que possible", "lo antes posible",
        "a la brevedad", "o mais breve", "assim que possível", "il prima possibile", "al più presto",
        "jak najszybciej", "wkrótce", "折り返し", "尽快",
    ])

    /// What to do with a ticket.
    static let instructions = PhraseSet([
        "reply to this email", "reply to this e-mail", "reply to this message", "replying to this",
        "respond to this email", "additional comments", "additional information", "further information",
        "add a comment", "subject line", "view the status", "status of your", "view your",
        "view this ticket",
        "view request", "click", "http://*", "https://*", "www.*", "log in", "login", "portal", "online",
        "knowledge base", "help center", "help centre", "ticket*", "case id", "reference",
        "for your records",
        "summary of", "for reference", "opening hours", "business hours", "office hours", "our support",
        "support team", "customer service", "auf diese e-mail", "weitere informationen",
        "antworten sie auf",
        "répondre à cet", "responda a este", "risponda a questa", "svar på denne", "svara på detta",
        "besvar denne", "odpowiedz na", "beantwoord deze", "vastaa tähän",
    ])

    /// Whoever is back, writes himself.
    static let returned = PhraseSet([
        "i was out", "i was away", "i was on", "i've been out", "i have been out", "i've been away",
        "was out of", "was out sick", "were out of", "i'm back", "i am back now", "am back in", "just back",
        "got back", "back from", "sorry for the late", "sorry for the delay", "sorry for my late",
        "war im urlaub", "war in urlaub", "war nicht im", "war krank", "war abwesend", "war außer haus",
        "zurück aus", "j'étais", "je suis rentré*", "estaba de", "estaba fuera", "estuve", "he vuelto",
        "estava de", "estava fora", "estive", "ero in", "ero fuori", "sono tornat*", "sono rientrat*",
        "var på ferie", "var borte", "har vært", "var på semester", "har varit", "har været",
        "olin lomalla",
        "was met vakantie", "was op vakantie", "was afwezig", "byłem", "byłam", "wróciłem", "wróciłam",
    ])

    /// What only somebody says who has read the mail: decisions, wishes, and what follows an absence.
    static let answers = PhraseSet([
        "not interested", "no interest", "no need for", "we have to decline", "we decline",
        "we have decided",
        "we decided", "no budget", "no thanks", "no thank you", "sounds good", "sounds great",
        "sounds interesting", "good idea", "i like", "we like", "let's talk", "let us talk", "let's meet",
        "let us meet", "we can talk", "we can meet", "we could talk", "we could meet", "please send me",
        "send me a", "send me the", "send us", "kein interesse", "keinen bedarf", "nicht interessiert",
        "haben uns entschieden", "pas intéressé*", "pas besoin", "no nos interesa", "no estamos interesad*",
        "me interesa", "não temos interesse", "não estamos interessad*", "non siamo interessat*",
        "geen interesse", "niet geïnteresseerd", "ikke behov", "ikke interessert", "ikke interesseret",
        "inte intresserad*", "inget behov", "emme ole kiinnostuneita", "kiinnostaa",
        "nie jesteśmy zainteresowan*", "ring meg", "ring mig", "興味", "不感兴趣",
        "but yes", "but please", "but let's", "but let us", "but happy", "but i'm happy", "but i am happy",
        "but i would", "but i'd", "but can you", "but could you", "but tell", "but send", "but call",
        "but your", "but we can", "aber gern*", "aber bitte", "aber ja", "aber rufen", "aber wir können",
        "danach gern*", "mais envoyez", "mais oui", "mais je veux", "pero envíe*", "pero sí",
        "mas envie*", "mas sim", "ma mi mandi", "ma sì", "maar graag", "maar bel", "men ring", "men gjerne",
        "men gärna", "men send", "men vi kan", "ale proszę", "ale chętnie",
    ])

    /// Turns thanks into an answer.
    static let buts = PhraseSet([
        "but", "aber", "mais", "pero", "mas", "ma", "maar", "men", "mutta", "ale", "но", "但", "ですが",
    ])

    /// Says that no machine wrote it.
    static let denials = PhraseSet([
        "not an automatic", "not an automated", "not an auto-reply", "no automatic reply",
        "no automated reply", "not automatic", "not a robot, i", "keine automatische", "kein automat*",
        "nicht automatisch", "pas une réponse automatique", "no es una respuesta automática",
        "não é uma resposta automática", "non è una risposta automatica", "geen automatisch*",
        "ikke et automatisk", "inte ett automatiskt",
    ])

    /// Below or above what is said.
    private static let closings = PhraseSet([
        "thank you", "thanks", "many thanks", "regards", "best wishes", "sincerely", "cheers", "hello",
        "hi",
        "dear*", "mvh", "hilsen", "takk", "tack", "hälsningar", "tak", "kiitos", "terveisin", "grüße",
        "grüßen", "gruß", "danke", "dank", "groet", "groeten", "merci", "cordialement", "gracias",
        "saludos",
        "obrigado", "obrigada", "atenciosamente", "grazie", "saluti", "dziękuję", "dziękujemy",
        "pozdrawiam",
    ])

    static func isClosing(_ sentence: SearchText) -> Bool {
        sentence.wordCount <= 4 && closings.matches(sentence)
    }

    /// Says of itself that no person wrote it, or that nobody reads what answers it.
    static let declarations = PhraseSet([
        "this is an automat*", "this is an auto-*", "this message was automatically",
        "automatically generated",
        "automated message", "automatic message", "automated email", "automated e-mail",
        "do not reply to this",
        "please do not reply", "please do not respond", "don't reply to this", "not monitored",
        "automatisk generert", "automatisk svar", "automatiskt genererat", "automatiskt svar",
        "automatisk genereret", "automaattinen viesti", "lähetetty automaattisesti",
        "automatisch generiert*",
        "automatisch erstellt*", "automatische nachricht", "antworten sie nicht", "nicht auf diese e-mail",
        "automatisch gegenereerd", "automatisch bericht", "niet beantwoorden", "message automatique",
        "généré automatiquement", "ne pas répondre", "mensaje automático", "generado automáticamente",
        "no responda a este", "mensagem automática", "gerado automaticamente", "não responda",
        "messaggio automatico",
        "generato automaticamente", "non rispondere a", "wygenerowan*", "automatyczn*", "nie odpowiada*",
        "自動送信", "自動返信", "自動配信", "自动发送", "自动回复", "请勿回复", "請勿回覆", "自動發送",
    ])

    /// Whether it acknowledges that something came in.
    static func isReceived(_ words: SearchText) -> Bool { receipts.matches(words) }

    private static let receipts = PhraseSet([
        "have received your", "we received your", "has been received", "was received",
        "we've received your", "received your",
        "thank you for contacting", "thanks for contacting", "thank you for your inquiry",
        "thank you for your enquiry", "thank you for reaching out", "thank you for getting in touch",
        "har mottatt", "er mottatt", "mottagit", "tagit emot", "har modtaget", "vastaanottaneet",
        "eingegangen", "erhalten", "ontvangen", "bien reçu", "avons reçu", "hemos recibido", "recebemos",
        "abbiamo ricevuto", "otrzymaliśmy", "お問い合わせ", "受け付け", "收到",
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

    /// Who helps meanwhile, and what becomes of the mail.
    static let redirects = PhraseSet([
        "please contact", "contact", "contact my", "please direct", "in my absence", "urgent",
        "emergency", "will reply", "will respond", "will answer", "not read", "not be read",
        "not forwarded",
        "limited access", "no access", "kontakt", "kontakte", "ta kontakt", "vikar", "stedfortreder",
        "haster", "leser ikke", "vil svare", "svarer når", "kontakta", "brådskande", "läser inte",
        "vikarie",
        "svarar när", "kontakt venligst", "haster det", "læser ikke", "ota yhteyttä", "kiireellis*",
        "sijainen", "wenden sie sich", "kontaktieren sie", "dringend*", "vertret*", "vertritt",
        "nicht weitergeleitet", "nicht gelesen", "neem contact", "contact opnemen", "dringende", "vervang*",
        "contacter", "contactez", "urgence", "urgent", "adresser à", "répondrai", "contactar", "contacte",
        "contate", "urgencia*", "urgência*", "urgente", "responderé", "responderei", "contattare",
        "urgenze", "risponderò", "proszę o kontakt", "prosimy o kontakt", "pilnych", "w sprawach",
        "odpowiem",
        "連絡", "急ぎ", "联系", "紧急",
    ])
}
