internal import Foundation

/// Where a person consents when this machine has no browser (RFC 8628 §3.2).
package struct DeviceAnswer: Sendable, Hashable {
    package let deviceCode: String
    /// What the person types.
    package let userCode: String
    /// The page on which they type it.
    package let page: String
    /// How long to wait between two questions, in seconds.
    package let interval: Double
    /// After how many seconds the code is worth nothing.
    package let life: Double

    private struct Document: Decodable {
        var device_code: String?
        var user_code: String?
        var verification_uri: String?
        var verification_url: String?
        var interval: TokenAnswer.Seconds?
        var expires_in: TokenAnswer.Seconds?
    }

    /// Nil for anything but an answer with a code and a page.
    package init?(body: [UInt8]) {
        guard let document = try? JSONDecoder().decode(Document.self, from: Data(body)),
            let deviceCode = document.device_code, let userCode = document.user_code,
            let page = document.verification_uri ?? document.verification_url
        else { return nil }
        self.deviceCode = deviceCode
        self.userCode = TokenAnswer.line(userCode)
        self.page = TokenAnswer.line(page)
        interval = min(max(document.interval?.value ?? 5, 1), 60)
        life = min(max(document.expires_in?.value ?? 900, 1), 3_600)
    }
}
