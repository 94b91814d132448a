/// Wishes to get no more mail.
///
/// Source: spec R3.6 and R3.8. Only short texts are searched: a long answer that mentions a newsletter
/// is an answer.
enum Wishes {
    /// Mail to the address, or with the token, of our `List-Unsubscribe`.
    static func addressedJudgement(_ facts: Facts) -> Judgement? {
        facts.circumstances.isToUnsubscribeAddress
            ? facts.judgement(.unsubscribe, "R3.6 sent to the List-Unsubscribe address") : nil
    }

    /// A correspondent's own few words.
    static func judgement(_ facts: Facts) -> Judgement? {
        guard facts.isFromCorrespondent, !facts.isFromDaemon, !facts.hasNullReturnPath else { return nil }
        let text = facts.ownWords.isEmpty && !facts.isReplySubject ? facts.subject : facts.ownWords
        guard text.wordCount <= 40 else { return nil }
        if let phrase = phrases.first(in: text)?.phrase
            ?? (text.wordCount <= 15 ? verbs.first(in: text)?.phrase : nil)
        {
            return facts.judgement(.unsubscribe, "R3.8 asks to be left alone: \(phrase)")
        }
        if text.wordCount <= 3, let word = words.begins(text) {
            return facts.judgement(.unsubscribe, "R3.8 asks to be left alone: \(word)")
        }
        return nil
    }

    private static let phrases = PhraseSet([
        "unsubscribe me", "unsubscribe us", "please unsubscribe", "remove me", "delete me from",
        "take us off",
        "stop writing to me", "stop messaging", "quit emailing", "cease and desist", "no further emails",
        "no further e-mails", "no further contact", "lose my email", "slutt å maile", "slutt med å sende",
        "ikke send flere", "fjern oss", "ta bort oss", "ta mig från", "sluta maila", "ta bort min",
        "maila mig inte",
        "skicka inte fler", "send mig ikke", "slet mig", "fjern min", "postituslistalta", "listalta",
        "keine weitere werbung", "keine werbung", "aus der liste", "von der liste", "von ihrer liste",
        "streichen sie", "löschen sie meine", "nehmen sie mich", "unterlassen sie", "geen mails meer",
        "geen e-mails meer", "geen mail meer", "niet meer mailen", "van de lijst", "van uw lijst",
        "haal me van",
        "me retirer", "retirer de votre", "de votre liste", "ne m'écrivez plus", "ne m'envoyez plus",
        "arrêtez de m'envoyer", "me désinscrire", "ne souhaite plus recevoir", "de su lista", "de la lista",
        "no enviarme", "no me mande*", "no deseo recibir", "no quiero recibir", "elimínenme", "bórrenme",
        "remova meu", "remova o meu", "retire meu", "não quero receber", "não desejo receber",
        "da sua lista",
        "pare de enviar", "parem de enviar", "dalla lista", "dalla mailing list", "dalla vostra lista",
        "smettetela di", "non desidero ricevere", "non voglio ricevere", "non inviatemi", "z listy",
        "z bazy",
        "nie przysyłać", "proszę nie wysyłać", "nie życzę sobie", "送信しないで", "連絡しないで", "メール不要",
        "不要再联系", "不要给我发", "请勿打扰", "把我移除", "take me off", "opt out", "opt me out",
        "stop emailing", "stop e-mailing",
        "stop mailing", "stop sending", "stop contacting", "do not contact", "don't contact",
        "do not email", "don't email",
        "don't e-mail", "do not e-mail", "leave me alone", "no more emails", "no more e-mails",
        "delete my data",
        "delete my details", "remove my address", "remove my email", "remove us from", "remove my name",
        "never contact",
        "meld meg av", "avmeld*", "fjern meg", "slutt å sende", "ikke send meg", "ikke kontakt meg",
        "stopp å sende",
        "ta meg av listen", "avregistrera*", "ta bort mig", "sluta skicka", "sluta mejla",
        "kontakta mig inte",
        "afmeld*", "fjern mig", "stop med at sende", "kontakt mig ikke", "poistakaa minut", "poista minut",
        "lopettakaa", "älkää lähettäkö", "abmelden", "abbestellen", "austragen", "nicht mehr anschreiben",
        "keine weiteren e-mails", "keine weiteren mails", "keine mails mehr", "keine e-mails mehr",
        "nicht mehr kontaktieren", "entfernen sie mich", "aus ihrem verteiler", "aus dem verteiler",
        "uitschrijven",
        "schrijf me uit", "afmelden", "verwijder mij", "stuur me geen", "désinscri*", "désabonn*",
        "retirez-moi",
        "ne plus me contacter", "ne plus recevoir", "supprimez mon adresse", "darme de baja", "dar de baja",
        "dame de baja",
        "deme de baja", "no me envíe*", "no me escrib*", "no me contacte*", "deixe de enviar",
        "descadastr*",
        "remova-me", "remover meu", "não me envie", "cancellami", "cancellatemi", "disiscri*", "rimuov*",
        "non scrivetemi",
        "non contattatemi", "wypisz*", "proszę o usunięcie", "usuńcie mnie", "nie wysyłać", "配信停止", "配信を停止",
        "送らないで", "退订", "取消订阅", "不要再发", "請勿再", "别再发",
    ])

    /// In a sentence or two; with more around them they may be about somebody else.
    private static let verbs = PhraseSet(["unsubscribe"])

    /// Alone they say it all.
    private static let words = PhraseSet([
        "stop", "stop!", "stopp", "unsubscribe", "remove", "slutt", "sluta", "baja", "arrêt", "basta",
        "stoppen",
    ])
}
