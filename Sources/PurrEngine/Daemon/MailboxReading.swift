package import Foundation
internal import PurrMail
package import PurrSequences
package import PurrStore

/// Reads one mailbox to its end, once, and does nothing else.
package struct MailboxReading: Sendable {
    private let id: MailboxID
    private let store: Store
    private let port: any MailboxPort
    private let settings: MachineSettings
    private let owner: String
    private let now: @Sendable () -> Date

    package init(
        id: MailboxID, store: Store, port: any MailboxPort, settings: MachineSettings, owner: String,
        now: @escaping @Sendable () -> Date
    ) {
        self.id = id
        self.store = store
        self.port = port
        self.settings = settings
        self.owner = owner
        self.now = now
    }

    /// Reads every watched folder to its end.
    ///
    /// - Throws: A ``CommandError`` when the mailbox cannot be read.
    package func run() async throws {
        var settings = settings
        settings.isReadingOnly = true
        var machine = MailboxMachine(
            id, store: store, settings: settings, owner: owner, entropy: SystemRandomNumberGenerator())
        while true {
            try Task.checkCancellation()
            switch try machine.next(now: now()) {
            case .perform(let effect):
                try machine.record(await port.perform(effect), of: effect, now: now())
                if let trouble = machine.trouble, !machine.isWatching {
                    throw CommandError(
                        .unavailable, "The mailbox cannot be read: \(trouble.text). Try again later.")
                }
            case .wait:
                guard machine.isRead else {
                    throw CommandError(
                        .unavailable,
                        "A folder of the mailbox cannot be read; mend it, or leave it out: purr mailbox folders ADDRESS --exclude FOLDER."
                    )
                }
                return
            }
        }
    }
}
