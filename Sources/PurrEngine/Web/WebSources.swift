package import Foundation
internal import PurrStore

/// A scheduling service that may report meetings, by how it writes and signs what it sends.
package enum MeetingSource: String, Sendable, Codable, CaseIterable {
    case calCom = "cal.com"
    case calendly
}

/// A source as people look at it.
package struct MeetingSourceReport: Sendable, Hashable, Encodable {
    package let name: String
    /// The service: ``MeetingSource``.
    package let kind: String
    /// Where the service is to post; `PUBLIC-URL` where there is none yet.
    package let postsTo: String
    /// When it was added, or got its present secret.
    package let since: Date
}

extension Commands {
    /// Who may report meetings, by name.
    package func meetingSources() throws -> [MeetingSourceReport] {
        try look { transaction in
            try transaction.webSources().map { try report($0, in: transaction) }
        }
    }

    private func report(_ source: WebSource, in transaction: Transaction) throws -> MeetingSourceReport {
        let url = try transaction.webSettings().publicURL?.text ?? "PUBLIC-URL"
        return MeetingSourceReport(
            name: source.name, kind: source.kind, postsTo: "\(url)/m/\(source.name)",
            since: source.createdAt)
    }

    /// Lets a source report meetings, or gives it another secret.
    ///
    /// - Parameters:
    ///   - name: The last part of its webhook's address: small letters, digits and hyphens.
    ///   - secret: What the service signs with; sealed before it is kept (spec M7.2).
    @discardableResult
    package func setMeetingSource(
        _ name: String, _ kind: MeetingSource, secret: String, vault: Vault
    ) throws -> MeetingSourceReport {
        guard (1...40).contains(name.utf8.count),
            name.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D })
        else {
            throw CommandError(
                .usage,
                "The name of a source has 1 to 40 small letters, digits and hyphens, such as \"kari-cal\".")
        }
        guard secret.utf8.count >= 16 else {
            throw CommandError(
                .badData, "The secret is too short to protect anything: take one of at least 16 bytes.")
        }
        let sealed = try vault.sealed(text: secret, for: "web source \(name)")
        let source = WebSource(name: name, kind: kind.rawValue, secret: sealed, createdAt: now)
        return try change { transaction in
            try transaction.setWebSource(source)
            return try report(source, in: transaction)
        }
    }

    /// Lets a source report no more.
    package func removeMeetingSource(_ name: String) throws {
        try change { transaction in
            guard try transaction.removeWebSource(name) else {
                throw CommandError(.badData, "There is no source \"\(name)\". See: purr web source list.")
            }
        }
    }
}
