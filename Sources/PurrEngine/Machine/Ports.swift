package import Foundation
package import PurrMail
package import PurrSequences

/// One thing to be done outside, decided by the machine and performed by whoever runs it.
///
/// An effect is a value: the machine performs nothing, and what it waits for it has made durable before.
package enum Effect: Hashable, Sendable {
    /// List all folders and read their status: one pass over the account (spec sending M3.1).
    case survey
    /// Find the first message that a folder received since.
    case locate(FolderName, UIDValidity, since: Date)
    /// Read the headers of a stretch of a folder.
    case readHeaders(FolderName, UIDValidity, after: UID, through: UID)
    /// Read messages up to a limit of bytes.
    case readMessages(FolderName, UIDValidity, [UID])
    /// Look for mail with one of these ids.
    case find([MessageID], in: [FolderName])
    /// Put a copy of a sent mail into a folder.
    case file(JournalID, bytes: [UInt8], FolderName, at: Date)
    /// Put a draft into Drafts, for the user to send (spec S1, manual e-mail).
    case fileDraft(JournalID, bytes: [UInt8], FolderName, at: Date)
    /// Put the note that holds the epoch into a folder, made where it is not there (spec sending M5.4).
    case fileNote([UInt8], FolderName, at: Date)
    /// Send a mail of Purr to its own user, from opening to the final dot: nothing stands in its way.
    case post(NoticeID, bytes: [UInt8], from: EmailAddress, to: EmailAddress)
    /// Open a transaction up to the server's 354.
    case open(JournalID, from: EmailAddress, to: EmailAddress, size: Int)
    /// Hand the message over, unless the time named has passed before the first byte went out.
    case deliver(JournalID, bytes: [UInt8], notAfter: Date)
    /// Break off after 354, without the final dot: the server drops the message (spec M3.2).
    case abandon
}

/// What came of an ``Effect``.
package enum Outcome: Sendable {
    case surveyed([SurveyedFolder])
    case located(FolderReading<UID?>)
    case headers(FolderReading<HeaderSlice>)
    case messages(FolderReading<[FetchedMessage]>)
    /// The folder in which one of the ids was found; nil when in none.
    case found(FolderName?)
    case filed(FilingVerdict)
    case opened(OpeningVerdict)
    case delivered(DeliveryVerdict)
    case posted(PostingVerdict)
    case abandoned
    /// The mailbox's IMAP side could not be used.
    case failed(MailServerFailure)
}

/// What became of a message that was to be put into a folder.
package enum FilingVerdict: Hashable, Sendable {
    /// It lies there; where, if the server said so.
    case taken(AppendedUID?)
    /// The server's words.
    case refused(String)
}

/// What became of a mail that was opened and handed over in one go.
package enum PostingVerdict: Sendable {
    /// It did not come to the final dot.
    case notOpened(OpeningVerdict)
    case delivered(DeliveryVerdict)
}

/// What the machine wants next.
package enum MachineStep: Sendable {
    case perform(Effect)
    /// Nothing to do before that instant, unless something changes; nil when only a change can help.
    case wait(until: Date?)
}
