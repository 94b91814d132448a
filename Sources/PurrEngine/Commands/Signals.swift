package import Foundation
internal import PurrFiles
package import PurrMail
package import PurrSequences
internal import PurrStore

/// Whom a signal is about.
package enum SignalContact: Sendable, Hashable {
    case address(EmailAddress)
    case contact(ContactID)
    /// By the token of a link in one of its mails.
    case enrollment(EnrollmentID)
}

/// What was said of a meeting (spec S6.3).
package enum MeetingNews: String, Sendable, Codable, CaseIterable { case booked, canceled }

/// What came of a form, a page view or a meeting.
package struct SignalResult: Sendable, Encodable {
    /// False when one with the same key was taken before: nothing was done.
    package let isNew: Bool
    /// Null when nobody of that address is known.
    @OrNull package var contact: String?
    package var isNewContact = false
    /// The sequences that ended because of it, workflows aside.
    package var ended: [String] = []
    package var workflows: [WorkflowEffect] = []

    init(isNew: Bool, contact: Contact?) {
        self.isNew = isNew
        self.contact = contact?.email.text
    }
}

/// A meeting as it is kept.
struct MeetingDocument: Codable {
    let email: String
    let news: MeetingNews
    /// ISO 8601; empty where it is not known.
    let start: String
    let source: String
}

extension Commands {
    /// Takes the submission of a form: its sender becomes a contact, and workflows run (spec S6.2).
    ///
    /// Durable before it returns, and done once for each key.
    ///
    /// - Parameters:
    ///   - form: The form's id, at most 200 bytes.
    ///   - fields: By name, as they came; one of them holds the address.
    ///   - at: When it was submitted; what lies ahead counts as now.
    ///   - key: What makes it the same submission, at most 500 bytes.
    @discardableResult
    package func recordFormSubmission(
        form: String, fields: [String: String], at instant: Date, key: String
    ) throws -> SignalResult {
        guard !form.isEmpty, form.utf8.count <= 200, form.allSatisfy({ !$0.isNewline }) else {
            throw CommandError(.badData, "A form's id is one line of 1 to 200 bytes.")
        }
        guard let person = ContactFields.contact(fields) else {
            throw CommandError(
                .badData, "The form \"\(form)\" came without a usable address; it needs a field \"email\".")
        }
        return try take(.form, key: key, at: instant) { transaction in
            guard !(try transaction.ownAddressKeys().contains(person.address.key)) else {
                throw CommandError(.badData, "\(person.address) is one of your own addresses.")
            }
            // An address that a contact has answered from is that contact's.
            if try transaction.contact(person.address) == nil,
                let known = try transaction.contact(reachedAt: person.address)
            {
                return (known, false)
            }
            let stored = try transaction.upsert(ContactDetails(person), at: now)
            return (try transaction.contact(stored.id), stored.isNew)
        } document: { _ in
            Document.text(of: ["form": form])
        } effect: { signal, contact, result, entropy, transaction in
            result.workflows = try WorkflowRunner(commands: self).setOff(
                by: .form(form), signal: signal, contact: contact, entropy: &entropy, in: transaction)
        }
    }

    /// Takes a look at a page by somebody who is known by the token of a clicked link (spec S6.2).
    ///
    /// - Parameters:
    ///   - url: With `https://` or `http://`, at most 8,000 bytes.
    ///   - key: What makes it the same view.
    @discardableResult
    package func recordPageView(
        _ who: SignalContact, url: String, at instant: Date, key: String
    ) throws -> SignalResult {
        let folded = url.lowercased()
        guard ["https://", "http://"].contains(where: folded.hasPrefix), url.utf8.count <= 8_000,
            url.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F })
        else {
            throw CommandError(
                .badData, "A page is a web address that begins with https:// and has no blanks.")
        }
        return try take(.page, key: key, at: instant) { transaction in
            (try contact(who, in: transaction), false)
        } document: { _ in
            Document.text(of: ["url": url])
        } effect: { signal, contact, result, entropy, transaction in
            result.workflows = try WorkflowRunner(commands: self).setOff(
                by: .page(url), signal: signal, contact: contact, entropy: &entropy, in: transaction)
        }
    }

    /// Takes the news of a meeting: one that was booked ends what is under way for the contact, and for the
    /// company where the sequence says so (spec S4.2, S6.3).
    ///
    /// - Parameters:
    ///   - start: When the meeting begins; nil where it is not known.
    ///   - source: Who says so, such as `cal.com`.
    ///   - key: What makes it the same news.
    @discardableResult
    package func recordMeeting(
        _ who: SignalContact, _ news: MeetingNews, start: Date?, source: String, at instant: Date,
        key: String
    ) throws -> SignalResult {
        let source = String(source.prefix(100).map { $0.isNewline ? " " : $0 })
        return try take(.meeting, key: key, at: instant) { transaction in
            (try contact(who, in: transaction), false)
        } document: { contact in
            Document.text(
                of: MeetingDocument(
                    email: contact?.email.text ?? "", news: news, start: start?.ISO8601Format() ?? "",
                    source: source))
        } effect: { signal, contact, result, _, transaction in
            result.ended = try MeetingEffect(contact: contact, start: start, source: source, now: now)
                .apply(news, at: signal.at, in: transaction)
        }
    }

    /// Keeps a signal and does what follows from it, once.
    private func take(
        _ kind: SignalRecord.Kind, key: String, at instant: Date,
        who: (Transaction) throws -> (contact: Contact?, isNew: Bool),
        document: (Contact?) -> String,
        effect: (
            SignalRecord, Contact, inout SignalResult,
            inout any RandomNumberGenerator & Sendable, Transaction
        ) throws -> Void
    ) throws -> SignalResult {
        guard (1...500).contains(key.utf8.count) else {
            throw CommandError(.badData, "The key of a signal has 1 to 500 bytes.")
        }
        var entropy = entropy
        return try change { transaction in
            let key = "\(kind.rawValue):\(key)"
            if let known = try transaction.signal(key: key) {
                return SignalResult(
                    isNew: false, contact: try known.contact.flatMap { try transaction.contact($0) })
            }
            let (contact, isNewContact) = try who(transaction)
            let alive = contact.flatMap { $0.isDeleted ? nil : $0 }
            guard
                let id = try transaction.insertSignal(
                    kind, key: key, at: min(instant, now), contact: alive?.id,
                    document: document(alive)),
                let signal = try transaction.signal(id)
            else { throw CommandError(.software, "The signal could not be kept.") }
            var result = SignalResult(isNew: true, contact: alive)
            result.isNewContact = isNewContact
            if let alive { try effect(signal, alive, &result, &entropy, transaction) }
            return result
        }
    }

    private func contact(_ who: SignalContact, in transaction: Transaction) throws -> Contact? {
        switch who {
        case .address(let address): try transaction.contact(reachedAt: address)
        case .contact(let id): try transaction.contact(id)
        case .enrollment(let id):
            try transaction.enrollment(id).flatMap { try transaction.contact($0.contact) }
        }
    }
}
