internal import Foundation
internal import PurrSequences
internal import PurrStore

/// What people see of where an enrollment stands: what the database calls active is due, under way, or waits
/// for something that ends by itself (spec S4.5).
struct Standings {
    typealias Standing = (state: EnrollmentReport.State, reason: String?, detail: String?)

    let now: Date
    let mailboxes: [MailboxID: MailboxRecord]

    init(_ transaction: Transaction, now: Date) throws {
        self.now = now
        mailboxes = Dictionary(try transaction.mailboxes().map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    }

    func standing(of record: EnrollmentRecord) -> Standing {
        standing(
            in: record.state, reason: record.reason, detail: record.detail, isInDoubt: record.isInDoubt,
            awaitsTask: record.awaitsTask != nil, isDue: record.nextAt.map { $0 <= now } ?? true,
            mailbox: record.mailbox)
    }

    /// Where many stand that are alike.
    func standing(of count: StandingCount) -> Standing {
        standing(
            in: count.state, reason: count.reason, detail: "", isInDoubt: count.isInDoubt,
            awaitsTask: count.awaitsTask, isDue: count.isDue, mailbox: count.mailbox)
    }

    private func standing(
        in state: EnrollmentState, reason: String, detail: String, isInDoubt: Bool, awaitsTask: Bool,
        isDue: Bool, mailbox: MailboxID
    ) -> Standing {
        switch state {
        case .paused: return (.paused, words(reason), words(detail))
        case .held: return (.held, words(reason), words(detail))
        case .finished: return (.finished, nil, nil)
        case .unenrolled: return (.unenrolled, words(reason), words(detail))
        case .active: break
        }
        if isInDoubt {
            return (
                .waiting, WaitReason.outcome.rawValue,
                "the server's answer was lost; the mailbox is searched for the mail"
            )
        }
        if awaitsTask { return (.waiting, WaitReason.taskOpen.rawValue, words(detail)) }
        guard isDue else { return (.waiting, words(reason), words(detail)) }
        return due(in: mailbox)
    }

    /// Due, unless its mailbox cannot send.
    private func due(in mailbox: MailboxID) -> Standing {
        guard let mailbox = mailboxes[mailbox] else { return (.active, nil, nil) }
        if mailbox.isPaused {
            return (
                .waiting, WaitReason.mailboxUnreachable.rawValue,
                "\(mailbox.address) is paused: \(mailbox.pauseReason)"
            )
        }
        if let patience = mailbox.patience(at: now) {
            return (.waiting, WaitReason.temporaryFailure.rawValue, words(patience.why))
        }
        if mailbox.failingSince != nil {
            return (.waiting, WaitReason.mailboxUnreachable.rawValue, words(mailbox.failure))
        }
        if let free = mailbox.freeAt, free > now {
            return (.waiting, WaitReason.limit.rawValue, words(mailbox.freeWhy))
        }
        return (.active, nil, nil)
    }

    private func words(_ text: String) -> String? { text.isEmpty ? nil : text }
}
