import PurrEngine

/// A mail provider whose servers are known, and what its users stumble over.
struct Provider: Sendable {
    let name: String
    /// What `--provider` takes.
    let key: String
    let domains: [String]
    let imap: MailboxSettings.Server
    let smtp: MailboxSettings.Server
    /// What to know about logging in; empty when the ordinary password does.
    let note: String

    private init(
        _ name: String, _ key: String, _ domains: [String], imap: String, smtp: String, port: Int = 465,
        note: String = ""
    ) {
        self.name = name
        self.key = key
        self.domains = domains
        self.imap = .init(host: imap, port: 993, security: .tls)
        self.smtp = .init(host: smtp, port: port, security: port == 465 ? .tls : .starttls)
        self.note = note
    }

    /// Proton's own program on this machine, with a certificate that it made itself.
    private init(proton key: String) {
        name = "Proton Mail Bridge"
        self.key = key
        domains = ["proton.me", "protonmail.com", "pm.me", "protonmail.ch"]
        imap = .init(host: "127.0.0.1", port: 1143, security: .starttls)
        smtp = .init(host: "127.0.0.1", port: 1025, security: .starttls)
        note =
            "needs Proton Mail Bridge running on this machine, the password that Bridge shows, and --ca with the certificate exported in Bridge (Settings, Export TLS certificates)"
    }

