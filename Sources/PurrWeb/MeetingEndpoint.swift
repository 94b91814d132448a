internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import PurrEngine

/// Where scheduling services report meetings (spec S6.3).
struct MeetingEndpoint: Sendable {
    let journal: EventJournal
    let gate: WebGate

    func add(to router: Router<WebContext>) {
        router.post("m/:source") { request, context in try await report(request, context) }
    }

    private func report(_ request: Request, _ context: WebContext) async throws -> Response {
        let name = context.parameters.get("source") ?? ""
        let body = try await gate.body(of: request)
        let source = try await journal.perform { desk, _ in try desk.meetingSource(name) }
        // The same answer whether the source or the signature is wrong: names cannot be tried out.
        guard let source, let signature = signature(of: request, from: source.kind),
            WebhookSignature.isValid(
                signature, of: body, from: source.kind, secret: source.secret, now: Date())
        else {
            try await gate.pass(request, context, .refused)
            return Answer.text("Forbidden", .forbidden)
        }
        try await gate.pass(request, context, .signed)
        switch MeetingNotice.reading(body, of: source.kind) {
        case .other: return Answer.text("ok")
        case .unreadable:
            context.logger.warning("A meeting webhook cannot be read", metadata: ["web.source": "\(name)"])
            return Answer.text("Unprocessable Content", .unprocessableContent)
        case .notice(let notice):
            try await journal.perform { desk, now in
                try desk.recordMeeting(notice.report(source: source.kind, name: name), at: now)
            }
            return Answer.text("ok")
        }
    }

    private func signature(of request: Request, from source: MeetingSource) -> String? {
        switch source {
        case .calCom: request.headers[.calSignature]
        case .calendly: request.headers[.calendlySignature]
        }
    }
}
