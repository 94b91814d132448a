package import PurrMail
package import PurrSequences
import Yams

/// What the people in a rehearsal do: the contacts, and the user at their tasks.
package struct BehaviourDocument: Hashable, Sendable {
    /// By ``PurrMail/EmailAddress/key``.
    package var contacts: [String: Behaviour] = [:]
    /// What everybody else does.
    package var others: Behaviour?

    package init() {}

    package func behaviour(of contact: EmailAddress) -> Behaviour {
        contacts[contact.key] ?? others ?? Behaviour()
    }
}

/// What one contact does, and what the user does with the tasks about them.
package struct Behaviour: Hashable, Sendable {
    package var reactions: [Reaction] = []
    package var tasks = TaskHabit.done
    /// Seconds from a task's making to when it is done or skipped; nil for when it falls due.
    package var tasksAfter: Double?

    package init() {}

    /// What comes back when the mail of a step has reached the contact.
    package struct Reaction: Hashable, Sendable {
        package let kind: Kind
        /// From 1.
        package let step: Int
        /// Seconds.
        package let after: Double
        /// For ``Kind/away``: the day of the return.
        package var until: LocalDay?

        package init(_ kind: Kind, step: Int, after: Double, until: LocalDay? = nil) {
            self.kind = kind
            self.step = step
            self.after = after
            self.until = until
        }
    }

    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case replies, bounces, away, unsubscribes, meeting

        /// Machines answer at once, people in an hour.
        fileprivate var usualDelay: Double { self == .bounces || self == .away ? 60 : 3_600 }
    }

    package enum TaskHabit: String, Hashable, Sendable, CaseIterable { case done, skipped, never }
}

/// Reads how the people in a rehearsal behave.
///
/// ```yaml
/// ola@example.com: { replies: { step: 2, after: "1 day" } }
/// kari@example.com:
///   away: { step: 1, until: 2026-12-20 }
///   tasks: skipped
/// "*": { tasks: done, after: "2 hours" }
/// ```
package enum BehaviourFile {
    /// - Parameters:
    ///   - name: The file's name, for complaints.
    ///   - contacts: Who may be named.
    ///   - steps: The sequence's, so that nobody reacts to a mail that is never sent.
    package static func read(
        _ text: String, name: String, contacts: [EmailAddress], steps: [Step]
    ) throws(FileProblem) -> BehaviourDocument {
        let reader = YAMLReader(file: name)
        let known = Set(contacts.map(\.key))
        var document = BehaviourDocument()
        for entry in try reader.entries(
            of: try reader.root(of: FileText(text).text), in: "a behaviour file")
        {
            let behaviour = try behaviour(entry, reader, steps: steps)
            if entry.key == "*" {
                document.others = behaviour
                continue
            }
            guard let address = EmailAddress(entry.key) else {
                throw reader.problem(
                    entry.line,
                    "\"\(quotable(entry.key))\" is neither an e-mail address nor \"*\" for everybody else.")
            }
            guard known.contains(address.key) else {
                let meant = nearest(to: entry.key, among: contacts.map(\.text)).map {
                    "did you mean \($0)?"
                }
                throw reader.problem(
                    entry.line,
                    "\(address) is none of the contacts; \(meant ?? "correct the address, or add it to the contact file.")"
                )
            }
            guard document.contacts.updateValue(behaviour, forKey: address.key) == nil else {
                throw reader.problem(
                    entry.line, "\(address) stands twice; write all that they do in one place.")
            }
        }
        return document
    }

    private static func behaviour(
        _ entry: YAMLReader.Entry, _ reader: YAMLReader, steps: [Step]
    ) throws(FileProblem) -> Behaviour {
        var behaviour = Behaviour()
        let keys = Behaviour.Kind.allCases.map(\.rawValue) + ["tasks", "after"]
        for entry in try reader.entries(of: entry.node, in: "what \(quotable(entry.key)) does", keys: keys)
        {
            if let kind = Behaviour.Kind(rawValue: entry.key) {
                behaviour.reactions.append(try reaction(kind, entry, reader, steps: steps))
            } else if entry.key == "tasks" {
                behaviour.tasks = try reader.choice(entry, of: Behaviour.TaskHabit.self)
            } else {
                behaviour.tasksAfter = try seconds(entry, reader)
            }
        }
        return behaviour
    }

    private static func reaction(
        _ kind: Behaviour.Kind, _ entry: YAMLReader.Entry, _ reader: YAMLReader, steps: [Step]
    ) throws(FileProblem) -> Behaviour.Reaction {
        var step = (number: 1, line: entry.line)
        var after = kind.usualDelay
        var until: LocalDay?
        let keys = ["step", "after"] + (kind == .away ? ["until"] : [])
        for entry in try reader.entries(of: entry.node, in: "\"\(kind.rawValue)\"", keys: keys) {
            switch entry.key {
            case "step": step = (try reader.number(entry), entry.line)
            case "after": after = try seconds(entry, reader)
            default:
                until = LocalDay(try reader.text(entry))
                guard until != nil else {
                    throw reader.problem(
                        entry.line, "\"until\" should be a day, as in \"until: 2026-12-20\".")
                }
            }
        }
        guard steps.indices.contains(step.number - 1) else {
            throw reader.problem(
                step.line, "There is no step \(step.number); the sequence has steps 1 to \(steps.count).")
        }
        guard steps[step.number - 1].email != nil else {
            throw reader.problem(
                step.line, "Step \(step.number) is no e-mail, so nothing comes back on it.")
        }
        if kind == .away, until == nil {
            throw reader.problem(
                entry.line, "\"away\" needs the day of the return, as in \"until: 2026-12-20\".")
        }
        return Behaviour.Reaction(kind, step: step.number, after: after, until: until)
    }

    private static let units: [String: Double] = [
        "second": 1, "minute": 60, "min": 60, "hour": 3_600, "day": 86_400, "week": 604_800,
    ]

    /// A length of time, as in `1 day` or `90 minutes`.
    private static func seconds(_ entry: YAMLReader.Entry, _ reader: YAMLReader) throws(FileProblem)
        -> Double
    {
        let words = try reader.text(entry).lowercased().split(separator: " ").map(String.init)
        guard words.count == 2, let count = Int(words[0]), (0...100_000).contains(count),
            let unit = units[words[1].hasSuffix("s") ? String(words[1].dropLast()) : words[1]]
        else {
            throw reader.problem(
                entry.line,
                "\"\(entry.key)\" should be a number and minutes, hours, days or weeks, as in \"1 day\".")
        }
        return Double(count) * unit
    }
}
