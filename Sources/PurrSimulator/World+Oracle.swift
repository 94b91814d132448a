internal import Foundation
internal import PurrEngine
internal import PurrMail
internal import PurrSequences
internal import PurrStore

// The oracle: reads the servers' log, the mailbox and the database, and believes none of them alone.
extension World {
    /// One enrollment with all that is known of it.
    struct Dossier {
        let enrollment: EnrollmentRecord
        let plan: Plan
        /// The step it began with, from 1.
        let firstStep: Int
        let journal: [JournalEntry]
        let tasks: [TaskRecord]
        let events: [Event]
        let prospect: Prospect
        /// What the server took of it, by time.
        let taken: [Acceptance]

        var contact: String { prospect.address.key }
        var name: String {
            "\(contact) (\(prospect.behaviour.rawValue)) is \(enrollment.state.rawValue) \(enrollment.reason)"
        }
    }

    /// Promise P3, at the moment the body is handed over.
    mutating func checkGate(
        _ mailbox: MailboxID, recipient: EmailAddress, readySince: Date, at instant: Date
    ) {
        if let why = halted[recipient.key] {
            violations.append("handed over to \(recipient), who is \(why)")
        }
        guard let began = surveyed[mailbox], began >= readySince else {
            violations.append("the gate was not asked after 354 (to \(recipient))")
            return
        }
        if instant.timeIntervalSince(began) > 20 {
            violations.append("the proof was older than 20 s (to \(recipient))")
        }
        if let prospect = prospects[recipient.key],
            // The gate speaks for its own mailbox; what comes into another one is found by that one's passes.
            let stop = prospect.stops.first(where: {
                $0.mailbox == mailbox && $0.at < began && $0.at >= prospect.enrolledAt
            })
        {
            violations.append(
                "handed over to \(recipient) though their answer lay there since \(stop.at.timeIntervalSince1970)"
            )
        }
    }

    /// What must hold when all is over.
    mutating func checkEnd(
        _ store: Store, plans: [Int: Plan], isFaultless: Bool, hasCrashed: Bool,
        isForgotten: (TaskID) -> Bool
    ) throws {
        let dossiers = try dossiers(store, plans: plans)
        for dossier in dossiers {
            checkJournal(dossier)
            checkState(dossier, isForgotten: isForgotten)
            checkReason(dossier, among: dossiers)
            // What was done after the backup is not in it: neither tasks nor what delays counted from.
            if !isRestored {
                checkTimes(dossier)
                checkTasks(dossier, isFaultless: isFaultless && !hasCrashed)
            }
            checkColleagues(dossier, among: dossiers)
            // A process that stopped between its last durable word and the server's answer cannot know.
            let isHonestDoubt =
                hasCrashed && dossier.enrollment.reason == HoldReason.unknownOutcome.rawValue
            if isFaultless, !isHonestDoubt, !isRestored { checkExpected(dossier) }
        }
        for (address, reason, _) in try store.read({ try $0.suppressions() }) {
            let prospect = prospects[address]
            let isDeserved =
                prospect.map { $0.hasBounced || $0.hasOptedOut || $0.hasComplained || $0.isRefused }
                ?? false
            if !isDeserved { violations.append("\(address) was silenced (\(reason)) by nobody's wish") }
        }
        for (notice, count) in posted where count > 1 {
            violations.append("notice \(notice) left \(count) times")
        }
    }

    private func dossiers(_ store: Store, plans: [Int: Plan]) throws -> [Dossier] {
        try store.read { transaction in
            try transaction.enrollments(limit: 10_000).compactMap { enrollment in
                guard let contact = try transaction.contact(enrollment.contact)?.email.key,
                    let prospect = prospects[contact], let plan = plans[enrollment.version]
                else { return nil }
                return Dossier(
                    enrollment: enrollment, plan: plan, firstStep: firstSteps[enrollment.id] ?? 1,
                    journal: try transaction.journal(of: enrollment.id),
                    tasks: try transaction.tasks(of: enrollment.id),
                    events: try transaction.events(of: enrollment.id), prospect: prospect,
                    taken: acceptances.filter { $0.thread == enrollment.threadRoot })
            }
        }
    }

    /// P1, and the journal against the server's log.
    private mutating func checkJournal(_ dossier: Dossier) {
        let name = dossier.name
        for (step, group) in Dictionary(grouping: dossier.taken, by: \.mail.step) where group.count > 1 {
            violations.append("step \(step) left \(group.count) times: \(name)")
        }
        for acceptance in dossier.taken where !dossier.plan.mailNumbers.contains(acceptance.mail.step) {
            violations.append("step \(acceptance.mail.step) left, which is none of its version's: \(name)")
        }
        let sent = dossier.journal.filter { $0.state == .sent && !$0.isByHand }
        if sent.count > dossier.taken.count {
            violations.append("the journal says sent, the server never had it: \(name)")
        }
        for entry in dossier.journal where entry.state == .sending || entry.state == .unknown {
            violations.append("an outcome was left open: \(entry.step) \(name)")
        }
    }

