internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import PurrEngine

/// What the user's own sites report: forms, and pages that people from a mail look at.
struct SiteEndpoints: Sendable {
    let tokens: LinkTokens
    let pages: WebPages
    let journal: EventJournal
    let gate: WebGate

    /// A field that people do not see and machines fill in: what comes with it is thrown away.
    private static let trap = "_gotcha"

    func add(to router: Router<WebContext>) {
        router.get("purr.js") { _, _ in Answer.script(PackageResources.purr_js) }
        router.post("f/:form") { request, context in try await form(request, context) }
        router.post("v") { request, context in try await view(request, context) }
        for path in ["f/:form", "v"] {
            router.on(RouterPath(path), method: .options) { request, _ in
                let site = try await site(of: request)
                return Answer.permission(site)
            }
        }
    }

    /// The site whose page asks, as a browser says; nil when no browser asks.
    ///
    /// - Throws: 403 for a site that is not on the list.
    private func site(of request: Request) async throws -> String? {
        guard let origin = request.headers[.origin] else { return nil }
        let settings = try await journal.perform { desk, _ in try desk.settings() }
        guard settings.origins.contains(origin) else { throw HTTPError(.forbidden) }
        return origin
    }

    /// What counts for whoever asks: this machine itself has no share to use up.
    private func pass(_ request: Request, _ context: WebContext) async throws {
        try await gate.pass(request, context, context.isOwnMachine(request) ? .signed : .reports)
    }

    private func form(_ request: Request, _ context: WebContext) async throws -> Response {
        let site = try await site(of: request)
        try await pass(request, context)
        let form = context.parameters.get("form") ?? ""
        let isForm = (1...64).contains(form.utf8.count) && form.utf8.allSatisfy(Self.isPlain)
        guard isForm else { return Answer.refusal(.notFound, to: request.headers, pages).allowing(site) }
        var fields = FormBody(try await gate.body(of: request), type: request.headers[.contentType]).fields
        let thanks = Answer.page(pages.html(\.thanks, acceptLanguage: request.headers[.acceptLanguage]))
            .allowing(site)
        if let bait = fields.removeValue(forKey: Self.trap), !bait.isEmpty {
            context.logger.debug("A form was thrown away: its trap was filled in")
            return thanks
        }
        let key =
            fields.removeValue(forKey: "_key") ?? request.headers[.idempotencyKey] ?? UUID().uuidString
        let submission = fields
        do {
            try await journal.perform { desk, now in
                try desk.recordForm(form, fields: submission, key: "web:\(form):\(key)", at: now)
            }
        } catch let error as CommandError where error.kind == .badData {
            try await gate.pass(request, context, .refused)
            // For whoever made the form; what people wrote, addresses included, stays out of the log.
            context.logger.info(
                "A form was refused",
                metadata: [
                    "web.form": "\(form)",
                    "web.fields": "\(submission.keys.sorted().joined(separator: " "))",
                    "reason": "\(Self.withoutAddresses(error.text))",
                ])
            return Answer.refusal(.unprocessableContent, to: request.headers, pages, words: error.text)
                .allowing(site)
        }
        return thanks
    }

    /// A look at a page; who looks is known by the token of a clicked link, or not at all.
    private func view(_ request: Request, _ context: WebContext) async throws -> Response {
        let site = try await site(of: request)
        try await pass(request, context)
        let fields = FormBody(try await gate.body(of: request), type: request.headers[.contentType])
        guard let content = tokens.content(of: fields["token"] ?? "", for: .page), let url = fields["url"],
            let origin = WebOrigin.of(url), site == nil || site == origin
        else {
            try await gate.pass(request, context, .refused)
            return Answer.text("Bad Request", .badRequest).allowing(site)
        }
        let key = fields["key"] ?? UUID().uuidString
        do {
            try await journal.perform { desk, now in
                try desk.recordView(content, url: url, key: "web:\(content.mail):\(key)", at: now)
            }
        } catch let error as CommandError where error.kind == .badData {
            return Answer.text(error.text, .badRequest).allowing(site)
        }
        return Answer.empty().allowing(site)
    }

    private static func withoutAddresses(_ text: String) -> String {
        text.split(separator: " ").map { $0.contains("@") ? "…" : $0 }.joined(separator: " ")
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || byte == 0x2D || byte == 0x5F
    }
}

extension Answer {
    /// Nothing to say.
    static func empty() -> Response { Response(status: .noContent) }

    /// The answer to a browser's question whether it may post (Fetch Standard §3.2).
    static func permission(_ site: String?) -> Response {
        var response = Response(status: .noContent)
        response.headers[.accessControlAllowMethods] = "POST"
        response.headers[.accessControlAllowHeaders] = "Content-Type, Idempotency-Key"
        response.headers[.accessControlMaxAge] = "600"
        return response.allowing(site)
    }
}

extension Response {
    /// Lets that site's pages read the answer.
    func allowing(_ site: String?) -> Response {
        var response = self
        response.headers[.vary] = [response.headers[.vary], "Origin"].compactMap(\.self).joined(
            separator: ", ")
        if let site { response.headers[.accessControlAllowOrigin] = site }
        return response
    }
}
