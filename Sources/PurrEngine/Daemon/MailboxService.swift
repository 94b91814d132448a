internal import Foundation
package import Logging
package import PurrSequences
internal import PurrMail
internal import PurrStore
internal import ServiceLifecycle

/// The loop that performs what one mailbox's machine decides.
package struct MailboxService: Sendable {
    private let id: MailboxID
    private let port: any MailboxPort
    private let makeEngine: @Sendable () -> MailboxEngine
    private let logger: Logger
    private let reloads: ReloadBell

    /// - Parameter reloads: Rung when what failed may be mended; the port is rung as well.
    package init(
        id: MailboxID, port: any MailboxPort, logger: Logger, reloads: ReloadBell = ReloadBell(),
        makeEngine: @escaping @Sendable () -> MailboxEngine
    ) {
        self.id = id
        self.port = port
        self.logger = logger
        self.reloads = reloads
        self.makeEngine = makeEngine
    }

    /// Runs until asked to stop, or until another worker takes the mailbox over.
    package func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do throws(StoreError) {
                    try await live(makeEngine())
                    break
                } catch {
                    // A fresh machine finds out by looking where it is; what was under way is in doubt to it.
                    logger.error(
                        "The database failed", metadata: ["mailbox.id": "\(id)", "error": "\(error)"])
                    if error.retry == .never { break }
                    _ = await port.wait(until: Date(timeIntervalSinceNow: 10), isWatching: false)
                }
            }
        }
        await port.close()
    }

    /// What an operator wants to see go by: ids, no addresses.
    private func report(_ done: MailboxEngine.Done) {
        guard case .deliver(let entry, _, _) = done.effect, case .delivered(let verdict) = done.outcome
        else { return }
        let metadata: Logger.Metadata = ["mailbox.id": "\(id)", "journal.id": "\(entry)"]
        switch verdict {
        case .accepted: logger.info("A mail was accepted", metadata: metadata)
        case .refused: logger.warning("A mail was refused", metadata: metadata)
        case .notAccepted: logger.info("A mail was not accepted, it goes again", metadata: metadata)
        case .unknown: logger.warning("A mail's outcome is unknown", metadata: metadata)
        }
    }

    /// One machine's life.
    private func live(_ engine: MailboxEngine) async throws(StoreError) {
        var reloaded = await reloads.count
        var done: MailboxEngine.Done?
        while true {
            // Asked to stop: nothing new is begun, and what stands at 354 is dropped unsent.
            if Task.isCancelled {
                if let done {
                    try await engine.finish(done)
                    report(done)
                }
                return
            }
            let decision = try await engine.step(after: done)
            if let group = decision.group { try await engine.settle(group) }
            if let done { report(done) }
            done = nil
            switch decision.step {
            case .perform(let effect):
                // What was written down as being handed over is handed over: left here, its outcome would be
                // unknown to the next process. 16 of 40 stops in the middle of sends were seen to end so.
                if Task.isCancelled, !effect.isHandOver { return }
                logger.debug("Performs", metadata: ["mailbox.id": "\(id)", "effect": "\(effect.name)"])
                let outcome = await port.perform(effect)
                if case .failed(let failure) = outcome {
                    logger.warning(
                        "The mailbox cannot be read",
                        metadata: ["mailbox.id": "\(id)", "reason": "\(failure.text)"])
                }
                done = MailboxEngine.Done(effect: effect, outcome: outcome)
            case .wait(let instant):
                if Task.isCancelled { return }
                switch await port.wait(until: instant, isWatching: await engine.isWatching) {
                case .mail: await engine.notice()
                case .wake:
                    let count = await reloads.count
                    if count != reloaded { await engine.retry() }
                    reloaded = count
                case .cancelled: return
                }
            }
        }
    }
}

extension Effect {
    /// Whether it was written down as begun, so that its loss leaves an outcome that nobody knows.
    fileprivate var isHandOver: Bool {
        switch self {
        case .deliver, .post: true
        default: false
        }
    }

    /// What it does, without what it does it with: addresses and bytes stay out of logs.
    package var name: String {
        switch self {
        case .survey: "survey"
        case .locate: "locate"
        case .readHeaders: "read headers"
        case .readMessages: "read messages"
        case .find: "find"
        case .file: "file"
        case .fileDraft: "file a draft"
        case .fileNote: "file a note"
        case .post: "post"
        case .open: "open"
        case .deliver: "deliver"
        case .abandon: "abandon"
        }
    }
}
