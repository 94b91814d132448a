import Foundation
import Logging
import PurrEngine
import PurrSequences
import PurrStore
import PurrTransport
import PurrWeb
import ServiceLifecycle
import UnixSignals

/// Runs the daemon until it is asked to stop.
///
/// - Parameter rate: Virtual seconds in a real one; nil for real time.
func runDaemon(folder: DataFolder, rate: Double?) async throws {
    let lock = try DaemonLock.take(of: folder)
    defer { withExtendedLifetime(lock) {} }
    let store = try folder.open()
    let clock = try VirtualClock.start(rate: rate, in: store, real: Date())
    let key = try KeyFile(of: folder, environment: ProcessInfo.processInfo.environment).key()
    let pages = try WebPages(folder: folder.pagesPath)

    LoggingSystem.bootstrap(StreamLogHandler.standardError)
    var logger = Logger(label: "purr")
    logger.logLevel =
        ProcessInfo.processInfo.environment["PURR_LOG"].flatMap { Logger.Level(rawValue: $0) } ?? .info
    logger.notice("Purr runs", metadata: ["data": "\(folder.path)", "rate": "\(clock.rate)"])

    let tokens = LinkTokens(key: key)
    var settings = MachineSettings().scaled(by: clock.rate)
    settings.linkTokens = tokens
    let mailboxes = MailboxesService(
        store: store,
        ports: MailServerPorts(
            folder: folder, vault: Vault(key: key), threads: ServerThreads(), clock: clock, store: store),
        executor: WorkerThread(name: "engine"), settings: settings,
        owner: "\(ProcessInfo.processInfo.hostName):\(ProcessInfo.processInfo.processIdentifier)",
        now: { clock.virtual(Date()) }, logger: logger)
    // A connection of its own: the mailboxes notice what it writes as they notice other processes.
    let web = WebService(
        desk: WebDesk(store: try folder.open(), tokens: tokens, vault: Vault(key: key)), tokens: tokens,
        pages: pages,
        executor: WorkerThread(name: "web"), now: { clock.virtual(Date()) }, logger: logger)
    let alarms = AlarmService(
        desk: AlarmDesk(
            store: try folder.open(), vault: Vault(key: key), rate: clock.rate,
            freeBytes: { folder.freeBytes }),
        port: AlarmAttempts(folder: folder), executor: WorkerThread(name: "alarms"),
        now: { clock.virtual(Date()) }, logger: logger)
    var configuration = ServiceGroupConfiguration(
        services: [mailboxes, web, alarms], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    configuration.maximumGracefulShutdownDuration = .seconds(8)
    configuration.maximumCancellationDuration = .seconds(2)
    try await ServiceGroup(configuration: configuration).run()
    logger.notice("Purr stops")
}

/// Ports over real servers, with the credentials that the vault holds.
private struct MailServerPorts: MailboxPorts {
    let folder: DataFolder
    let vault: Vault
    let threads: ServerThreads
    let clock: VirtualClock
    let store: Store

    func port(for mailbox: MailboxRecord) throws -> any MailboxPort {
        guard let settings = MailboxSettings(of: mailbox) else {
            throw CommandError(
                .badData, "The settings of \(mailbox.address) are damaged; connect it again with --update.")
        }
        let secret = try vault.opened(mailbox.credential, for: mailbox.address)
        let endpoints = try settings.endpoints(in: folder)
        let keeper = try CredentialKeeper(
            id: mailbox.id, address: mailbox.address, settings: settings, secret: secret, vault: vault,
            folder: folder, pool: threads.sending,
            commands: { [store, clock] in Commands(store: store, now: clock.virtual(Date())) })
        return MailServerPort(
            key: Int(mailbox.id.rawValue), imap: endpoints.imap, smtp: endpoints.smtp,
            keeper: keeper, threads: threads, clock: clock)
    }
}
