import MailServers
import PurrMail
import PurrTransport

/// Blocking calls of the tests, away from the shared pool.
let pool = WorkerPool(name: "test", threads: 16)

let kari = Credential.password(user: "kari@example.org", password: "s3cret-w0rd")

func endpoint(_ server: ScriptedServer, _ security: Endpoint.Security = .tls) -> Endpoint {
    Endpoint(host: "127.0.0.1", port: server.port, security: security, caFile: TestCertificates.authority)
}

extension MailStream {
    /// Opens on the pool, and gives the outcome as a value.
    static func opening(
        _ endpoint: Endpoint, as proto: MailProtocol, credential: Credential = kari,
        within: Duration = .seconds(5), cancellation: Cancellation = Cancellation()
    ) async -> Result<MailStream, MailServerFailure> {
        do {
            return .success(
                try await pool.run { () throws(MailServerFailure) in
                    try open(
                        endpoint, as: proto, credential: credential, within: within,
                        cancellation: cancellation)
                })
        } catch {
            return .failure(error)
        }
    }
}

extension Result where Failure == MailServerFailure {
    var failure: MailServerFailure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
