internal import Foundation
internal import PurrSequences
internal import PurrStore

/// What the news of a meeting does to what is under way for a contact (spec S4.2, S6.3).
struct MeetingEffect {
    let contact: Contact
    let start: Date?
    let source: String
    let now: Date

    /// - Returns: The names of the sequences that ended, the colleagues' aside.
    func apply(_ news: MeetingNews, at instant: Date, in transaction: Transaction) throws -> [String] {
        let all = try transaction.enrollments(of: contact.id)
        let open = all.filter(\.state.isOpen)
        switch news {
        case .canceled:
            for enrollment in open.isEmpty ? all.suffix(1) : open[...] {
                try append(
                    .noted, "\(contact.email) canceled a meeting; it changes nothing", enrollment.id,
                    enrollment, in: transaction)
            }
            return []
        case .booked:
            // Spec S4.3: after the end it still counts, on the latest of what they went through.
            guard !open.isEmpty else {
                if let last = all.last {
                    try note(last, at: instant, in: transaction)
                    try append(
                        .noted, "\(contact.email) booked a meeting, after the end", last.id, last,
                        in: transaction)
                }
                return []
            }
            return try open.compactMap { try end($0, at: instant, in: transaction) }
        }
    }

    private func end(_ enrollment: EnrollmentRecord, at instant: Date, in transaction: Transaction) throws
        -> String?
    {
        let detail = "\(contact.email) booked a meeting"
        try note(enrollment, at: instant, in: transaction)
        guard try transaction.unenroll(enrollment.id, because: .meetingBooked, detail: detail, at: now)
        else { return nil }
        try append(.meetingBooked, detail, enrollment.id, enrollment, in: transaction)
        try CompanyEnding(now: now).end(after: enrollment, because: .meetingBooked, in: transaction) {
            try append(.meetingBooked, $1, $0, enrollment, in: transaction)
        }
        return try transaction.sequence(enrollment.sequence)?.name
    }

    private func note(_ enrollment: EnrollmentRecord, at instant: Date, in transaction: Transaction) throws
    {
        let step = try transaction.step(of: enrollment.id, idKeys: [], before: instant)
        try transaction.note(.meetingBooked, of: enrollment.id, step: step, at: instant)
    }

    private func append(
        _ kind: Event.Kind, _ words: String, _ id: EnrollmentID, _ enrollment: EnrollmentRecord,
        in transaction: Transaction
    ) throws {
        var evidence = ["source": source]
        if let start { evidence["start"] = start.ISO8601Format() }
        try transaction.append(
            Event(
                at: now, kind, mailbox: enrollment.mailbox, enrollment: id, words + ".",
                evidence: evidence))
    }
}
