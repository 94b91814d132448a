package import Foundation
package import PurrMail
internal import PurrSequences
package import PurrStore

/// One line of everything that happened (spec S7.3).
package struct HistoryLine: Sendable, Encodable {
    package let at: Date
    package let kind: Event.Kind
    @OrNull package var mailbox: String?
    @OrNull package var contact: String?
    @OrNull package var sequence: String?
    @OrNull package var enrollment: Int64?
    package let text: String
    package let evidence: [String: String]
}

extension Commands {
    /// Everything that happened from a time on, oldest first, handed out one by one: there may be millions.
    ///
    /// - Parameter email: Nil for everybody's and what is nobody's.
    /// - Throws: When that is no contact's address.
    package func history(
        since: Date?, contact email: EmailAddress? = nil, each: (HistoryLine) throws -> Void
    ) throws {
        try look { transaction in
            let wanted = try email.map { try contact($0, in: transaction).id }
            let mailboxes = Dictionary(
                try transaction.mailboxes().map { ($0.id, $0.address.text) }, uniquingKeysWith: { $1 })
            let sequences = Dictionary(
                try transaction.sequencesEver().map { ($0.id, $0.name) }, uniquingKeysWith: { $1 })
            var last: Int64 = 0
            while case let page = try transaction.events(
                after: last, since: since ?? .distantPast, contact: wanted, limit: 500), !page.isEmpty
            {
                last = page.last?.id ?? last
                for (_, event) in page {
                    let enrollment = try event.enrollment.flatMap { try transaction.enrollment($0) }
                    let contact = try enrollment.flatMap { try transaction.contact($0.contact) }
                    try each(
                        HistoryLine(
                            at: event.at, kind: event.kind,
                            mailbox: event.mailbox.flatMap { mailboxes[$0] },
                            contact: contact?.email.text,
                            sequence: enrollment.flatMap { sequences[$0.sequence] },
                            enrollment: event.enrollment?.rawValue, text: event.text,
                            evidence: event.evidence))
                }
            }
        }
    }
}
