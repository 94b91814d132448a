internal import Foundation
internal import PurrEngine
internal import PurrMail
internal import PurrMailbox
internal import PurrReplies
internal import PurrStore
internal import PurrTransport

/// Performs a machine's effects on a real IMAP server, on the calling thread.
///
/// Nothing is tried twice: a failure ends the measurement.
struct BenchmarkMailbox {
    let connection: IMAPConnection

    /// Connects to the server that `--imap`, `--ca`, `--user` and `--password-file` name.
    static func open(_ options: BenchmarkOptions) throws -> BenchmarkMailbox {
        let credential = Credential.password(
            user: try options.text("user"), password: try password(options))
        return BenchmarkMailbox(
            connection: try IMAPConnection.open(try endpoint(options), credential: credential))
    }

    static func endpoint(_ options: BenchmarkOptions) throws -> Endpoint {
        Endpoint(
            host: "localhost", port: try options.number("imap"), security: .tls,
            caFile: try options.text("ca"))
    }

    static func password(_ options: BenchmarkOptions) throws -> String {
        let text = try String(contentsOfFile: try options.text("password-file"), encoding: .utf8)
        return text.trimmingCharacters(in: .newlines)
    }

    func perform(_ effect: Effect) throws -> Outcome {
        switch effect {
        case .survey: return .surveyed(try connection.survey())
        case .locate(let folder, let validity, let since):
            return .located(
                Self.reading(try connection.recent(in: folder, since: since, expecting: validity)))
        case .readHeaders(let folder, let validity, let after, let through):
            return .headers(
                Self.reading(
                    try connection.headers(
                        in: folder, after: after, through: through, fields: fieldsWanted,
                        expecting: validity)))
        case .readMessages(let folder, let validity, let uids):
            switch try connection.messages(
                in: folder, uids: uids, expecting: validity, limit: 256 * 1024)
            {
            case .read(let found):
                return .messages(.read(found.map { FetchedMessage(uid: $0.key, bytes: $0.value) }))
            case .renumbered: return .messages(.renumbered)
            }
        default: throw BenchmarkProblem("Nothing was to be sent: \(effect)")
        }
    }

    private static func reading<Value>(_ reading: IMAPConnection.Reading<Value>) -> FolderReading<Value> {
        switch reading {
        case .read(let value): .read(value)
        case .renumbered: .renumbered
        }
    }
}
