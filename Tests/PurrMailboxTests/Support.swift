import Foundation
import MailServers
package import PurrMail
import PurrMailbox
import PurrTransport

/// Blocking calls of the tests, away from the shared pool.
let pool = WorkerPool(name: "test", threads: 16)

let kari = Credential.password(user: "kari@example.org", password: "s3cret-w0rd")

/// Runs blocking calls on the pool.
func blocking<Value: Sendable>(
    _ body: @escaping @Sendable () throws(MailServerFailure) -> Value
) async throws(MailServerFailure) -> Value {
    try await pool.run(body)
}

extension IMAPConnection {
    /// Connects to a scripted server.
    static func scripted(
        _ server: ScriptedServer, patience: Duration = .seconds(5),
        cancellation: Cancellation = Cancellation()
    ) throws(MailServerFailure) -> IMAPConnection {
        try open(
            Endpoint(
                host: "127.0.0.1", port: server.port, security: .tls, caFile: TestCertificates.authority),
            credential: kari, patience: patience, within: .seconds(20), cancellation: cancellation)
    }
}

extension SubmissionConnection {
    /// Connects to a scripted server.
    static func scripted(
        _ server: ScriptedServer,
        patience: Patience = Patience(command: .seconds(2), body: .seconds(2), finalReply: .seconds(2)),
        cancellation: Cancellation = Cancellation()
    ) throws(MailServerFailure) -> SubmissionConnection {
        try open(
            Endpoint(
                host: "127.0.0.1", port: server.port, security: .tls, caFile: TestCertificates.authority),
            credential: kari, patience: patience, within: .seconds(20), cancellation: cancellation)
    }
}

/// What a call did: its value, or its failure, to be compared.
enum Outcome<Value: Sendable>: Sendable {
    case value(Value)
    case failure(MailServerFailure)

    init(_ body: () throws(MailServerFailure) -> Value) {
        do throws(MailServerFailure) { self = .value(try body()) } catch { self = .failure(error) }
    }

    var value: Value? { if case .value(let value) = self { value } else { nil } }
    var reason: MailServerFailure.Reason? {
        if case .failure(let failure) = self { failure.reason } else { nil }
    }
    var text: String { if case .failure(let failure) = self { failure.text } else { "" } }
}

extension UID: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: UInt32) { self.init(rawValue: value) }
}

extension IMAPConnection.Reading {
    var value: Value? { if case .read(let value) = self { value } else { nil } }
    var renumbered: UIDValidity? { if case .renumbered(let validity) = self { validity } else { nil } }
}
