internal import Foundation
internal import PurrMail
internal import PurrSequences

/// A person written to, and how they behave.
struct Prospect: Sendable {
    enum Behaviour: String, CaseIterable, Sendable {
        case silent
        // A person answers, in every way that answers come.
        case repliesInThread, repliesByReferencesOnly, repliesWithNewSubject, repliesFromElsewhere
        case repliesIntoFolder, repliesThenMoved, repliesToTrash, repliesIntoJunk, repliesLate, repliesTwice
        /// A gateway on the way writes ids in small letters.
        case repliesWithFoldedIDs
        case ambushesNextStep
        /// From elsewhere, and their own mail program names no id but the thread's first.
        case repliesToRootFromElsewhere
        // A machine answers first.
        case outOfOffice, outOfOfficeThenReplies, awayForLong, reusesMessageID, twoMailsOfOneID
        case acknowledgesByTicket, automaton, challenges
        // By calendar.
        case invites, acceptsMeeting, declinesMeeting
        // They want no more, or are gone.
        case optsOut, optsOutByHeader, complains, leftTheCompany
        // Reports.
        case doesNotExist, refusedAtOnce, delayed, readsIt
        // Somebody else forges mail about them.
        case bounceIsForged, bounceIsForgedWithID, complaintIsForged

        /// Whether their first answer must end what is under way for them.
        var answers: Bool {
            switch self {
            case .repliesInThread, .repliesByReferencesOnly, .repliesWithNewSubject, .repliesFromElsewhere,
                .repliesIntoFolder, .repliesThenMoved, .repliesToTrash, .repliesIntoJunk, .repliesLate,
                .repliesTwice, .repliesWithFoldedIDs, .ambushesNextStep, .repliesToRootFromElsewhere,
                .outOfOfficeThenReplies, .reusesMessageID, .twoMailsOfOneID, .invites, .acceptsMeeting,
                .declinesMeeting:
                true
            default: false
            }
        }
    }

    let address: EmailAddress
    let behaviour: Behaviour
    let company: String
    /// The step whose mail they react to, from 1.
    let reactsTo: Int
    /// How long they take.
    let reactsAfter: TimeInterval
    /// When they were last enrolled.
    var enrolledAt: Date

    /// A message that ends their sequence, and where it came in.
    struct Stop: Sendable {
        let at: Date
        let mailbox: MailboxID
    }

    /// What the mailbox has received from or about them that must stop the sequence, by arrival.
    var stops: [Stop] = []
    /// Persons' replies alone, calendars included.
    var replies: [Date] = []
    var hasBounced = false
    var hasOptedOut = false
    var hasComplained = false
    var hasLeft = false
    var isRefused: Bool { behaviour == .refusedAtOnce }
    /// The server has refused the address to somebody who wrote to it.
    var wasRefused = false
}

/// A mail as its recipient sees it.
struct ReceivedMail: Sendable {
    let messageID: MessageID
    let references: [MessageID]
    let subject: String
    let sender: EmailAddress
    let recipient: EmailAddress
    let step: Int
    let bytes: [UInt8]
}
