internal import Foundation
internal import PurrMail
internal import PurrSequences
internal import PurrStore

/// Somebody's wish, given through a link in a mail to them, to get no more mail (spec M1.4).
struct WebOptOut {
    let mail: WebMail
    let way: WebEvent.OptOutWay
    let now: Date

    /// Ends every enrollment of theirs and never writes to them again; doing it twice changes nothing.
    func apply(in transaction: Transaction) throws {
        let contact = try transaction.contact(mail.contact)
        let entry = try transaction.journalEntry(of: mail.enrollment, step: mail.step)
        // The contact's address may have changed since the mail was made, or the contact be gone.
        let addresses = Set([contact?.email, entry?.recipient].compactMap { $0 })
        let evidence = way == .oneClick ? "one-click post (RFC 8058)" : "unsubscribe page"
        var isNew = false
        for address in addresses.sorted(by: { $0.key < $1.key }) {
            if try transaction.suppression(of: address) == nil { isNew = true }
            try transaction.suppress(address, because: .unsubscribed, evidence: evidence, at: now)
        }
        try transaction.note(.unsubscribed, of: mail.enrollment, step: mail.step, at: now)
        let detail = "\(contact?.email.text ?? "The contact") wants no more mail"
        var ended: [EnrollmentID] = []
        for enrollment in try transaction.enrollments(of: mail.contact) where enrollment.state.isOpen {
            guard
                try transaction.unenroll(enrollment.id, because: .unsubscribed, detail: detail, at: now)
            else { continue }
            try append(detail, of: enrollment, evidence, in: transaction)
            ended.append(enrollment.id)
        }
        // The mail's own enrollment had ended before: its story still tells of the wish, once.
        if isNew, !ended.contains(mail.enrollment), let own = try transaction.enrollment(mail.enrollment) {
            try append("\(detail), after the end", of: own, evidence, in: transaction)
        }
    }

    private func append(
        _ text: String, of enrollment: EnrollmentRecord, _ evidence: String, in transaction: Transaction
    ) throws {
        try transaction.append(
            Event(
                at: now, .optedOut, mailbox: enrollment.mailbox, enrollment: enrollment.id, text,
                evidence: ["way": evidence, "step": mail.step.rawValue]))
    }
}
