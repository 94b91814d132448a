package import PurrMail

/// What sets a workflow off, and what it does (spec S6.2).
package struct Workflow: Hashable, Sendable, Codable {
    package var trigger: Trigger
    package var action: Action

    package init(trigger: Trigger, action: Action) {
        self.trigger = trigger
        self.action = action
    }

    package enum Trigger: Hashable, Sendable, Codable {
        /// Somebody submits this form; nil for any form.
        case form(String?)
        /// Somebody known by the token of a clicked link looks at a page.
        case page(URLCondition)
    }

    package enum Action: Hashable, Sendable, Codable {
        /// Ends what is under way for them in the sequence.
        case unenroll
        case enroll(Enrolling)
    }

    /// How a workflow enrolls.
    package struct Enrolling: Hashable, Sendable, Codable {
        /// The mailbox that sends.
        package var mailbox: EmailAddress
        /// The from-address; nil for the mailbox's own.
        package var from: EmailAddress?
        /// Minutes between the trigger and the enrollment, 0 to ``longestDelay``.
        package var delay: Int
        /// Also those who have been through the sequence before.
        package var isAgain: Bool

        package init(
            mailbox: EmailAddress, from: EmailAddress? = nil, delay: Int = 0, isAgain: Bool = false
        ) {
            self.mailbox = mailbox
            self.from = from
            self.delay = delay
            self.isAgain = isAgain
        }

        /// A year, in minutes.
        package static let longestDelay = 525_600
    }

    package enum State: String, Hashable, Sendable, Codable, CaseIterable {
        /// Never ran.
        case draft
        case on
        case off
    }

    /// Whether that sets it off.
    package func isSetOff(by occurrence: Occurrence) -> Bool {
        switch (trigger, occurrence) {
        case (.form(let chosen), .form(let id)): chosen == nil || chosen == id
        case (.page(let condition), .page(let url)): condition.holds(for: url)
        default: false
        }
    }

    /// What can set off a workflow.
    package enum Occurrence: Hashable, Sendable {
        /// A form was submitted.
        case form(String)
        /// A page was looked at.
        case page(String)
    }
}

/// A workflow under its name, as a sequence file says it.
package struct NamedWorkflow: Hashable, Sendable {
    package var name: String
    package var state: Workflow.State
    package var workflow: Workflow

    package init(name: String, state: Workflow.State, workflow: Workflow) {
        self.name = name
        self.state = state
        self.workflow = workflow
    }
}
