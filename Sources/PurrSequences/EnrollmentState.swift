/// Where an enrollment stands, as the database keeps it.
///
/// What people see is finer: an active enrollment that is not due yet is *waiting* (spec S4.5).
package enum EnrollmentState: String, Sendable, Codable, CaseIterable {
    /// Scheduled: it goes on by itself.
    case active
    /// Stopped by the user for a while; the remaining delay is kept (S4.4).
    case paused
    /// Left only by a person (S4.5).
    case held
    /// All steps ran.
    case finished
    /// Ended early, with an ``EndReason``.
    case unenrolled

    /// Whether anything can still happen to it.
    package var isOpen: Bool { self == .active || self == .paused || self == .held }
}

/// Why an enrollment was unenrolled (spec S4.1).
package enum EndReason: String, Sendable, Codable, CaseIterable {
    case replied, meetingBooked, companyReplied, companyMeetingBooked, bounced, unsubscribed, markedAsSpam
    case senderTookOver, noLongerThere, manual, workflow, sequenceDeleted, contactDeleted, mailboxRemoved
    case sendRejected
}

/// What an active enrollment waits for; every one ends by itself (spec S4.5).
package enum WaitReason: String, Sendable, Codable, CaseIterable {
    /// The step's own delay.
    case delay
    /// The send window.
    case window
    /// The mailbox's limits (S8).
    case limit
    /// The contact is away and said until when.
    case returnDate
    /// No proof that nobody answered can be had just now.
    case mailboxUnreachable
    /// The server asked to try again later.
    case temporaryFailure
    /// A mail was handed over and the server's answer was lost; evidence is looked for (sending M5).
    case outcome
    /// A task that holds the sequence until somebody completes it (S1.3).
    case taskOpen
}

/// Why an enrollment is held, and by what a person can get it going again (spec S4.5).
package enum HoldReason: String, Sendable, Codable, CaseIterable {
    /// The outcome of a send stayed unknown (sending M5.2).
    case unknownOutcome
    /// A token has neither value nor fallback (S3.4).
    case missingToken
    /// The step would leave days late (S8.2), or was refused for longer than its day (M6).
    case tooLate
    /// A report that looks like a bounce and does not prove it.
    case doubtfulBounce
    /// A complaint without an id of ours.
    case doubtfulComplaint
    /// Automatic mails answer each other (replies R3.d).
    case loop
    /// The recipient's system asks for a proof that a person wrote.
    case challenge
    /// The sender wrote by hand (S4.6).
    case senderTookOver
    /// A message of theirs cannot be read.
    case unreadableMessage
    /// Away for more than thirty days (R3.c).
    case awayTooLong
    /// The user asked to look at the mail before it goes.
    case approval
    /// The mailbox holds a recent exchange with this person (S3.6).
    case recentConversation
    /// The server does not let the mailbox send from this alias.
    case aliasRefused
    /// Another copy of the database may have sent the step (sending M5.4).
    case recovered

    /// What to do about it, as a sentence for `purr status`.
    package var advice: String {
        switch self {
        case .unknownOutcome:
            "Look in the Sent folder or ask the recipient, then: purr release EMAIL --as-sent, or --send-again."
        case .missingToken:
            "Give the contact the missing value (purr contact import), then: purr release EMAIL."
        case .tooLate:
            "Decide whether it still makes sense to write, then: purr release EMAIL, or purr unenroll EMAIL."
        case .doubtfulBounce:
            "Look at the report in the mailbox, then: purr release EMAIL, or purr unenroll EMAIL."
        case .doubtfulComplaint:
            "Look at the report in the mailbox, then: purr unenroll EMAIL, or purr release EMAIL."
        case .loop: "Automatic mails answer each other: purr unenroll EMAIL, or purr release EMAIL."
        case .challenge: "Answer the challenge by hand, then: purr release EMAIL."
        case .senderTookOver:
            "You wrote to them yourself: purr release EMAIL to go on, or purr unenroll EMAIL."
        case .unreadableMessage:
            "Read their message in the mailbox, then: purr release EMAIL, or purr unenroll EMAIL."
        case .approval:
            "Look at the mail (purr review EMAIL), then: purr approve EMAIL, or purr unenroll EMAIL."
        case .recentConversation:
            "You have written with them lately: purr release EMAIL to go on all the same, or purr unenroll EMAIL."
        case .aliasRefused:
            "Let the provider allow the alias, then: purr release EMAIL; or enroll them again from another address."
        case .recovered:
            "Look in Sent whether the step went out, then: purr release EMAIL to send it, or purr unenroll EMAIL."
        case .awayTooLong:
            "They are away for more than a month: purr release EMAIL when it suits, or purr unenroll EMAIL."
        }
    }
}
