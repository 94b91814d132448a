internal import Foundation
internal import PurrMail
internal import PurrSendTime
internal import PurrSequences
internal import PurrStore

/// A mail of ours whose picture was fetched, or a link of it followed, by a person or by a machine.
struct SeenMail {
    private let kind: MomentKind
    private let enrollment: EnrollmentID
    private let step: StepID
    private let link: String
    private let agent: String
    private let at: Date

    /// - Parameters:
    ///   - link: What makes clicks on several links of one mail different sightings.
    ///   - agent: The `User-Agent`; only its first 200 characters are kept.
    init(
        _ kind: MomentKind, of enrollment: EnrollmentID, step: StepID, link: String, agent: String, at: Date
    ) {
        self.kind = kind
        self.enrollment = enrollment
        self.step = step
        self.link = link
        self.agent = String(agent.prefix(200))
        self.at = at
    }

    /// Notes it as evidence and, unless a machine shows by itself, as a fact for reports.
    ///
    /// - Returns: False when there is no such mail, or when it is there already.
    @discardableResult
    func note(in transaction: Transaction) throws -> Bool {
        guard let record = try transaction.enrollment(enrollment),
            let contact = try transaction.contact(record.contact),
            let sentAt = try transaction.journalEntry(of: enrollment, step: step)?.sentAt
        else { return false }
        let second = at.milliseconds / 1_000
        var sighting = Sighting(
            kind, at: at, address: contact.email.canonicalKey,
            key: "\(kind.rawValue)/\(enrollment)/\(step)/\(second)/\(link)/\(agent)")
        (sighting.sentAt, sighting.agent) = (sentAt, agent)
        (sighting.enrollment, sighting.step) = (enrollment, step)
        sighting.reason = MachineFilter.reason(
            for: TrackedEvent(
                kind, at: Int(second), sentAt: Int(sentAt.milliseconds / 1_000), agent: agent),
            until: Int(second))
        guard try transaction.note(sighting, of: record.mailbox, at: at) else { return false }
        if sighting.reason == nil {
            try transaction.note(kind == .click ? .clicked : .opened, of: enrollment, step: step, at: at)
        }
        return true
    }
}
