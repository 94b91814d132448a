package import Foundation
internal import Glibc
internal import PurrSequences
internal import PurrStore

/// What is to change about the web front; nil leaves a thing as it is.
package struct WebChange: Sendable {
    package var isOn: Bool?
    package var host: String?
    package var port: Int?
    /// As it was typed; empty for none.
    package var publicURL: String?
    /// Sites to be let in.
    package var addedOrigins: [String] = []
    package var removedOrigins: [String] = []

    package init() {}
}

/// The web front as people look at it.
package struct WebReport: Sendable, Encodable {
    package let isOn: Bool
    package let host: String
    package let port: Int
    @OrNull package var publicURL: String?
    /// When the public URL passed its self-test.
    @OrNull package var passedAt: Date?
    package let origins: [String]
    /// Who may report meetings.
    package let sources: [String]
    /// Sequences that ask for tracking.
    package let trackingSequences: [String]
    /// Pictures and links that were fetched, machines' fetches as well.
    package let opens: Int
    package let clicks: Int
}

extension Commands {
    /// How the web front is set up, and what came in.
    package func webReport() throws -> WebReport {
        try look { transaction in
            let settings = try transaction.webSettings()
            return WebReport(
                isOn: settings.isOn, host: settings.host, port: settings.port,
                publicURL: settings.publicURL?.text, passedAt: settings.passedAt, origins: settings.origins,
                sources: try transaction.webSources().map { "\($0.name) (\($0.kind))" },
                trackingSequences: try transaction.sequences().filter { $0.settings.tracking != .off }
                    .map(\.name),
                opens: try transaction.visitCount(.open), clicks: try transaction.visitCount(.click))
        }
    }

    /// Sets the web front up; a daemon that runs follows within a second.
    ///
    /// Another public URL has to pass its own self-test.
    package func setUpWeb(_ change: WebChange) throws -> WebSettings {
        try self.change { transaction in
            var settings = try transaction.webSettings()
            if let host = change.host { settings.host = try Self.listenAddress(host) }
            if let port = change.port {
                guard (1...65_535).contains(port) else {
                    throw CommandError(.usage, "The port should be a number from 1 to 65535.")
                }
                settings.port = port
            }
            if let text = change.publicURL {
                let url = text.isEmpty ? nil : PublicURL(text)
                guard text.isEmpty || url != nil else {
                    throw CommandError(
                        .usage,
                        "The public URL should begin with https:// and have a host and at most a path, such as https://go.example.org."
                    )
                }
                if url != settings.publicURL { settings.passedAt = nil }
                settings.publicURL = url
            }
            for text in change.addedOrigins {
                let origin = try Self.origin(text)
                if !settings.origins.contains(origin) { settings.origins.append(origin) }
            }
            for text in change.removedOrigins {
                let origin = try Self.origin(text)
                guard settings.origins.contains(origin) else {
                    throw CommandError(.badData, "The site \(origin) is not on the list.")
                }
                settings.origins.removeAll { $0 == origin }
            }
            settings.isOn = change.isOn ?? true
            try transaction.setWebSettings(settings)
            return settings
        }
    }

    /// Notes what the self-test of a public URL found.
    ///
    /// - Returns: False when the URL was changed meanwhile: nothing was noted.
    package func noteWebCheck(of url: PublicURL, hasPassed: Bool) throws -> Bool {
        try change { transaction in
            var settings = try transaction.webSettings()
            guard settings.publicURL == url else { return false }
            settings.passedAt = hasPassed ? now : nil
            try transaction.setWebSettings(settings)
            return true
        }
    }

    /// Refuses what needs a public URL where none has passed its self-test.
    func requireProvenURL(for what: String, in transaction: Transaction) throws {
        guard try transaction.webSettings().provenURL == nil else { return }
        throw CommandError(
            .configuration,
            "\(what) needs a public URL that has passed its self-test: purr web set --public-url https://…, then purr web check."
        )
    }

    private static func origin(_ text: String) throws -> String {
        guard let origin = WebOrigin.of(text), PublicURL(text) != nil || text.hasPrefix("http://") else {
            throw CommandError(.usage, "A site is written as https://www.example.org, without a path.")
        }
        return origin
    }

    /// An IP address, because a name may come to mean another one.
    private static func listenAddress(_ text: String) throws -> String {
        var four = in_addr()
        var six = in6_addr()
        guard inet_pton(AF_INET, text, &four) == 1 || inet_pton(AF_INET6, text, &six) == 1 else {
            throw CommandError(
                .usage,
                "The address to listen at should be one of this machine's, such as 127.0.0.1 or ::1.")
        }
        return text
    }
}
