internal import Foundation
package import PurrFiles
internal import PurrMail
package import PurrSequences
package import PurrStore

/// A contact with what it went through (spec S7.2).
package struct ContactSheet: Sendable {
    package let contact: Contact
    package let history: ContactHistory

    /// The built-in properties in the order of tables, with a value of the kind that each holds.
    package static let builtIn: [(name: String, kind: ContactQuery.Value)] = [
        ("email", .text("")), ("firstName", .text("")), ("lastName", .text("")), ("company", .text("")),
        ("timeZone", .text("")), ("currentlyInSequence", .flag(false)), ("numberOfSequences", .number(0)),
        ("latestSequence", .text("")), ("lastEnrolled", .instant(nil)), ("lastFinished", .instant(nil)),
        ("lastUnenrolled", .instant(nil)), ("lastEnded", .instant(nil)), ("lastOpened", .instant(nil)),
        ("lastClicked", .instant(nil)), ("lastReplied", .instant(nil)),
    ]

    /// The value of a property, built in or of one's own; nil where there is none.
    package func value(of property: String) -> ContactQuery.Value? {
        switch property {
        case "email": .text(contact.email.text)
        case "firstName": .text(contact.firstName)
        case "lastName": .text(contact.lastName)
        case "company": .text(contact.company)
        case "timeZone": .text(contact.timeZone)
        case "currentlyInSequence": .flag(history.isInSequence)
        case "numberOfSequences": .number(history.sequences)
        case "latestSequence": .text(history.latestSequence)
        case "lastEnrolled": .instant(history.enrolled)
        case "lastFinished": .instant(history.finished)
        case "lastUnenrolled": .instant(history.unenrolled)
        case "lastEnded": .instant(history.ended)
        case "lastOpened": .instant(history.opened)
        case "lastClicked": .instant(history.clicked)
        case "lastReplied": .instant(history.replied)
        default: contact.properties[property].map { .text($0) }
        }
    }
}

extension Commands {
    /// Reads a condition on contacts and checks its properties and values.
    ///
    /// - Throws: A sentence on what is wrong with it.
    package func contactQuery(_ text: String, in zone: Zone) throws -> ContactQuery {
        func refused(_ words: String) -> CommandError {
            CommandError(.usage, "--where: \(words) See: purr contact list --help.")
        }
        let query: ContactQuery
        do { query = try ContactQuery.read(text) } catch { throw refused(error.text) }
        let kinds = Dictionary(
            ContactSheet.builtIn.map { ($0.name, $0.kind) }, uniquingKeysWith: { first, _ in first })
        if let problem = query.problem(kinds: kinds, in: zone, now: now) { throw refused(problem.text) }
        try look { transaction in
            for name in query.properties where kinds[name] == nil {
                guard try !transaction.hasContact(withProperty: name) else { continue }
                let meant =
                    try transaction.property(likeSpelled: name)
                    ?? nearest(to: name, among: ContactSheet.builtIn.map(\.name))
                throw refused(
                    "No contact has a property \"\(name)\"\(meant.map { "; did you mean \"\($0)\"?" } ?? ".")"
                )
            }
        }
        return query
    }

    /// The contacts that a condition holds for, by address, handed out one by one.
    ///
    /// - Parameters:
    ///   - query: Nil for all.
    ///   - zone: Whose days the condition means.
    package func contacts(
        where query: ContactQuery?, in zone: Zone, each: (ContactSheet) throws -> Void
    ) throws {
        try look { transaction in
            var last = ""
            while case let page = try transaction.contacts(after: last, limit: 500), let end = page.last {
                let histories = try transaction.contactHistories(after: last, through: end.email.key)
                last = end.email.key
                for contact in page {
                    let sheet = ContactSheet(
                        contact: contact, history: histories[contact.id] ?? ContactHistory())
                    if query?.holds(in: zone, now: now, value: sheet.value(of:)) ?? true { try each(sheet) }
                }
            }
        }
    }
}