    /// P2: everything is somewhere.
    private mutating func checkState(_ dossier: Dossier, isForgotten: (TaskID) -> Bool) {
        let (enrollment, name) = (dossier.enrollment, dossier.name)
        switch enrollment.state {
        case .active:
            let isWaiting =
                enrollment.awaitsTask.map { id in
                    isForgotten(id) && dossier.tasks.contains { $0.id == id && $0.state.isOpen }
                } ?? false
            if !isWaiting {
                violations.append(
                    "still under way after the end of time: \(name), next \(String(describing: enrollment.nextAt))"
                )
            }
        case .held:
            if enrollment.reason.isEmpty { violations.append("held without a reason: \(name)") }
        case .finished:
            let due = dossier.plan.mailNumbers.filter { $0 >= dossier.firstStep }
            let missing = Set(due).subtracting(dossier.taken.map(\.mail.step))
            if !missing.isEmpty { violations.append("finished without steps \(missing.sorted()): \(name)") }
        case .paused: violations.append("paused though the user resumed all: \(name)")
        case .unenrolled: break
        }
        if dossier.events.isEmpty { violations.append("nothing on record: \(name)") }
        if enrollment.endedAt.map({ $0 > now.addingTimeInterval(86_400) }) ?? false {
            violations.append("ended in the future: \(name)")
        }
    }

    /// Every end has its cause in the world.
    private mutating func checkReason(_ dossier: Dossier, among all: [Dossier]) {
        let (enrollment, prospect, name) = (dossier.enrollment, dossier.prospect, dossier.name)
        let colleagues = all.filter { isColleague($0.prospect, of: prospect) }
        let isCaused: Bool
        switch (enrollment.state, enrollment.reason) {
        case (.unenrolled, EndReason.replied.rawValue), (.unenrolled, EndReason.meetingBooked.rawValue):
            isCaused = !prospect.replies.isEmpty
        case (.unenrolled, EndReason.companyReplied.rawValue),
            (.unenrolled, EndReason.companyMeetingBooked.rawValue):
            isCaused = colleagues.contains { !$0.prospect.replies.isEmpty }
        case (.unenrolled, EndReason.bounced.rawValue): isCaused = prospect.hasBounced
        case (.unenrolled, EndReason.unsubscribed.rawValue): isCaused = prospect.hasOptedOut
        case (.unenrolled, EndReason.markedAsSpam.rawValue): isCaused = prospect.hasComplained
        case (.unenrolled, EndReason.noLongerThere.rawValue): isCaused = prospect.hasLeft
        case (.unenrolled, EndReason.sendRejected.rawValue): isCaused = prospect.isRefused
        case (.unenrolled, EndReason.manual.rawValue):
            // What ended it may be known to the lost database alone; that it had ended, a later one shows.
            let hasLater = all.contains {
                $0.contact == dossier.contact && $0.enrollment.createdAt > enrollment.createdAt
            }
            isCaused = steered.contains(enrollment.id) || (isRestored && hasLater)
        case (.held, HoldReason.senderTookOver.rawValue): isCaused = handWritten[dossier.contact] != nil
        case (.held, HoldReason.doubtfulBounce.rawValue), (.held, HoldReason.doubtfulComplaint.rawValue):
            isCaused = slandered.contains(dossier.contact)
        default: isCaused = true
        }
        if !isCaused { violations.append("nothing in the world caused it: \(name)") }
        let lastMail = dossier.taken.last?.at ?? .distantPast
        if enrollment.state == .finished,
            let stop = prospect.stops.first(where: {
                $0.mailbox == enrollment.mailbox && $0.at > enrollment.createdAt.addingTimeInterval(200)
            }),
            stop.at < lastMail.addingTimeInterval(-60)
        {
            violations.append("went on after the answer: \(name)")
        }
    }

    private func isColleague(_ one: Prospect, of other: Prospect) -> Bool {
        one.address.key != other.address.key
            && (one.address.domain == other.address.domain
                || (!one.company.isEmpty && one.company == other.company))
    }

    /// Where one answer speaks for the company, nobody else there is written to (spec S4.2).
    private mutating func checkColleagues(_ dossier: Dossier, among all: [Dossier]) {
        let replied = [EndReason.replied.rawValue, EndReason.meetingBooked.rawValue]
        guard dossier.plan.settings.companyReplyStops, let ended = dossier.enrollment.endedAt,
            dossier.enrollment.state == .unenrolled, replied.contains(dossier.enrollment.reason)
        else { return }
        // A restored database ends them when it reads the answer; who was enrolled after that is welcome to it.
        let answered = isRestored ? dossier.prospect.replies.min().map { min($0, ended) } ?? ended : ended
        for other in all where isColleague(other.prospect, of: dossier.prospect) {
            guard other.enrollment.createdAt < answered.addingTimeInterval(-200),
                let late = other.taken.first(where: { $0.at > ended.addingTimeInterval(200) })
            else { continue }
            violations.append(
                "step \(late.mail.step) left though a colleague had answered for the company: \(other.name)"
            )
        }
    }

    /// In a world without faults each behaviour has one end.
    private mutating func checkExpected(_ dossier: Dossier) {
        let (enrollment, name) = (dossier.enrollment, dossier.name)
        let speaksForCompany = dossier.plan.settings.companyReplyStops
        guard handWritten[dossier.contact] == nil, !steered.contains(enrollment.id), !speaksForCompany,
            enrollment.awaitsTask == nil
        else { return }
        let isFinished = enrollment.state == .finished
        switch dossier.prospect.behaviour {
        case .silent, .outOfOffice, .delayed, .readsIt, .acknowledgesByTicket:
            if !isFinished { violations.append("should have finished: \(name) \(enrollment.detail)") }
        case .refusedAtOnce:
            // With tasks alone left, nothing is sent that could be refused.
            if isFinished, dossier.prospect.wasRefused { violations.append("should have stopped: \(name)") }
        case let behaviour where behaviour.answers:
            let isAnswered =
                enrollment.reason == EndReason.replied.rawValue
                || enrollment.reason == EndReason.meetingBooked.rawValue
            if !isFinished, !isAnswered { violations.append("should have ended by a reply: \(name)") }
        default: break
        }
    }
}
