import ArgumentParser
import PurrEngine

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make the data folder.",
        discussion: """
            Makes the folder for you alone (0700): the database, and a key that opens the passwords in it. \
            Doing it again changes nothing. To keep the key elsewhere, name its file in PURR_KEY_FILE (32 bytes, \
            or 32 bytes in base64), or hand it over as systemd's credential purr-key.

              purr init
              openssl rand -base64 32 > ~/purr.key; PURR_KEY_FILE=~/purr.key purr init
              purr init --demo --data /tmp/demo
            """)

    @OptionGroup var global: GlobalOptions
    @Flag(help: "Let time run fast in this folder (purr run --time-lapse).") var demo = false

    func run() throws {
        let folder = global.folder
        switch try folder.create(isDemo: demo, keyFile: global.keyFile) {
        case .made: print("Made \(folder.path)\(demo ? " for a demo" : "").")
        case .wasThere: print("\(folder.path) is there already; nothing changed.")
        }
    }
}
