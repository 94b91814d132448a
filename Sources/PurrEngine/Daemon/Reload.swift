package import Foundation
package import Logging
internal import PurrSequences
internal import PurrStore

/// Counts how often the daemon was asked to read anew what it reads once, for those who must act on it.
package actor ReloadBell {
    package private(set) var count = 0

    package init() {}

    package func ring() { count += 1 }
}

/// What came of the daemon's last reload.
package struct ReloadNote: Sendable, Hashable, Codable {
    /// In real time, whatever the data's clock says.
    package let at: Date
    /// What was read anew.
    package let done: [String]
    /// What could not be, as sentences; what was there before stays in use.
    package let problems: [String]

    package init(at: Date, done: [String], problems: [String]) {
        self.at = at
        self.done = done
        self.problems = problems
    }
}

extension Commands {
    private static let noteKey = "reload.note"
    private static let levelKey = "log.level"

    /// Notes what came of a reload, for whoever asked for it.
    package func note(_ reload: ReloadNote) throws {
        try change { try $0.setMeta(Self.noteKey, Document.text(of: reload)) }
    }

    /// The last reload; nil when there was none.
    package func lastReload() throws -> ReloadNote? {
        try look { try $0.meta(Self.noteKey) }.flatMap { Document.value(ReloadNote.self, from: $0) }
    }

    /// The log level that was chosen for this data folder; nil for the environment's.
    package func logLevel() throws -> Logger.Level? {
        try look { try $0.meta(Self.levelKey) }.flatMap { Logger.Level(rawValue: $0) }
    }

    /// - Parameter level: As it was typed; `default` for the environment's.
    package func setLogLevel(_ level: String) throws {
        guard level == "default" || Logger.Level(rawValue: level) != nil else {
            let names = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandError(.usage, "--log-level should be one of \(names) or default.")
        }
        try change { try $0.setMeta(Self.levelKey, level == "default" ? "" : level) }
    }
}
