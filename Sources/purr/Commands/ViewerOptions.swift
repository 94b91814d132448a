import ArgumentParser
import Foundation

/// Who does it, among several users of one data folder.
struct ViewerOptions: ParsableArguments {
    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "The user who does it (default: PURR_USER, else whoever keeps the data folder).",
            valueName: "user"))
    var user: String?

    /// Nil for the keeper of the data folder, who sees everything.
    var name: String? {
        let named = user ?? ProcessInfo.processInfo.environment["PURR_USER"]
        return named.flatMap { $0.isEmpty ? nil : $0 }
    }
}
