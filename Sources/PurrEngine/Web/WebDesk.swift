package import Foundation
internal import PurrMail
internal import PurrSendTime
package import PurrStore

/// The web front's view of the data: events in, outcomes out, each batch one transaction.
package struct WebDesk: Sendable {
    let store: Store
    private let tokens: LinkTokens
    private let vault: Vault

    /// - Parameter vault: Opens the secrets of those who report meetings.
    package init(store: Store, tokens: LinkTokens, vault: Vault) {
        self.store = store
        self.tokens = tokens
        self.vault = vault
    }

    /// Whether what a call threw only says that somebody else writes just now.
    package static func isBusy(_ error: any Error) -> Bool { (error as? StoreError)?.reason == .busy }

    /// How long the database is waited for while somebody else writes; then ``isBusy(_:)`` says so.
    package func setPatience(milliseconds: Int) throws {
        try store.setPatience(milliseconds: milliseconds)
    }

    /// How the web front is set up now.
    package func settings() throws -> WebSettings { try store.read { try $0.webSettings() } }

    /// How the daemon's work stands.
    package func figures(at now: Date) throws -> ServiceFigures {
        try Commands(store: store, now: now).serviceFigures()
    }

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
            try SeenMail(
                .open, of: mail.enrollment, step: mail.step, link: "", agent: Self.short(agent), at: now
            ).note(in: transaction)
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
            try SeenMail(
                .click, of: mail.enrollment, step: mail.step, link: "\(content.position)",
                agent: Self.short(agent), at: now
            ).note(in: transaction)
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

/// A meeting that a scheduling service has reported.
package struct MeetingReport: Sendable, Hashable {
    package let attendees: [String]
    package let news: MeetingNews
    package let start: Date?
    /// Whose word it is, for a person.
    package let source: String
    /// What makes it the same news.
    package let key: String

    package init(attendees: [String], news: MeetingNews, start: Date?, source: String, key: String) {
        self.attendees = attendees
        self.news = news
        self.start = start
        self.source = source
        self.key = key
    }
}

extension WebDesk {
    private func commands(at now: Date) -> Commands { Commands(store: store, now: now) }

    /// Takes the submission of a form, durable when it returns.
    ///
    /// - Throws: ``CommandError/Kind/badData`` where it holds no usable address.
    package func recordForm(_ form: String, fields: [String: String], key: String, at now: Date) throws {
        try commands(at: now).recordFormSubmission(form: form, fields: fields, at: now, key: key)
    }

    /// Takes a look at a page by whoever got a mail; a mail that was never made is passed over.
    package func recordView(_ content: LinkTokens.Content, url: String, key: String, at now: Date) throws {
        guard let mail = try store.read({ try $0.webMail(content.mail) }) else { return }
        try commands(at: now).recordPageView(.contact(mail.contact), url: url, at: now, key: key)
    }

    /// Takes the news of a meeting, for each of those who are contacts.
    package func recordMeeting(_ report: MeetingReport, at now: Date) throws {
        for text in report.attendees.prefix(100) {
            guard let address = EmailAddress(text) else { continue }
            try commands(at: now).recordMeeting(
                .address(address), report.news, start: report.start, source: report.source, at: now,
                key: "\(report.key):\(address.key)")
        }
    }
}
