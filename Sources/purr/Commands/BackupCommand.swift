import ArgumentParser
import Foundation
import PurrEngine

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write everything into one file, while Purr runs.",
        discussion: """
            The file holds the database as it is at one instant, with sealed passwords, and web pages of your own. \
            The key that opens the passwords is not in it unless you ask with --with-key; keep it elsewhere. \
            Take the file back with: purr restore FILE.

              purr backup /backups/purr-$(date +%F).db
              purr backup --force /backups/purr.db
              purr backup --with-key /vault/purr.db
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: ArgumentHelp("The file to write.", valueName: "file"), completion: .file())
    var file: String
    @Flag(help: "Replace the file if it is there.") var force = false
    @Flag(help: "Put the key into it as well: who has the file can read the passwords.") var withKey = false

    func run() throws {
        let report = try global.folder.backUp(
            to: absolute(file), isReplacing: force, key: withKey ? global.keyFile : nil, at: Date())
        if output.json { return try Output.json(report) }
        print("Wrote \(Terminal.oneLine(report.file)) (\(report.bytes) bytes).")
        print(
            report.hasKey
                ? "The key is in it: keep it where nobody else can read it."
                : "The key that opens the passwords is not in it; keep a copy of it elsewhere.")
    }
}

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Take a backup as the data, while no daemon runs.",
        discussion: """
            The database that was there is kept beside, as purr.db.replaced-TIME. A backup knows nothing of what was \
            sent after it was made, so each of its mailboxes sends nothing until you have it look into the mailbox: \
            purr recover.

              purr restore /backups/purr-2026-08-11.db
              purr recover
              purr run
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: ArgumentHelp("The backup.", valueName: "file"), completion: .file()) var file: String

    func run() throws {
        let report = try global.folder.restore(
            from: absolute(file), key: global.keyFile, at: Date())
        if output.json { return try Output.json(report) }
        print("Restored \(Terminal.oneLine(file)) into \(report.data).")
        if let replaced = report.replaced { print("What was there is kept as \(replaced).") }
        if !report.hasKey {
            print("The key is missing: put it back as \(report.data)/key, or name it in PURR_KEY_FILE.")
        }
        if !report.mailboxes.isEmpty { print("Nothing is sent until you have run: purr recover.") }
    }
}

/// A path that does not depend on the working directory.
func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
}
