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
/// - Parameters:
///   - rate: Virtual seconds in a real one; nil for real time.
///   - metrics: Where figures and health are listened for; nil for nowhere.
func runDaemon(folder: DataFolder, rate: Double?, metrics: ListenAddress?) async throws {
    // Caught from here on: one that comes early must not kill the process.
    let hangups = await UnixSignalsSequence(trapping: .sighup)
    let stops = await UnixSignalsSequence(trapping: .sigterm, .sigint)
    let lock = try DaemonLock.take(of: folder)
    defer { withExtendedLifetime(lock) {} }
    let store = try folder.open()
    let clock = try VirtualClock.start(rate: rate, in: store, real: Date())
    let keyFile = KeyFile(of: folder, environment: ProcessInfo.processInfo.environment)
    let key = try keyFile.key()
    let shelf = WebPagesShelf(try WebPages(folder: folder.pagesPath))

    let commands: @Sendable () -> Commands = { Commands(store: store, now: clock.virtual(Date())) }
    let gate = LogGate(LogGate.level(chosen: try commands().logLevel()))
    LoggingSystem.bootstrap { GatedLogHandler(.standardError(label: $0), gate: gate) }
    let logger = Logger(label: "purr")
    logger.notice("Purr runs", metadata: ["data": "\(folder.path)", "rate": "\(clock.rate)"])

    let tokens = LinkTokens(key: key)
    var settings = MachineSettings().scaled(by: clock.rate)
    settings.linkTokens = tokens
    settings.marks = MailMarks(key: key)
    let reloads = ReloadBell()
    let mailboxes = MailboxesService(
        store: store,
        ports: MailServerPorts(
            folder: folder, vault: Vault(key: key), threads: ServerThreads(), clock: clock, store: store),
        executor: WorkerThread(name: "engine"), settings: settings,
        owner: "\(ProcessInfo.processInfo.hostName):\(ProcessInfo.processInfo.processIdentifier)",
        now: { clock.virtual(Date()) }, logger: logger, reloads: reloads)
    // A connection of its own: the mailboxes notice what it writes as they notice other processes.
    let web = WebService(
        desk: WebDesk(store: try folder.open(), tokens: tokens, vault: Vault(key: key)), tokens: tokens,
        pages: shelf,
        executor: WorkerThread(name: "web"), now: { clock.virtual(Date()) }, logger: logger)
    // Another one for those who look after the daemon: what they write wakes the mailboxes.
    let (watch, thread) = (try folder.open(), WorkerThread(name: "watch"))
    let watchCommands: @Sendable () -> Commands = { Commands(store: watch, now: clock.virtual(Date())) }
    let alarms = AlarmService(
        desk: AlarmDesk(
            store: watch, vault: Vault(key: key), rate: clock.rate, freeBytes: { folder.freeBytes }),
        port: AlarmAttempts(folder: folder), executor: thread, now: { clock.virtual(Date()) },
        logger: logger)
    let reload = ReloadService(
        hangups: hangups, folder: folder, isKeySame: { try keyFile.holds(key) }, gate: gate,
        shelf: shelf, bell: reloads,
        executor: thread, commands: watchCommands, logger: logger)
    var services: [any Service] = [mailboxes, web, alarms, reload, ThriftService()]
    if let metrics {
        services.append(
            MetricsService(
                at: metrics, executor: thread, version: Purr.version, logger: logger
            ) { try watchCommands().serviceFigures(freeBytes: folder.freeBytes) })
    }
    var configuration = ServiceGroupConfiguration(services: services, logger: logger)
    configuration.services.append(
        .init(service: StopService(signals: stops), successTerminationBehavior: .gracefullyShutdownGroup))
    configuration.maximumGracefulShutdownDuration = .seconds(8)
    configuration.maximumCancellationDuration = .seconds(2)
    try await ServiceGroup(configuration: configuration).run()
    logger.notice("Purr stops")
}

/// Ports over real servers, with the credentials that the vault holds.
struct MailServerPorts: MailboxPorts {
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
