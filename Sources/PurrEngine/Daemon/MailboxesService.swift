package import Foundation
package import Logging
internal import PurrSequences
package import PurrStore
internal import ServiceLifecycle

/// Runs a ``MailboxService`` for every connected mailbox, also for those that are connected later.
package struct MailboxesService: Service {
    private let store: Store
    private let ports: any MailboxPorts
    private let executor: any SerialExecutor
    private let settings: MachineSettings
    private let owner: String
    private let now: @Sendable () -> Date
    private let logger: Logger
    private let reloads: ReloadBell

    /// How often the database is asked whether another process has written.
    private let lookEvery = Duration.milliseconds(200)

    package init(
        store: Store, ports: any MailboxPorts, executor: any SerialExecutor, settings: MachineSettings,
        owner: String, now: @escaping @Sendable () -> Date, logger: Logger,
        reloads: ReloadBell = ReloadBell()
    ) {
        self.store = store
        self.ports = ports
        self.executor = executor
        self.settings = settings
        self.owner = owner
        self.now = now
        self.logger = logger
        self.reloads = reloads
    }

    /// A mailbox under way, and what it was started with.
    private struct Running {
        let port: any MailboxPort
        let settings: String
        let credential: [UInt8]
    }

    package func run() async throws {
        let watch = StoreWatch(store: store, executor: executor)
        try await withThrowingDiscardingTaskGroup { group in
            var running: [MailboxID: Running] = [:]
            var writes: Int64 = -1
            while !Task.isShuttingDownGracefully && !Task.isCancelled {
                let seen = (try? await watch.writes()) ?? writes
                if seen != writes {
                    writes = seen
                    let mailboxes = try await watch.mailboxes()
                    if mailboxes.isEmpty {
                        logger.notice("No mailbox is connected yet; connect one: purr mailbox add ADDRESS")
                    }
                    for mailbox in mailboxes {
                        if let known = running[mailbox.id] {
                            if known.settings == mailbox.settings && known.credential == mailbox.credential
                            {
                                known.port.ring()
                                continue
                            }
                            // Connected anew: the old worker loses its lease at its next write.
                            known.port.ring()
                        }
                        guard let port = makePort(mailbox) else { continue }
                        running[mailbox.id] = Running(
                            port: port, settings: mailbox.settings, credential: mailbox.credential)
                        let service = service(for: mailbox.id, port: port)
                        logger.notice("Watches a mailbox", metadata: ["mailbox.id": "\(mailbox.id)"])
                        group.addTask { await service.run() }
                    }
                }
                try? await Task.sleep(for: lookEvery)
            }
        }
    }

    private func makePort(_ mailbox: MailboxRecord) -> (any MailboxPort)? {
        do {
            return try ports.port(for: mailbox)
        } catch {
            logger.error(
                "The mailbox cannot be opened",
                metadata: ["mailbox.id": "\(mailbox.id)", "error": "\(error)"])
            return nil
        }
    }

    private func service(for id: MailboxID, port: any MailboxPort) -> MailboxService {
        let (store, settings, owner, executor, now) = (store, settings, owner, executor, now)
        return MailboxService(id: id, port: port, logger: logger, reloads: reloads) {
            MailboxEngine(store: store, executor: executor, now: now) { store in
                MailboxMachine(
                    id, store: store, settings: settings, owner: owner,
                    entropy: SystemRandomNumberGenerator()
                )
            }
        }
    }
}

/// Looks for other processes' writes, on the engine's thread.
private actor StoreWatch {
    private let store: Store
    private let executor: any SerialExecutor

    init(store: Store, executor: any SerialExecutor) {
        self.store = store
        self.executor = executor
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func writes() throws(StoreError) -> Int64 { try store.foreignWrites() }
    func mailboxes() throws(StoreError) -> [MailboxRecord] { try store.read { try $0.mailboxes() } }
}
