import Foundation
import Logging
import PurrMail
import PurrSequences
import PurrStore
import PurrTransport
import Testing

@testable import PurrEngine

@Suite("Mailboxes on one thread")
final class SharedCommitTests {
    private let folder = FileManager.default.temporaryDirectory.appending(
        path: "purr-commit-\(UUID().uuidString)")

    deinit { try? FileManager.default.removeItem(at: folder) }

    @Test("act on nothing that another process could not see already", .timeLimit(.minutes(2)))
    func durableBeforeActing() async throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        let path = folder.appending(path: "purr.db").path
        let world = try await CommandsWorld(in: Store(path: path))
        let (mailboxes, each) = (4, 5)
        let ids = try (0..<mailboxes).map { try connect("sender\($0)@example.org", world) }
        for (index, id) in ids.enumerated() { try await enroll(each, from: index, id, world) }

        let thread = WorkerThread(name: "engine")
        let ports = try ids.map { _ in OutsidePort(others: try Store(path: path), mails: each) }
        await withDiscardingTaskGroup { group in
            for (id, port) in zip(ids, ports) {
                let (store, start) = (world.store, world.start)
                let service = MailboxService(id: id, port: port, logger: Logger(label: "test")) {
                    MailboxEngine(store: store, executor: thread, now: { start }) { store in
                        MailboxMachine(
                            id, store: store, settings: MachineSettings(), owner: "test",
                            entropy: SeededNumbers(seed: UInt64(id.rawValue)))
                    }
                }
                group.addTask { await service.run() }
            }
        }
        for port in ports {
            #expect(await port.opened == [JournalState?](repeating: .prepared, count: each))
            #expect(await port.handedOver == [JournalState?](repeating: .sending, count: each))
        }
    }

    private func connect(_ address: String, _ world: CommandsWorld) throws -> MailboxID {
        let server = MailboxSettings.Server(host: "mail.example.org", port: 993, security: .tls)
        var settings = MailboxSettings(imap: server, smtp: server, user: "sam")
        settings.limits = .unlimited
        let address = try #require(EmailAddress(address))
        try world.commands().connect(
            MailboxConnection(address: address, name: "", settings: settings, credential: [1]),
            isUpdate: false)
        return try world.commands().mailbox(address).id
    }

    private func enroll(_ count: Int, from index: Int, _ id: MailboxID, _ world: CommandsWorld) async throws
    {
        let emails = (0..<count).map { "p\($0)@company\(index).test" }
        try await world.importing("email,firstName\n" + emails.map { "\($0),Kim\n" }.joined())
        let sender = try #require(EmailAddress("sender\(index)@example.org"))
        let results = try world.commands().enroll(
            EnrollmentRequest(
                sequence: "intro", contacts: emails.compactMap { EmailAddress($0) }, sender: sender))
        try #require(results.count { if case .enrolled = $0.result { true } else { false } } == count)
    }
}

/// A server that takes everything, and notes what the database shows to others at that moment.
private actor OutsidePort: MailboxPort {
    private let others: Store
    private let mails: Int
    private(set) var opened: [JournalState?] = []
    private(set) var handedOver: [JournalState?] = []

    init(others: Store, mails: Int) {
        self.others = others
        self.mails = mails
    }

    func perform(_ effect: Effect) async -> PurrEngine.Outcome {
        switch effect {
        case .survey:
            let status = FolderStatus(
                uidValidity: UIDValidity(rawValue: 1), uidNext: UID(rawValue: 1), messages: 0)
            return .surveyed([
                SurveyedFolder(folder: ListedFolder(name: .inbox, role: .inbox), answer: .status(status))
            ])
        case .locate: return .located(.read(nil))
        case .readHeaders(_, let validity, _, let through):
            return .headers(
                .read(HeaderSlice(uidValidity: validity, headers: [], unreadable: [], through: through)))
        case .readMessages: return .messages(.read([]))
        case .find: return .found(nil)
        case .file, .fileDraft, .fileNote: return .filed(.taken(nil))
        case .post: return .posted(.delivered(.accepted(Self.taken)))
        case .abandon: return .abandoned
        case .open(let id, _, _, _):
            opened.append(seen(id))
            return .opened(.ready)
        case .deliver(let id, _, _):
            handedOver.append(seen(id))
            return .delivered(.accepted(Self.taken))
        }
    }

    private func seen(_ id: JournalID) -> JournalState? {
        try? others.read { try $0.journalEntry(id)?.state }
    }

    func wait(until instant: Date?, isWatching: Bool) async -> MailboxNews {
        guard handedOver.count < mails else { return .cancelled }
        try? await Task.sleep(for: .milliseconds(2))
        return .wake
    }

    nonisolated func ring() {}

    func close() async {}

    private static let taken = ServerReply(code: 250, text: "2.0.0 Ok")
}
