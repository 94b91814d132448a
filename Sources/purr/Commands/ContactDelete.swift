import ArgumentParser
import PurrEngine
import PurrMail
import PurrStore

struct ContactDelete: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete contacts for good; numbers and suppressed addresses stay.",
        discussion: """
            What is under way for them ends. Names, properties, mails, answers and notes are erased; what reports \
            count stays, and so does a suppressed address, so that nothing is ever sent there. There is no way back.

              purr contact delete ola@example.com
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: ArgumentHelp("The contacts' addresses.", valueName: "email")) var emails: [String]
    @Flag(help: "Do not ask.") var yes = false

    func run() throws {
        let session = try global.session()
        let commands = session.commands
        let addresses = try emails.map { try address($0) }
        for one in addresses { _ = try commands.contact(one) }
        let whom = addresses.count == 1 ? "\(addresses[0])" : Output.count(addresses.count, "contact")
        guard yes || Terminal.confirms("Delete \(whom) for good?") else {
            throw CommandError(
                .usage, "Nothing was deleted. There is no way back; to do it without being asked: --yes.")
        }
        let deleted = try commands.deleteContacts(addresses)
        _ = try? session.store.emptyJournal()
        if output.json { return try Output.json(deleted) }
        for one in deleted {
            let ended = one.ended.isEmpty ? "" : "; \(one.ended.joined(separator: ", ")) ended"
            let stays = one.isSuppressed ? "; the address stays suppressed" : ""
            print("\(one.email) is deleted\(ended)\(stays).")
        }
    }
}
