internal import Foundation
internal import PurrMail
internal import PurrReplies
internal import PurrSequences
internal import PurrStore

/// Ends a sequence for the colleagues of one who answered or booked a meeting, where it says so (spec S4.2).
struct CompanyEnding {
    let now: Date

    /// - Parameters:
    ///   - reason: Why the enrollment ended; replies and meetings alone concern colleagues.
    ///   - unenroll: Ends one of them; nil for ending it and no more.
    ///   - append: Told of each colleague's enrollment that ended, and why in words.
    func end(
        after enrollment: EnrollmentRecord, because reason: EndReason, in transaction: Transaction,
        unenroll: ((EnrollmentRecord, EndReason, String) throws -> Bool)? = nil,
        append: (EnrollmentID, String) throws -> Void
    ) throws {
        #if PLANTED_BUGS
            if Sabotage.active == .companyStopForgotten { return }
        #endif
        guard let settings = try transaction.sequence(enrollment.sequence)?.settings,
            let contact = try transaction.contact(enrollment.contact)
        else { return }
        let end: EndReason
        let detail: String
        switch reason {
        case .replied where settings.companyReplyStops:
            (end, detail) = (.companyReplied, "\(contact.email) answered for the company")
        case .meetingBooked where settings.companyMeetingStops:
            (end, detail) = (.companyMeetingBooked, "\(contact.email) booked a meeting for the company")
        default: return
        }
        let domain = isMailProvider(domain: contact.email.domain) ? nil : contact.email.domain
        for id in try transaction.openEnrollments(
            in: enrollment.sequence, company: contact.company, domain: domain)
        {
            // Nobody is their own colleague: what they were enrolled in after they had written goes on.
            guard let colleague = try transaction.enrollment(id), colleague.contact != enrollment.contact
            else { continue }
            let hasEnded =
                if let unenroll {
                    try unenroll(colleague, end, detail)
                } else {
                    try transaction.unenroll(id, because: end, detail: detail, at: now)
                }
            if hasEnded { try append(id, detail) }
        }
    }
}
