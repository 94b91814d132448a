import ArgumentParser

struct MailboxCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mailbox", abstract: "Connect, check and look after mailboxes.",
        subcommands: [
            MailboxAdd.self, MailboxSignIn.self, MailboxCheckCommand.self, MailboxList.self,
            MailboxFolders.self, MailboxSet.self,
            MailboxPause.self,
            MailboxResume.self, MailboxRemove.self,
        ])

    @OptionGroup var global: GlobalOptions
}
