import Foundation
import PurrEngine
import PurrTransport

/// Asks an identity provider for tokens.
///
/// Its calls block.
struct TokenEndpoint: Sendable {
    let client: OAuthClient
    /// The provider's private CA as a file; nil for the system's authorities.
    let caFile: String?

    func ask(
        _ fields: [(name: String, value: String)], refreshToken: String = ""
    ) throws(HTTPFailure) -> TokenAnswer {
        let response = try HTTPRequest.form(client.tokenURL, fields, caFile: caFile).perform()
        return TokenAnswer(
            status: response.status, body: response.body, refreshToken: refreshToken, now: Date())
    }

    func beginDevice() throws(HTTPFailure) -> HTTPResponse {
        try HTTPRequest.form(client.deviceURL, client.deviceRequest, caFile: caFile).perform()
    }
}