    /// As the providers' own help pages give them.
    static let all: [Provider] = [
        Provider(
            "Gmail", "gmail", ["gmail.com", "googlemail.com"], imap: "imap.gmail.com",
            smtp: "smtp.gmail.com",
            note:
                "needs an app password (Google account, Security, 2-Step Verification, App passwords), or --token-file with --auth xoauth2"
        ),
        Provider(
            "Microsoft 365", "microsoft365", ["onmicrosoft.com"], imap: "outlook.office365.com",
            smtp: "smtp.office365.com",
            port: 587,
            note:
                "takes no passwords: give an access token with --token-file and --auth xoauth2, and have SMTP AUTH allowed for the mailbox"
        ),
        Provider(
            "Outlook.com", "outlook",
            [
                "outlook.com", "hotmail.com", "live.com", "msn.com", "hotmail.co.uk", "hotmail.no",
                "live.no", "outlook.de", "hotmail.de", "hotmail.fr", "live.se", "live.dk",
            ],
            imap: "outlook.office365.com", smtp: "smtp-mail.outlook.com", port: 587,
            note: "takes no passwords: give an access token with --token-file and --auth xoauth2"),
        Provider(
            "iCloud Mail", "icloud", ["icloud.com", "me.com", "mac.com"], imap: "imap.mail.me.com",
            smtp: "smtp.mail.me.com",
            port: 587, note: "needs an app-specific password (account.apple.com, Sign-In and Security)"),
        Provider(
            "Yahoo Mail", "yahoo",
            [
                "yahoo.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr", "yahoo.no", "yahoo.se", "ymail.com",
                "rocketmail.com",
            ],
            imap: "imap.mail.yahoo.com", smtp: "smtp.mail.yahoo.com",
            note: "needs an app password (account security, Generate app password)"),
        Provider(
            "AOL Mail", "aol", ["aol.com", "aim.com"], imap: "imap.aol.com", smtp: "smtp.aol.com",
            note: "needs an app password (account security, Generate app password)"),
        Provider(
            "Fastmail", "fastmail", ["fastmail.com", "fastmail.fm", "messagingengine.com"],
            imap: "imap.fastmail.com",
            smtp: "smtp.fastmail.com",
            note: "needs an app password (Settings, Privacy & Security) with IMAP and SMTP"),
        Provider(
            "GMX", "gmx", ["gmx.de", "gmx.net", "gmx.at", "gmx.ch"], imap: "imap.gmx.net",
            smtp: "mail.gmx.net",
            note:
                "needs IMAP switched on (E-Mail, Einstellungen, POP3/IMAP), and an app password where two-factor login is on"
        ),
        Provider(
            "GMX.com", "gmx.com", ["gmx.com", "gmx.us"], imap: "imap.gmx.com", smtp: "mail.gmx.com",
            note: "needs IMAP switched on (Settings, POP3/IMAP)"),
        Provider(
            "WEB.DE", "web.de", ["web.de"], imap: "imap.web.de", smtp: "smtp.web.de", port: 587,
            note:
                "needs IMAP switched on (Einstellungen, POP3/IMAP), and an app password where two-factor login is on"
        ),
        Provider(
            "T-Online", "t-online", ["t-online.de", "magenta.de"], imap: "secureimap.t-online.de",
            smtp: "securesmtp.t-online.de",
            note: "needs the e-mail password from the Kundencenter, not the Telekom login"),
        Provider(
            "Zoho Mail", "zoho", ["zoho.com", "zohomail.com"], imap: "imap.zoho.com", smtp: "smtp.zoho.com",
            note:
                "needs IMAP switched on (Settings, Mail accounts), and an app password where two-factor login is on"
        ),
        Provider(
            "Zoho Mail (EU)", "zoho.eu", ["zoho.eu", "zohomail.eu"], imap: "imap.zoho.eu",
            smtp: "smtp.zoho.eu",
            note:
                "needs IMAP switched on (Settings, Mail accounts), and an app password where two-factor login is on"
        ),
        Provider(
            "mailbox.org", "mailbox.org", ["mailbox.org"], imap: "imap.mailbox.org",
            smtp: "smtp.mailbox.org"),
        Provider(
            "Posteo", "posteo", ["posteo.de", "posteo.net", "posteo.org", "posteo.eu"], imap: "posteo.de",
            smtp: "posteo.de"),
        Provider(
            "mail.com", "mail.com", ["mail.com", "email.com"], imap: "imap.mail.com", smtp: "smtp.mail.com"),
        Provider(
            "Yandex Mail", "yandex", ["yandex.com", "yandex.ru", "ya.ru"], imap: "imap.yandex.com",
            smtp: "smtp.yandex.com",
            note: "needs an app password and IMAP switched on (Settings, Email clients)"),
        Provider(
            "Mail.ru", "mail.ru", ["mail.ru", "inbox.ru", "list.ru", "bk.ru"], imap: "imap.mail.ru",
            smtp: "smtp.mail.ru", note: "needs an app password"),
        Provider(
            "Runbox", "runbox", ["runbox.com", "runbox.no"], imap: "mail.runbox.com",
            smtp: "mail.runbox.com"),
        Provider("Telenor", "telenor", ["online.no"], imap: "imap.online.no", smtp: "smtp.online.no"),
        Provider("Domeneshop", "domeneshop", [], imap: "imap.domeneshop.no", smtp: "smtp.domeneshop.no"),
        Provider("one.com", "one.com", [], imap: "imap.one.com", smtp: "send.one.com"),
        Provider("OVH", "ovh", [], imap: "ssl0.ovh.net", smtp: "ssl0.ovh.net"),
        Provider("IONOS", "ionos", [], imap: "imap.ionos.com", smtp: "smtp.ionos.com"),
        Provider("Gandi", "gandi", [], imap: "mail.gandi.net", smtp: "mail.gandi.net"),
        Provider("Migadu", "migadu", [], imap: "imap.migadu.com", smtp: "smtp.migadu.com"),
        Provider(
            "Amazon WorkMail (Ireland)", "workmail-eu", ["awsapps.com"],
            imap: "imap.mail.eu-west-1.awsapps.com",
            smtp: "smtp.mail.eu-west-1.awsapps.com"),
        Provider(proton: "proton"),
    ]

    /// The provider of an address, by its domain.
    static func of(domain: String) -> Provider? {
        all.first { provider in provider.domains.contains { domain == $0 || domain.hasSuffix("." + $0) } }
    }

    static func named(_ key: String) -> Provider? { all.first { $0.key == key.lowercased() } }
}
