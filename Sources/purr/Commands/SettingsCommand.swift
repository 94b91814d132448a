import ArgumentParser
import PurrEngine

struct SettingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings", abstract: "Limits and a sender that hold for everybody.",
        discussion: """
              purr settings list
              purr settings set templateLimit 12
              purr settings set postalAddress "Storgata 1, 0155 Oslo, Norway"
            """,
        subcommands: [SettingsList.self, SettingsSet.self])

    @OptionGroup var global: GlobalOptions
}

struct SettingsList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List all settings.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let settings = try global.session().commands.accountSettings()
        if output.json { return try Output.json(settings) }
        Table(
            ["KEY", "VALUE", "DEFAULT", "MEANING"],
            rows: settings.map { [$0.key, "\($0.value)", "\($0.standard)", $0.meaning] }
        ).print()
    }
}

struct SettingsSet: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "set", abstract: "Change a setting.")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The setting's name.") var key: String
    @Argument(help: "Its new value.") var value: String

    func run() throws {
        try global.session().commands.setAccountSetting(key, to: value)
        print(value.isEmpty ? "\(key) is empty now." : "\(key) is \(Terminal.oneLine(value)) now.")
    }
}
