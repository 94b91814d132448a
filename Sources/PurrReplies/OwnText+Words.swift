/// What mail clients write around a quote, in some twenty languages.
extension OwnText {
    static let originalMessage = PhraseSet([
        "oprindelig besked", "originalmeddelande", "originalmelding", "reply message",
        "weergegeven bericht",
        "doorgestuurd bericht", "vidarebefordrat meddelande", "mensaje reenviado", "mensagem encaminhada",
        "messaggio inoltrato", "wiadomość przekazana", "välitetty viesti", "转发邮件", "回复的原邮件", "原始信件",
        "pôvodná správa", "исходное сообщение", "пересылаемое сообщение", "orijinal mesaj",
        "eredeti üzenet",
        "original message", "original meddelelse", "opprinnelig melding", "ursprungligt meddelande",
        "oprindelig meddelelse", "alkuperäinen viesti", "ursprüngliche nachricht", "originalnachricht",
        "oorspronkelijk bericht", "oorspronkelijke bericht", "message d'origine", "message original",
        "mensaje original",
        "mensagem original", "messaggio originale", "wiadomość oryginalna", "oryginalna wiadomość",
        "元のメッセージ", "原始邮件", "原始郵件", "forwarded message", "videresendt melding", "weitergeleitete nachricht",
        "message transféré", "original-nachricht", "původní zpráva",
    ])

    static let wrote = PhraseSet([
        "geschrieben", "geschreven", "napisana przez", "작성", "odesílatel", "følgende", "a scris", "rašė",
        "wrote", "writes", "skrev", "schrieb", "schreef", "a écrit", "écrit", "escribió", "escreveu",
        "ha scritto",
        "scritto", "napisał", "napisała", "napisał(a)", "pisze", "kirjoitti", "写道", "寫道", "書きました", "のメール",
        "napsal", "napsal(a)", "írta", "yazdı", "пишет", "написал", "написала", "said",
    ])

    static let beginnings = PhraseSet([
        "on", "am", "le", "den", "el", "em", "il", "op", "w dniu", "wiadomość", "dnia", "dne", "在", "pe",
        "ma",
        "ti", "ke", "to", "la", "su", "man", "tir", "ons", "tor", "fre", "lør", "søn", "mån", "tis", "tors",
        "lör",
        "sön", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "pon", "wt", "śr", "czw", "pt", "sob",
        "niedz",
        "po", "út", "st", "čt", "pá", "so", "ne", "пн", "вт", "ср", "чт", "пт", "сб", "вс", "à",
        "à la date",
    ])

    /// What helpdesks put above a mail, so that answers are typed over it.
    static let replyMarks = PhraseSet([
        "reply above this line", "type your reply above", "reply above the line", "##- *",
        "please reply above this line", "please type your reply above", "svar over denne linjen",
        "skriv svaret ditt over denne linjen", "svara ovanför denna rad", "skriv dit svar over denne linje",
        "bitte antworten sie oberhalb", "antworten sie oberhalb dieser", "typ uw antwoord boven",
        "répondre au-dessus de cette ligne", "escriba su respuesta por encima",
        "responda acima desta linha",
    ])

    static let device = PhraseSet([
        "verstuurd vanaf", "verzonden met", "發自我的", "從我的", "hent outlook", "skaff deg outlook",
        "få outlook",
        "hämta outlook", "holen sie sich outlook", "outlook für ios", "télécharger outlook",
        "obtenir outlook",
        "obtener outlook", "obter o outlook", "obtenha o outlook", "ottieni outlook", "scarica outlook",
        "pobierz aplikację outlook", "pobierz outlook", "hanki outlook", "download outlook",
        "outlook voor ios",
        "outlook for ios", "outlook for android", "获取 outlook", "获取outlook", "下载 outlook", "取得 outlook",
        "sent with proton", "sent from proton", "sent from yahoo", "sent from mail for", "sent using",
        "sent from tuta*",
        "gesendet mit", "gesendet über", "diese nachricht wurde von meinem", "envoyé à partir",
        "envoyé avec",
        "envoyé par", "enviado com", "enviado con", "inviato con", "skickad från", "skickat med",
        "sendt med",
        "lähetetty iphone*", "wysłano z", "wysłane ze", "odesláno z", "отправлено с", "отправлено из",
        "androidから送信", "スマートフォンから送信", "outlook for ios を",
        "sent from my", "sendt fra min", "sendt fra", "skickat från min", "skickat från", "von meinem",
        "gesendet von",
        "envoyé de mon", "envoyé depuis", "enviado desde", "enviado do meu", "inviato da",
        "verzonden vanaf",
        "lähetetty", "wysłane z", "iphoneから送信", "发自我的", "get outlook for", "sent via", "sent from outlook",
    ])

    static let fromWords: Set<String> = [
        "from", "fra", "från", "von", "de", "da", "van", "lähettäjä", "od", "发件人", "寄件者", "寄件人", "差出人",
        "보낸 사람",
        "от", "kimden", "feladó",
    ]

    static let otherWords: Set<String> = [
        "enviado el", "sent on", "收件者", "寄件時間", "副本", "抄送", "enviado a", "enviat", "trimis", "către",
        "elküldve", "címzett", "gönderildi", "kime", "konu", "tarih", "verzonden op", "inviato il",
        "envoyée",
        "data wysłania", "送信日", "受信者", "日時", "发送日期", "日 期", "보낸 날짜", "받는 사람", "제목", "odoslané",
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
