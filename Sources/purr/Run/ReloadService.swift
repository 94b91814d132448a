import Foundation
import Glibc
import Logging
import PurrEngine
import PurrWeb
import ServiceLifecycle
import UnixSignals

/// Reads anew, on SIGHUP, what the daemon reads once: the log level, the pages, the key; and has mailboxes
/// that were given up try again.
///
/// What cannot be read stays as it was, and is said.
struct ReloadService: Service {
    private let hangups: UnixSignalsSequence
    private let folder: DataFolder
    private let isKeySame: @Sendable () throws -> Bool
    private let gate: LogGate
    private let shelf: WebPagesShelf
    private let bell: ReloadBell
    private let notes: ReloadNotes
    private let logger: Logger
    /// A daemon in a terminal that was closed is not to run on unseen.
    private let hasTerminal = isatty(STDIN_FILENO) == 1

    /// - Parameters:
    ///   - hangups: Trapped when the process began.
    ///   - commands: The commands at this moment, over a connection that the mailboxes do not share.
    init(
        hangups: UnixSignalsSequence, folder: DataFolder, isKeySame: @escaping @Sendable () throws -> Bool,
        gate: LogGate, shelf: WebPagesShelf, bell: ReloadBell, executor: any SerialExecutor,
        commands: @escaping @Sendable () -> Commands, logger: Logger
    ) {
        self.hangups = hangups
        self.folder = folder
        self.isKeySame = isKeySame
        self.gate = gate
        self.shelf = shelf
        self.bell = bell
        notes = ReloadNotes(executor: executor, commands: commands)
        self.logger = logger
    }

    func run() async throws {
        for await _ in hangups.cancelOnGracefulShutdown() {
            if hasTerminal, isatty(STDIN_FILENO) == 0 {
                kill(getpid(), SIGTERM)
                return
            }
            await reload()
        }
    }

    private func reload() async {
        var done = ["the log level", "the mailboxes' credentials"]
        var problems: [String] = []
        do { gate.level = LogGate.level(chosen: try await notes.level()) } catch {
            problems.append("The log level stays: \(error)")
        }
        do throws(CommandError) {
            await shelf.put(try WebPages(folder: folder.pagesPath))
            done.append("the pages")
        } catch { problems.append(error.text) }
        do {
            if try !isKeySame() {
                problems.append("The key is another one now; it is used after a restart.")
            }
        } catch { problems.append("\(error)") }
        await bell.ring()
        for problem in problems { logger.error("Not read anew", metadata: ["reason": "\(problem)"]) }
        logger.notice("Purr has read its settings anew", metadata: ["log.level": "\(gate.level)"])
        // Last: the write wakes the mailboxes, and tells whoever asked.
        do { try await notes.write(ReloadNote(at: Date(), done: done, problems: problems)) } catch {
            logger.error("What came of the reload could not be written", metadata: ["error": "\(error)"])
        }
    }
}

/// The database's part of a reload, on a thread that may block.
private actor ReloadNotes {
    private let executor: any SerialExecutor
    private let commands: @Sendable () -> Commands

    init(executor: any SerialExecutor, commands: @escaping @Sendable () -> Commands) {
        self.executor = executor
        self.commands = commands
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func level() throws -> Logger.Level? { try commands().logLevel() }

    func write(_ note: ReloadNote) throws { try commands().note(note) }
}
