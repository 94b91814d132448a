internal import Foundation
package import PurrSequences
internal import PurrStore

/// What came of a sequence, of a campaign, or of all sequences (spec S7.1).
///
/// Each number counts enrollments, once for each thing that happened, however often; ending an enrollment or
/// deleting a contact or a sequence takes nothing away.
package struct SequenceReport: Sendable, Encodable {
    /// A number and its share.
    package struct Metric: Sendable, Encodable, Hashable {
        package let count: Int
        /// Of the enrollments or, in a step, of its executions: 0 to 1; null where there are none.
        @OrNull package var rate: Double?

        init(_ count: Int, of whole: Int) {
            self.count = count
            rate = whole > 0 ? Double(count) / Double(whole) : nil
        }
    }

    /// The numbers of S7.1, with what they are made from.
    package struct Totals: Sendable, Encodable, Hashable {
        package let contacts, enrolled, mailed, engaged, noResponse, opened, clicked, replied: Metric
        package let meetingsBooked, bounced, unsubscribed: Metric
        package let open, finished, unenrolled: Metric

        init(_ numbers: SequenceNumbers, contacts: Int) {
            let whole = numbers.enrolled
            func metric(_ count: Int) -> Metric { Metric(count, of: whole) }
            func metric(_ fact: Fact) -> Metric { Metric(numbers.facts[fact] ?? 0, of: whole) }
            self.contacts = metric(contacts)
            enrolled = metric(numbers.enrolled)
            mailed = metric(numbers.mailed)
            engaged = metric(numbers.engaged)
            noResponse = metric(numbers.noResponse)
            opened = metric(.opened)
            clicked = metric(.clicked)
            replied = metric(.replied)
            meetingsBooked = metric(.meetingBooked)
            bounced = metric(.bounced)
            unsubscribed = metric(.unsubscribed)
            open = metric(numbers.open)
            finished = metric(numbers.finished)
            unenrolled = metric(numbers.unenrolled)
        }
    }

    /// One step's numbers.
    package struct StepLine: Sendable, Encodable, Hashable {
        /// As people count in the present version, from 1; null for a step that it no longer has.
        @OrNull package var step: Int?
        package let stepId: String
        /// Null for a step that is gone.
        @OrNull package var kind: StepKind?
        package let executionCount: Int
        package let opened, clicked, replied, meetingsBooked, bounced, unsubscribed: Metric
        package let calls: Int
        package let tasksCompleted: Metric
        /// Of the tasks completed.
        package let onTimeTaskCompletion: Metric

        init(_ id: StepID, number: Int?, kind: StepKind?, _ numbers: StepNumbers) {
            func metric(_ fact: Fact) -> Metric {
                Metric(numbers.facts[fact] ?? 0, of: numbers.executions)
            }
            (stepId, step, self.kind) = (id.rawValue, number, kind)
            executionCount = numbers.executions
            opened = metric(.opened)
            clicked = metric(.clicked)
            replied = metric(.replied)
            meetingsBooked = metric(.meetingBooked)
            bounced = metric(.bounced)
            unsubscribed = metric(.unsubscribed)
            calls = numbers.calls
            tasksCompleted = Metric(numbers.tasksCompleted, of: numbers.executions)
            onTimeTaskCompletion = Metric(numbers.tasksOnTime, of: numbers.tasksCompleted)
        }
    }

    /// One sequence among several.
    package struct SequenceLine: Sendable, Encodable {
        package let sequence: String
        package let isDeleted: Bool
        /// Empty for none.
        package let campaign: String
        package let totals: Totals
    }

    /// A day or a week of enrolling.
    package struct Period: Sendable, Encodable, Hashable {
        package let from: String
        package let to: String
        package let enrolled: Int
        /// Of those enrolled in it, whenever they answered.
        package let replied: Int
    }

    /// How many wait before a step, and why.
    package struct StatusLine: Sendable, Encodable, Hashable {
        /// Null where the step is not of the present version.
        @OrNull package var step: Int?
        package let stepId: String
        package let state: EnrollmentReport.State
        /// A ``WaitReason`` or ``HoldReason``; null where it is due.
        @OrNull package var reason: String?
        package let count: Int
    }

    /// Whether openings and clicks were recorded at all.
    package enum Tracking: String, Sendable, Encodable { case on, off }

    /// Null for a report on several.
    @OrNull package var sequence: String?
    @OrNull package var campaign: String?
    /// The first day of enrolling that counts.
    @OrNull package var from: String?
    /// The last day of enrolling that counts.
    @OrNull package var to: String?
    /// Whose days they are.
    package let zone: String
    package let tracking: Tracking
    package let totals: Totals
    /// Empty for a report on several sequences.
    package let steps: [StepLine]
    /// Empty for a report on one sequence.
    package let sequences: [SequenceLine]
    package let overTime: [Period]
    package let status: [StatusLine]
    /// Unenrolled, by ``EndReason``.
    package let endReasons: [String: Int]
    /// What minutes chosen by the model brought, against those kept for comparison.
    package let minutes: MinuteReport
}

/// What a report is to be about.
package struct ReportRequest: Sendable {
    /// One sequence, also one that was deleted; nil for several.
    package var sequence: String?
    /// The sequences of a campaign (spec S2.7); nil for all.
    package var campaign: String?
    /// The days of enrolling that count, both ends included.
    package var from: LocalDay?
    package var to: LocalDay?
    /// Whose days.
    package var zone: Zone
    /// Who looks; nil for the keeper of the data folder.
    package var user: String?

    package init(zone: Zone) { self.zone = zone }
}
