internal import HTTPTypes
internal import Hummingbird
internal import PurrEngine

/// What links in mails lead to: the picture, the click, the way out.
struct MailEndpoints: Sendable {
    let tokens: LinkTokens
    let pages: WebPages
    let journal: EventJournal
    let gate: WebGate

    func add(to router: Router<WebContext>) {
        router.get("o/:token") { request, context in
            try await open(request, context)
        }
        router.head("o/:token") { request, context in
            // A question about the picture is no look at it.
            try await content(.open, request, context) == nil
                ? gone(request) : Answer.head(of: Answer.picture())
        }
        router.get("c/:token") { request, context in
            try await click(request, context) { .click($0, agent: agent(request)) }
        }
        router.head("c/:token") { request, context in
            Answer.head(of: try await click(request, context) { .lookUp($0) })
        }
        router.get("u/:token") { request, context in
            try await page(request, context)
        }
        router.head("u/:token") { request, context in
            Answer.head(of: try await page(request, context))
        }
        router.post("u/:token") { request, context in
            try await optOut(request, context)
        }
    }

    // MARK: Tokens

    /// What the path's token says; nil when it is not ours, or serves another purpose.
    private func content(_ purpose: LinkTokens.Purpose, _ request: Request, _ context: WebContext)
        async throws
        -> LinkTokens.Content?
    {
        var token = context.parameters.get("token") ?? ""
        if purpose == .open, token.hasSuffix(".gif") { token.removeLast(4) }
        guard let content = tokens.content(of: token, for: purpose) else {
            try await gate.pass(request, context, .refused)
            return nil
        }
        try await gate.pass(request, context, .signed)
        return content
    }

    private func agent(_ request: Request) -> String { request.headers[.userAgent] ?? "" }

    /// The same answer for every token that leads nowhere: nothing can be learnt by trying.
    private func gone(_ request: Request) -> Response {
        Answer.page(pages.html(\.notValid, acceptLanguage: request.headers[.acceptLanguage]), .notFound)
    }

    // MARK: Endpoints

    private func open(_ request: Request, _ context: WebContext) async throws -> Response {
        guard let content = try await content(.open, request, context),
            try await journal.outcome(of: .open(content, agent: agent(request))) == .done
        else { return gone(request) }
        return Answer.picture()
    }

    private func click(
        _ request: Request, _ context: WebContext, _ event: (LinkTokens.Content) -> WebEvent
    ) async throws -> Response {
        guard let content = try await content(.click, request, context),
            case .leads(let target) = try await journal.outcome(of: event(content))
        else { return gone(request) }
        return Answer.redirect(to: target)
    }

    /// Shows the button and changes nothing: mail programs and scanners fetch every link (spec M7.3).
    private func page(_ request: Request, _ context: WebContext) async throws -> Response {
        guard try await content(.unsubscribe, request, context) != nil else { return gone(request) }
        let html = pages.html(\.unsubscribe, acceptLanguage: request.headers[.acceptLanguage]) { text in
            // Without an address the form goes to the page's own, below whatever path a proxy puts it.
            """
            <form method="post">
            <button type="submit" name="confirm" value="yes">\(WebPages.escaped(text.button ?? ""))</button>
            </form>
            """
        }
        return Answer.page(html)
    }

    /// The button, or RFC 8058's one-click post; once or many times, it is the same.
    private func optOut(_ request: Request, _ context: WebContext) async throws -> Response {
        guard let content = try await content(.unsubscribe, request, context) else { return gone(request) }
        let body = FormBody(try await gate.body(of: request), type: request.headers[.contentType])
        let way: WebEvent.OptOutWay
        if body["List-Unsubscribe"]?.lowercased() == "one-click" {
            way = .oneClick
        } else if body["confirm"] == "yes" {
            way = .page
        } else {
            try await gate.pass(request, context, .refused)
            return Answer.page(
                pages.html(\.notValid, acceptLanguage: request.headers[.acceptLanguage]), .badRequest)
        }
        guard try await journal.outcome(of: .optOut(content, way: way)) == .done else {
            return gone(request)
        }
        return Answer.page(pages.html(\.unsubscribed, acceptLanguage: request.headers[.acceptLanguage]))
    }
}
