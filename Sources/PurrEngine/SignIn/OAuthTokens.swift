package import Foundation

/// What an identity provider has given for one mailbox.
package struct OAuthTokens: Sendable, Hashable, Codable {
    package var accessToken: String
    /// Empty when the provider gave none: then there is no renewing.
    package var refreshToken: String
    package var receivedAt: Date
    package var expiresAt: Date

    package init(accessToken: String, refreshToken: String, receivedAt: Date, expiresAt: Date) {
        self.accessToken = accessToken
        self.refreshToken = refreshToken
        self.receivedAt = receivedAt
        self.expiresAt = expiresAt
    }

    /// When to renew: ten minutes before the end, or a fifth of a shorter life (spec M6: before it is needed).
    package var renewalAt: Date {
        expiresAt.addingTimeInterval(-min(600, expiresAt.timeIntervalSince(receivedAt) / 5))
    }

    /// Whether to renew now.
    ///
    /// A clock that was set back makes a token look new: then its age decides nothing,
    /// and the server's refusal does.
    package func isDue(at now: Date) -> Bool { now >= renewalAt }
}

extension OAuthTokens: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The times alone.
    package var description: String { "tokens until \(expiresAt.formatted(.iso8601))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["tokens": description]) }
}
