import PurrMail

/// What folders are called where the server does not say what they are for.
///
/// The names that Thunderbird, Outlook, Apple Mail, Gmail, Roundcube and Horde give, in the languages
/// they do it in.
enum WellKnownFolders {
    /// The role that the last part of a name stands for, or nil when it stands elsewhere or for nothing.
    static func role(of line: FolderLine, prefixes: [FolderPrefix]) -> FolderRole? {
        var name = Substring(line.name.wire)
        var isOwn = false
        for prefix in prefixes where !prefix.text.isEmpty && name.hasPrefix(prefix.text) {
            name = name.dropFirst(prefix.text.count)
            isOwn = true
            break
        }
        var parts = line.delimiter.map { name.split(separator: $0) } ?? [name]
        if !isOwn, parts.count == 2, parts[0].uppercased() == "INBOX" || parts[0].hasPrefix("[") {
            parts.removeFirst()
        }
        guard parts.count == 1, let last = parts.first else { return nil }
        return roles[FolderName(wire: String(last)).description.lowercased()]
    }

    private static let roles: [String: FolderRole] = {
        var roles: [String: FolderRole] = [:]
        for (role, names) in table { for name in names { roles[name] = role } }
        return roles
    }()

    private static let table: [(FolderRole, [String])] = [
        (
            .sent,
            [
                "sent", "sent items", "sent mail", "sent messages", "sent-mail", "sentmail", "outbox sent",
                "gesendet", "gesendete objekte", "gesendete elemente", "gesendete nachrichten", "versendet",
                "envoyés", "envoyé", "éléments envoyés", "messages envoyés", "enviados",
                "elementos enviados",
                "mensajes enviados", "itens enviados", "mensagens enviadas", "inviata", "posta inviata",
                "elementi inviati", "messaggi inviati", "verzonden", "verzonden items",
                "verzonden berichten",
                "sendt", "sendte elementer", "sendte", "sendt post", "skickat", "skickade objekt",
                "skickade",
                "lähetetyt", "lähetetyt viestit", "wysłane", "elementy wysłane", "odeslané",
                "odeslaná pošta",
                "odoslané", "elküldött", "elküldött elemek", "trimise", "отправленные", "надіслані",
                "gönderilmiş", "gönderilmiş öğeler", "απεσταλμένα", "送信済み", "送信済みアイテム", "已发送", "已傳送",
                "보낸편지함",
            ]
        ),
        (
            .drafts,
            [
                "drafts", "draft", "entwürfe", "brouillons", "borradores", "rascunhos", "bozze",
                "concepten",
                "utkast", "kladder", "kladd", "luonnokset", "kopie robocze", "szkice", "koncepty",
                "piszkozatok",
                "черновики", "чернетки", "taslaklar", "下書き", "草稿", "草稿箱", "임시보관함",
            ]
        ),
        (
            .junk,
            [
                "junk", "junk e-mail", "junk email", "junk mail", "spam", "bulk mail", "spamverdacht",
                "unerwünscht", "junk-e-mail", "courrier indésirable", "indésirables", "pourriel",
                "correo no deseado", "lixo eletrônico", "lixo eletrónico", "posta indesiderata",
                "ongewenste e-mail", "ongewenst", "søppelpost", "søppel-e-post", "uønsket e-post",
                "uønsket mail", "uønsket post", "skräppost", "roskaposti", "roskapostit",
                "wiadomości-śmieci",
                "nevyžádaná pošta", "levélszemét", "нежелательная почта", "спам", "önemsiz",
                "önemsiz e-posta",
                "迷惑メール", "垃圾邮件", "垃圾郵件", "스팸", "스팸메일함",
            ]
        ),
        (
            .trash,
            [
                "trash", "deleted", "deleted items", "deleted messages", "bin", "papierkorb", "gelöscht",
                "gelöschte objekte", "gelöschte elemente", "corbeille", "éléments supprimés",
                "messages supprimés",
                "papelera", "elementos eliminados", "lixeira", "itens excluídos", "itens eliminados",
                "cestino",
                "posta eliminata", "elementi eliminati", "prullenbak", "verwijderde items", "papirkurv",
                "papirkurven", "slettede elementer", "slettet post", "papperskorgen", "borttaget",
                "borttagna objekt", "roskakori", "poistetut", "kosz", "elementy usunięte", "koš",
                "odstraněná pošta", "kuka", "törölt elemek", "корзина", "удаленные", "кошик",
                "çöp kutusu", "silinmiş öğeler", "ゴミ箱", "削除済みアイテム", "已删除", "垃圾桶", "휴지통",
            ]
        ),
        (
            .archive,
            [
                "archive", "archives", "archiv", "archief", "archivo", "archivos", "arquivo", "archivio",
                "arkiv",
                "arkisto", "archiwum", "архив", "архів", "arşiv", "アーカイブ", "归档", "封存", "보관함",
            ]
        ),
        (
            .all,
            [
                "all mail", "alle nachrichten", "tous les messages", "todos", "todos os e-mails",
                "tutti i messaggi", "alle berichten", "all e-post", "alla mejl", "wszystkie", "вся почта",
                "すべてのメール", "所有邮件",
            ]
        ),
    ]
}
