internal import Hummingbird
internal import PurrEngine

/// Whether the process is alive, for whoever watches it, and whether a public URL leads to it.
enum HealthPage {
    /// Adds `GET /healthz`, which answers `ok` as long as requests are answered at all, and the two
    /// questions of the self-test: whoever cannot answer them does not have this data folder's key.
    static func add(to router: Router<WebContext>, tokens: LinkTokens, gate: WebGate) {
        router.get("healthz") { _, _ in Answer.text("ok") }
        router.head("healthz") { _, _ in Answer.head(of: Answer.text("ok")) }
        router.get("check/:challenge") { request, context in
            try await gate.pass(request, context, .reports)
            return answer(to: context.parameters.get("challenge") ?? "", by: "GET", tokens)
        }
        router.post("check/:challenge") { request, context in
            try await gate.pass(request, context, .reports)
            return answer(to: context.parameters.get("challenge") ?? "", by: "POST", tokens)
        }
    }

    private static func answer(to challenge: String, by method: String, _ tokens: LinkTokens) -> Response {
        guard (16...64).contains(challenge.utf8.count) else { return Answer.text("Not Found", .notFound) }
        return Answer.text(tokens.answer(to: "\(method) \(challenge)"))
    }
}
