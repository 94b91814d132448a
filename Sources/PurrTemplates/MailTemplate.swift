package import PurrMail

/// A stored e-mail: a subject and a Markdown body with tokens, checked when it is made.
///
/// Line breaks are kept as written: in mail a line break is meant. HTML is refused.
package struct MailTemplate: Hashable, Sendable {
    package let name: String
    /// One line with tokens; may be empty.
    ///
    /// Only a reply can do without: its subject is that of the mail it answers.
    package let subject: String
    /// CommonMark with tokens.
    package let body: String
    /// What stands in for a token without a value, by token name; a fallback in the tag itself goes first.
    package let fallbacks: [String: String]

    private let subjectText: TokenText
    private let bodyTokens: [Token]
    private let events: [MarkdownEvent]

    /// Checks the template, so that a broken one stops the start and not a send.
    package init(
        name: String, subject: String, body: String, fallbacks: [String: String] = [:]
    ) throws(TemplateProblem) {
        self.name = name
        self.subject = subject.trimmingBlanks()
        self.body = body.withLineFeeds()
        self.fallbacks = fallbacks
        guard HeaderText(self.subject) != nil else {
            throw TemplateProblem(
                .subject,
                "The subject holds a line break or another control character; make it one plain line.")
        }
        try Self.check(characters: self.body)
        guard !self.body.trimmingBlanks().isEmpty else {
            throw TemplateProblem(
                .body, "The template has no text below its subject; write the mail there.")
        }
        subjectText = try TokenText(self.subject, in: .subject)
        let bodyText = try TokenText(self.body, in: .body)
        bodyTokens = bodyText.tokens
        var next = 0
        let source = bodyText.pieces.map { piece in
            switch piece {
            case .literal(let text): return text
            case .token:
                next += 1
                return Placeholder.text(next - 1)
            }
        }
        events = markdownEvents(source.joined())
        try Self.check(events, tokens: bodyTokens)
        try Self.check(fallbacks: fallbacks, tokens: subjectText.tokens + bodyTokens)
    }

    package var hasSubject: Bool { !subject.isEmpty }

    /// The names of all tokens, such as `contact.firstName`.
    package var tokens: Set<String> { Set((subjectText.tokens + bodyTokens).map(\.name)) }

    /// The tokens that have neither a value nor a fallback, in the order of the template (spec S3.4).
    ///
    /// - Parameter values: By token name. A blank value is no value.
    package func missing(in values: [String: String]) -> [String] {
        var missing: [String] = []
        for token in subjectText.tokens + bodyTokens
        where value(of: token, in: values) == nil && !missing.contains(token.name) {
            missing.append(token.name)
        }
        return missing
    }

    /// Fills the template.
    ///
    /// Values are text and never markup, in the subject, the text and the HTML alike.
    ///
    /// - Parameter redirected: Where a link is to lead instead, for each link; pictures are left alone.
    /// - Throws: When a token has neither value nor fallback, when a value of the subject would break its
    ///   line, when a value holds control characters, or when a value makes a link lead nowhere safe.
    package func rendered(
        with values: [String: String], redirected: (String) -> String = { $0 }
    ) throws(TemplateProblem) -> RenderedMail {
        var filled: [Token: String] = [:]
        for token in subjectText.tokens + bodyTokens where filled[token] == nil {
            guard let value = value(of: token, in: values) else {
                throw TemplateProblem(
                    .body,
                    "{{\(token.name)}} has no value and no fallback; give one of them, nothing is sent with a hole."
                )
            }
            guard value.unicodeScalars.allSatisfy({ $0 == "\n" || $0 == "\t" || !$0.isControl }) else {
                throw TemplateProblem(
                    .body,
                    "The value of {{\(token.name)}} holds a control character; correct it and try again.")
            }
            filled[token] = value
        }
        let resolve = { (text: String) in
            Placeholder.pieces(of: text, tokens: bodyTokens).pieces.map { piece in
                switch piece {
                case .literal(let text): FilledPiece(text: text, token: nil)
                case .token(let token): FilledPiece(text: filled[token] ?? "", token: token.name)
                }
            }
        }
        var links: [String: String] = [:]
        for url in events.compactMap(\.url) where links[url.text] == nil {
            links[url.text] = try linkTarget(resolve(url.text))
        }
        var clicks: [String: String] = [:]
        for event in events {
            guard case .enter(.link(let url, _)) = event, clicks[url] == nil else { continue }
            clicks[url] = redirected(links[url] ?? "")
        }
        return RenderedMail(
            subject: try renderedSubject(filled),
            text: PlainTextWriter.text(of: events, resolve: resolve, links: clicks),
            html: HTMLWriter.html(of: events, resolve: resolve, links: clicks, pictures: links))
    }

    private func renderedSubject(_ values: [Token: String]) throws(TemplateProblem) -> HeaderText {
        var subject = ""
        for piece in subjectText.pieces {
            switch piece {
            case .literal(let text): subject += text.withPlainBraces()
            case .token(let token):
                let value = values[token] ?? ""
                guard HeaderText(value) != nil else {
                    throw TemplateProblem(
                        .subject,
                        "The value of {{\(token.name)}} has several lines, and a subject is one line; correct it."
                    )
                }
                subject += value
            }
        }
        guard let text = HeaderText(subject) else {
            throw TemplateProblem(.subject, "The filled subject is not one plain line.")
        }
        return text
    }

    private func value(of token: Token, in values: [String: String]) -> String? {
        let value = (values[token.name] ?? "").withLineFeeds().trimmingBlanks()
        return value.isEmpty ? token.fallback ?? fallbacks[token.name] : value
    }
}

/// A filled template: what one recipient reads.
package struct RenderedMail: Hashable, Sendable {
    /// Empty when the template has none.
    package let subject: HeaderText
    /// Lines end in LF; no blank line at the end.
    package let text: String
    /// The content of an HTML body, without `<html>` and `<body>`.
    package let html: String

    package init(subject: HeaderText, text: String, html: String) {
        self.subject = subject
        self.text = text
        self.html = html
    }
}

extension MailTemplate: Codable {
    private enum CodingKeys: String, CodingKey { case name, subject, body, fallbacks }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            name: try container.decode(String.self, forKey: .name),
            subject: try container.decode(String.self, forKey: .subject),
            body: try container.decode(String.self, forKey: .body),
            fallbacks: try container.decodeIfPresent([String: String].self, forKey: .fallbacks) ?? [:])
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(subject, forKey: .subject)
        try container.encode(body, forKey: .body)
        try container.encode(fallbacks, forKey: .fallbacks)
    }
}

extension MailTemplate {
    /// The web addresses its links lead to, whoever reads it: those without a token.
    package var pages: [String] {
        events.compactMap { $0.url?.text }.filter {
            let folded = $0.lowercased()
            let isWeb = folded.hasPrefix("https://") || folded.hasPrefix("http://")
            return isWeb && Placeholder.pieces(of: $0, tokens: bodyTokens).pieces.count == 1
        }
    }
}
