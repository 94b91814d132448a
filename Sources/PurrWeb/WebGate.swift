internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import PurrEngine

/// What stands before every endpoint: shares of the requests, sizes of bodies, and what failures become.
struct WebGate: Sendable {
    let limits: WebLimits
    let rates: RateLimits
    /// The moment a request counts at.
    let instant: @Sendable () -> ContinuousClock.Instant

    /// - Throws: 429 when the client has used up its share.
    func pass(_ request: Request, _ context: WebContext, _ rate: RateLimits.Rate) async throws {
        guard await rates.allows(context.client(of: request), rate, at: instant()) else {
            throw HTTPError(.tooManyRequests)
        }
    }

    /// The whole body.
    ///
    /// - Throws: 413 as soon as it is too large.
    func body(of request: Request) async throws -> [UInt8] {
        let buffer = try await request.body.collect(upTo: limits.bodyBytes)
        return [UInt8](buffer: buffer)
    }
}

/// Turns what an endpoint throws into an answer that says no more than it must.
struct FailureAnswers: RouterMiddleware {
    let pages: WebPages

    @concurrent
    func handle(
        _ request: Request, context: WebContext,
        next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        do { return try await next(request, context) } catch let error as any HTTPResponseError {
            return Answer.refusal(error.status, to: request.headers, pages)
        } catch {
            context.logger.error("An event could not be written", metadata: ["error": "\(error)"])
            return Answer.refusal(
                .serviceUnavailable, to: request.headers, pages, words: "Try again later")
        }
    }
}
