import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore

extension SimulateCommand {
    /// The data folder as a rehearsal sees it: looked into, never written to, and not needed.
    struct Outside {
        let store: Store?
        let now: Date

        init(global: GlobalOptions) throws {
            do {
                let session = try global.session()
                store = session.store
                now = session.now
            } catch let error as CommandError where error.kind == .noInput {
                // A sequence can be looked at before anything is set up.
                store = nil
                now = Date()
            }
        }

        struct Sender {
            let address: EmailAddress
            var name = ""
            var meetingLink = ""
            var limits: SendingLimits
        }

        /// The sender asked for, else the first mailbox, else a stand-in.
        func sender(_ asked: EmailAddress?) throws -> Sender {
            let found = try store?.read { transaction in
                let mailbox =
                    try asked.map { try transaction.mailbox(sending: $0) } ?? transaction.mailboxes().first
                return try mailbox.map { ($0, try transaction.owner(of: $0.id)) }
            }
            guard let address = asked ?? found?.0.address ?? EmailAddress("you@example.org") else {
                throw CommandError(.software, "There is no sender.")
            }
            var sender = Sender(address: address, limits: .standard(forDomain: address.domain))
            guard let (mailbox, owner) = found else {
                // A rehearsal needs no mailbox: what is the sender's own gets a stand-in.
                (sender.name, sender.meetingLink) = ("You", "https://example.org/meet")
                return sender
            }
            sender.name = mailbox.name
            sender.meetingLink = owner?.meetingLink ?? ""
            sender.limits =
                Document.value(MailboxSettings.self, from: mailbox.settings)?.limits ?? sender.limits
            return sender
        }

        /// Templates, snippets and holiday calendars, as they are stored.
        func copyLibrary(into copy: Store) throws {
            guard let store else { return }
            let (templates, snippets, calendars) = try store.read { transaction in
                (
                    try transaction.templates(), try transaction.snippets(),
                    try transaction.calendars().map { ($0.name, try transaction.holidays(in: [$0.name])) }
                )
            }
            let now = now
            try copy.write { transaction in
                for (name, document) in templates {
                    try transaction.saveTemplate(name: name, document: document, at: now)
                }
                for snippet in snippets {
                    try transaction.saveSnippet(snippet.name, body: snippet.body, at: now)
                }
                for (name, days) in calendars {
                    try transaction.setHolidays(days.map { ($0, "") }, ofCalendar: name)
                }
            }
        }
    }
}
