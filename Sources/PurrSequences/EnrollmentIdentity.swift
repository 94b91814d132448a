/// A row's identity, typed by what it identifies so that two of them cannot be confused.
package struct Identifier<Subject>: RawRepresentable, Hashable, Comparable, Sendable, Codable {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension Identifier: CustomStringConvertible {
    package var description: String { String(rawValue) }
}

/// What a ``MailboxID`` identifies: a connected personal inbox.
package enum MailboxSubject {}
/// What a ``ContactID`` identifies: a person written to.
package enum ContactSubject {}
/// What a ``SequenceID`` identifies: steps and settings under one name.
package enum SequenceSubject {}
/// What an ``EnrollmentID`` identifies: one contact going through one sequence.
package enum EnrollmentSubject {}
/// What a ``JournalID`` identifies: the journal's record of one step's mail.
package enum JournalSubject {}
/// What an ``InboundID`` identifies: one message that concerns us.
package enum InboundSubject {}
/// What a ``TaskID`` identifies: one piece of work for a human.
package enum TaskSubject {}
/// What a ``UserID`` identifies: a person who works with Purr.
package enum UserSubject {}
/// What a ``NoticeID`` identifies: a mail of Purr to one of its users.
package enum NoticeSubject {}
/// What a ``WorkflowID`` identifies: a trigger with what it does.
package enum WorkflowSubject {}
/// What a ``WorkflowRunID`` identifies: what a workflow did, or is to do, about one signal.
package enum WorkflowRunSubject {}
/// What a ``SignalID`` identifies: a form, a page view or a meeting that came in.
package enum SignalSubject {}

package typealias MailboxID = Identifier<MailboxSubject>
package typealias ContactID = Identifier<ContactSubject>
package typealias SequenceID = Identifier<SequenceSubject>
package typealias EnrollmentID = Identifier<EnrollmentSubject>
package typealias JournalID = Identifier<JournalSubject>
package typealias InboundID = Identifier<InboundSubject>
package typealias TaskID = Identifier<TaskSubject>
package typealias UserID = Identifier<UserSubject>
package typealias NoticeID = Identifier<NoticeSubject>
package typealias WorkflowID = Identifier<WorkflowSubject>
package typealias WorkflowRunID = Identifier<WorkflowRunSubject>
package typealias SignalID = Identifier<SignalSubject>
