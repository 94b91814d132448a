package import Foundation
package import PurrStore

/// What people ask of Purr, the same for the command line and the web.
///
/// Each command is one transaction: it happens whole or not at all, and says what it did.
package struct Commands: Sendable {
    package let store: Store
    package let now: Date
    let entropy: any RandomNumberGenerator & Sendable

    package init(
        store: Store, now: Date,
        entropy: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        self.store = store
        self.now = now
        self.entropy = entropy
    }
}

/// Why a command was not done; nothing was changed.
package struct CommandError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure, as `sysexits.h` sorts them.
    package enum Kind: Int32, Sendable {
        case usage = 64
        case badData = 65
        case noInput = 66
        case unavailable = 69
        case software = 70
        case cannotCreate = 73
        case inputOutput = 74
        case tryLater = 75
        case noPermission = 77
        case configuration = 78
    }

    package let kind: Kind
    /// One sentence: what, where, what to do.
    package let text: String

    package init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    package var description: String { text }
}
