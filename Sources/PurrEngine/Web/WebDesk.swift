package import Foundation
package import PurrStore

/// The web front's view of the data: events in, outcomes out, each batch one transaction.
package struct WebDesk: Sendable {
    private let store: Store
    private let tokens: LinkTokens
    private let vault: Vault

    /// - Parameter vault: Opens the secrets of those who report meetings.
    package init(store: Store, tokens: LinkTokens, vault: Vault) {
        self.store = store
        self.tokens = tokens
        self.vault = vault
    }

    /// How the web front is set up now.
    package func settings() throws -> WebSettings { try store.read { try $0.webSettings() } }

    /// Who reports meetings under a name, and what they sign with; nil when nobody does.
    package func meetingSource(_ name: String) throws -> (kind: MeetingSource, secret: String)? {
        guard let source = try store.read({ try $0.webSources().first { $0.name == name } }),
            let kind = MeetingSource(rawValue: source.kind),
            let secret = vault.openedText(source.secret, for: "web source \(name)")
        else { return nil }
        return (kind, secret)
    }

    /// Applies events in order and makes them durable, all of them or none.
    package func record(_ events: [WebEvent], at now: Date) throws -> [WebOutcome] {
        try store.write { transaction in
            // Read anew in the transaction: a site taken off the list never learns another token.
            let origins = try transaction.webSettings().origins
            return try events.map { try outcome(of: $0, at: now, origins: origins, in: transaction) }
        }
    }

    private func outcome(of event: WebEvent, at now: Date, origins: [String], in transaction: Transaction)
        throws -> WebOutcome
    {
        switch event {
        case .open(let content, let agent):
            guard let mail = try transaction.webMail(content.mail) else { return .unknown }
            try transaction.append(
                WebVisit(mail: mail.id, kind: .open, position: 0, at: now, agent: Self.short(agent)))
            return .done
        case .click(let content, let agent):
            guard let mail = try transaction.webMail(content.mail),
                let target = try transaction.linkTarget(of: mail.id, position: content.position),
                ClickTarget.isSafe(target)
            else { return .unknown }
            try transaction.append(
                WebVisit(
                    mail: mail.id, kind: .click, position: content.position, at: now,
                    agent: Self.short(agent)))
            let page = tokens.token(for: .page, LinkTokens.Content(mail: mail.id))
            return .leads(to: ClickTarget.address(target, page: page, origins: origins))
        case .lookUp(let content):
            guard let target = try transaction.linkTarget(of: content.mail, position: content.position),
                ClickTarget.isSafe(target)
            else { return .unknown }
            return .leads(to: target)
        case .optOut(let content, let way):
            guard let mail = try transaction.webMail(content.mail) else { return .unknown }
            try WebOptOut(mail: mail, way: way, now: now).apply(in: transaction)
            return .done
        }
    }

    /// What a client calls itself, of a size that can be kept.
    private static func short(_ agent: String) -> String {
        String(decoding: agent.utf8.prefix(300).map { $0 < 0x20 || $0 > 0x7E ? 0x3F : $0 }, as: UTF8.self)
    }
}
