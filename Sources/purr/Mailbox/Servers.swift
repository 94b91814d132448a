import PurrEngine
import PurrMail
import PurrTransport

/// Where a mailbox's servers are: as told, else as known of the provider, else as its domain says.
struct Servers {
    let imap: MailboxSettings.Server
    let smtp: MailboxSettings.Server
    /// The provider, where it is a known one.
    let provider: Provider?
    /// How they were found, for a person; nil when they were told.
    let origin: String?
}

extension Servers {
    /// One side as the arguments tell it.
    struct Told {
        var server: String?
        var security: MailboxSettings.Server.Security?
    }

    static func find(
        for address: EmailAddress, imap: Told, smtp: Told, provider key: String?
    ) throws(CommandError) -> Servers {
        let toldIMAP = try told(imap, option: "--imap", tlsPort: 993, starttlsPort: 143)
        let toldSMTP = try told(smtp, option: "--smtp", tlsPort: 465, starttlsPort: 587)
        var provider: Provider?
        if let key {
            provider = Provider.named(key)
            guard provider != nil else {
                let known = Provider.all.map(\.key).joined(separator: ", ")
                throw CommandError(
                    .usage, "No provider is called \(Terminal.quoted(key)). Known are \(known).")
            }
        }
        if let toldIMAP, let toldSMTP {
            return Servers(imap: toldIMAP, smtp: toldSMTP, provider: provider, origin: nil)
        }
        if let provider = provider ?? Provider.of(domain: address.domain) {
            return Servers(
                imap: toldIMAP ?? provider.imap, smtp: toldSMTP ?? provider.smtp, provider: provider,
                origin: "known of \(provider.name)")
        }
        let found = byDomain(address.domain)
        guard let imap = toldIMAP ?? found.imap, let smtp = toldSMTP ?? found.smtp else {
            let missing = [
                toldIMAP ?? found.imap == nil ? "--imap HOST:PORT" : "",
                toldSMTP ?? found.smtp == nil ? "--smtp HOST:PORT" : "",
            ]
            .filter { !$0.isEmpty }.joined(separator: " and ")
            throw CommandError(
                .usage,
                "Nothing says where \(address.domain) has its mail servers; give \(missing), or --provider if its mail is with one of the big ones (gmail, microsoft365, …)."
            )
        }
        try confirm(
            [toldIMAP == nil ? imap : nil, toldSMTP == nil ? smtp : nil].compactMap { $0 }, of: address,
            flags: "--imap \(imap.text) --smtp \(smtp.text)")
        return Servers(imap: imap, smtp: smtp, provider: nil, origin: "by DNS")
    }

    /// The domain's own word (RFC 6186, RFC 8314 §5.1): TLS from the first byte goes before STARTTLS.
    private static func byDomain(_ domain: String) -> (
        imap: MailboxSettings.Server?, smtp: MailboxSettings.Server?
    ) {
        #if canImport(CCares)
            func first(_ services: [(String, MailboxSettings.Server.Security)]) -> MailboxSettings.Server? {
                for (service, security) in services {
                    if let record = serviceRecords(for: "_\(service)._tcp.\(domain)").first {
                        return MailboxSettings.Server(
                            host: record.host, port: record.port, security: security)
                    }
                }
                return nil
            }
            return (
                first([("imaps", .tls), ("imap", .starttls)]),
                first([("submissions", .tls), ("submission", .starttls)])
            )
        #else
            return (nil, nil)
        #endif
    }

    /// DNS can be forged: a host outside of the address's own domain needs a person's yes (RFC 6186 §6).
    private static func confirm(
        _ servers: [MailboxSettings.Server], of address: EmailAddress, flags: String
    ) throws(CommandError) {
        let strangers = servers.map(\.host).filter {
            $0 != address.domain && !$0.lowercased().hasSuffix("." + address.domain)
        }
        guard let stranger = strangers.first else { return }
        guard
            Terminal.confirms(
                "DNS says that \(address.domain) has its mail at \(Terminal.oneLine(stranger)). Send your password there?"
            )
        else {
            throw CommandError(
                .usage,
                "DNS names \(Terminal.oneLine(stranger)) for \(address.domain), and DNS can be forged. If that is right, say so: \(flags)."
            )
        }
    }

    private static func told(
        _ told: Told, option: String, tlsPort: Int, starttlsPort: Int
    ) throws(CommandError) -> MailboxSettings.Server? {
        guard let text = told.server else { return nil }
        let (host, portText) = split(text)
        let port = portText.map { Int($0) ?? 0 } ?? (told.security == .starttls ? starttlsPort : tlsPort)
        let isHost =
            !host.isEmpty
            && host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"/@?#[]\"'\\%".utf8.contains($0) }
        guard isHost, (1...65_535).contains(port) else {
            throw CommandError(
                .usage,
                "\(option) \(Terminal.quoted(text)) is no server; write HOST:PORT, the port from 1 to 65535, as in mail.example.org:\(tlsPort)."
            )
        }
        let isPlainPort = port == starttlsPort || port == 25
        return MailboxSettings.Server(
            host: host, port: port, security: told.security ?? (isPlainPort ? .starttls : .tls))
    }

    /// Host and port; an IPv6 address may stand in brackets, or alone without a port.
    private static func split(_ text: String) -> (host: String, port: String?) {
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            let rest = text[text.index(after: end)...]
            return (
                String(text[text.index(after: text.startIndex)..<end]),
                rest.hasPrefix(":") ? String(rest.dropFirst()) : rest.isEmpty ? nil : ""
            )
        }
        guard text.count(where: { $0 == ":" }) == 1, let colon = text.firstIndex(of: ":") else {
            return (text, nil)
        }
        return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }
}

extension MailboxSettings.Server {
    /// As `--imap` takes it.
    var text: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
