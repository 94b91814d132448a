internal import Hummingbird
internal import PurrEngine

/// Whether the process is alive, for whoever watches it, and whether a public URL leads to it.
enum HealthPage {
    /// Adds `GET /livez`, which answers `ok` as long as requests are answered at all, `GET /healthz`, which
    /// says no while work stands still, and the two questions of the self-test: whoever cannot answer them
    /// does not have this data folder's key.
    ///
    /// The world may ask here, so it learns no reasons.
    static func add(to router: Router<WebContext>, tokens: LinkTokens, gate: WebGate, journal: EventJournal)
    {
        router.get("livez") { _, _ in Answer.text("ok") }
        router.get("healthz") { request, context in
            try await gate.pass(request, context, .reports)
            return answer(await figures(from: journal), withReasons: false)
        }
        router.head("healthz") { request, context in
            try await gate.pass(request, context, .reports)
            return Answer.head(of: answer(await figures(from: journal), withReasons: false))
        }
        router.get("check/:challenge") { request, context in
            try await gate.pass(request, context, .reports)
            return answer(to: context.parameters.get("challenge") ?? "", by: "GET", tokens)
        }
        router.post("check/:challenge") { request, context in
            try await gate.pass(request, context, .reports)
            return answer(to: context.parameters.get("challenge") ?? "", by: "POST", tokens)
        }
    }

    private static func figures(from journal: EventJournal) async -> ServiceFigures? {
        try? await journal.perform { desk, now in try desk.figures(at: now) }
    }

    /// 200 while work goes on, 503 while it stands still.
    ///
    /// - Parameter figures: Nil when the database does not answer.
    static func answer(_ figures: ServiceFigures?, withReasons: Bool) -> Response {
        let reasons = figures?.reasons ?? ["The database does not answer."]
        guard !reasons.isEmpty else { return Answer.text("ok") }
        let words = withReasons ? reasons.joined(separator: "\n") : "A person is needed: purr status"
        return Answer.text(words, .serviceUnavailable)
    }

    private static func answer(to challenge: String, by method: String, _ tokens: LinkTokens) -> Response {
        guard (16...64).contains(challenge.utf8.count) else { return Answer.text("Not Found", .notFound) }
        return Answer.text(tokens.answer(to: "\(method) \(challenge)"))
    }
}
