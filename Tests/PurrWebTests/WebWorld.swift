import Crypto
import Foundation
import Logging
import PurrEngine
import PurrFiles
import PurrMail
import PurrSequences
import PurrStore
import PurrTemplates
import PurrTransport
@testable import PurrWeb
import ServiceLifecycle
import Testing

/// A running web front over a database file, with one contact in a sequence and its first mail.
final class WebWorld: Sendable {
    let store: Store
    let folder: String
    let tokens = LinkTokens(key: SymmetricKey(size: .bits256))
    let vault = Vault(key: SymmetricKey(size: .bits256))
    let start = Date(timeIntervalSince1970: 1_795_424_400)
    let kari: EmailAddress
    let enrollment: EnrollmentID
    let mail: WebMailID

    static let targets = [
        "https://example.org/offer?a=1#part", "http://www.example.test/page", "javascript:alert(1)",
    ]

    init() throws {
        folder = NSTemporaryDirectory() + "purr-web-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        store = try Store(path: folder + "/purr.db")
        kari = try #require(EmailAddress("kari@north.test"))
        let sender = try #require(EmailAddress("sam@example.org"))
        let store = store
        let start = start
        let commands = Commands(store: store, now: start)
        let server = MailboxSettings.Server(host: "mail.example.org", port: 993, security: .tls)
        try commands.connect(
            MailboxConnection(
                address: sender, name: "Sam Sender",
                settings: MailboxSettings(imap: server, smtp: server, user: "sam"), credential: [1]),
            isUpdate: false)
        _ = try store.write { transaction in
            try transaction.upsert(
                ContactDetails(email: #require(EmailAddress("kari@north.test"))), at: start)
        }
        _ = try commands.apply(
            SequenceFile.read("name: intro\nsteps: [{ email: hello }]\n", name: "intro.yaml"),
            file: "intro.yaml"
        ) { try MailTemplate(name: $0, subject: "A question", body: "Hello.") }
        let request = EnrollmentRequest(sequence: "intro", contacts: [kari], sender: sender)
        guard case .enrolled(let id, _, _) = try commands.enroll(request).first?.result else {
            throw CommandError(.software, "Kari was not enrolled.")
        }
        enrollment = id
        mail = try store.write { transaction in
            let mail = try #require(try transaction.webMail(of: id, step: StepID(rawValue: "hello")))
            try transaction.setLinkTargets(Self.targets, of: mail)
            var settings = WebSettings()
            settings.isOn = true
            settings.port = 0
            settings.origins = ["http://www.example.test"]
            settings.publicURL = PublicURL("https://go.example.org")
            try transaction.setWebSettings(settings)
            return mail
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func token(_ purpose: LinkTokens.Purpose, _ position: Int = 0) -> String {
        tokens.token(for: purpose, LinkTokens.Content(mail: mail, position: position))
    }

    /// Runs the service while the body runs, at one instant of its shares of requests.
    func serving(
        limits: WebLimits = WebLimits(), _ body: @Sendable (RawClient) async throws -> Void
    ) async throws {
        let instant = ContinuousClock.now
        let (ports, telling) = AsyncStream<Int>.makeStream()
        let service = try WebService(
            desk: WebDesk(store: Store(path: folder + "/purr.db"), tokens: tokens, vault: vault),
            tokens: tokens,
            shelf: WebPagesShelf(WebPages()), executor: WorkerThread(name: "web"),
            now: { [start] in start },
            logger: Logger(label: "web") { _ in SwiftLogNoOpLogHandler() }, limits: limits,
            instant: { instant }, onListening: { telling.yield($0) })
        try await withThrowingTaskGroup { group in
            group.addTask { try await service.run() }
            for await port in ports {
                try await body(RawClient(port: port))
                break
            }
            group.cancelAll()
        }
    }

    /// Everything that an opt-out may change.
    func standing() throws -> [String] {
        try store.read { transaction in
            try transaction.suppressions().map { "\($0.address) \($0.reason)" }
                + [try transaction.enrollment(enrollment)].compactMap { $0 }.map { "\($0.id) \($0.state)" }
                + transaction.events(of: enrollment).map(\.text)
        }
    }

    func visits() throws -> [WebVisit] {
        try store.read { try $0.visits(of: mail, limit: 100_000) }
    }
}
