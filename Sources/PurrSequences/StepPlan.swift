/// The steps of a sequence while they are edited (spec S1.7).
///
/// Each change is refused or done whole. What others reply to is neither deleted nor moved behind them, unless it
/// is said what becomes of those replies.
package struct StepPlan: Hashable, Sendable {
    package private(set) var steps: [Step]
    /// What else had to change, in words.
    package private(set) var notes: [String] = []

    package init(_ steps: [Step]) { self.steps = steps }

    /// What becomes of the steps whose reply would lead nowhere.
    package enum Repair: Hashable, Sendable {
        /// They reply to this earlier e-mail instead.
        case answers(StepID)
        /// They start a thread of their own.
        case newThread
    }

    /// Why a change is not made.
    package struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        /// One sentence.
        package let text: String
        package var description: String { text }

        package init(_ text: String) { self.text = text }
    }

    /// The step's place, from 0.
    package func index(of id: StepID) -> Int? { steps.firstIndex { $0.id == id } }

    /// Puts a new step at a place.
    ///
    /// - Parameter index: From 0; the number of steps for the end.
    package mutating func insert(_ step: Step, at index: Int) throws(Refusal) {
        guard (0...steps.count).contains(index) else {
            throw Refusal(
                "There are steps 1 to \(steps.count); a new one can stand at 1 to \(steps.count + 1).")
        }
        guard self.index(of: step.id) == nil else {
            throw Refusal("There is a step \"\(step.id)\" already; give the new one another id.")
        }
        try change(repair: nil) { $0.insert(step, at: index) }
    }

    /// Moves a step to a place.
    ///
    /// - Parameter index: From 0, as counted afterwards.
    package mutating func move(_ id: StepID, to index: Int, repair: Repair? = nil) throws(Refusal) {
        guard let old = self.index(of: id) else { throw Self.unknown(id) }
        guard steps.indices.contains(index) else {
            throw Refusal("There are steps 1 to \(steps.count); \"\(id)\" cannot be moved to \(index + 1).")
        }
        guard old != index else { throw Refusal("\"\(id)\" is step \(index + 1) already.") }
        try change(repair: repair) { $0.insert($0.remove(at: old), at: index) }
    }

    package mutating func delete(_ id: StepID, repair: Repair? = nil) throws(Refusal) {
        guard let old = index(of: id) else { throw Self.unknown(id) }
        guard steps.count > 1 else {
            throw Refusal("\"\(id)\" is the only step; a sequence needs one.")
        }
        try change(repair: repair) { $0.remove(at: old) }
    }

    /// Puts another step in the place of one; it keeps the id.
    package mutating func replace(_ id: StepID, with step: Step, repair: Repair? = nil) throws(Refusal) {
        guard let old = index(of: id) else { throw Self.unknown(id) }
        try change(repair: repair) {
            $0[old] = Step(id: id, delay: step.delay, action: step.action)
        }
    }

    private static func unknown(_ id: StepID) -> Refusal { Refusal("There is no step \"\(id)\".") }

    private mutating func change(repair: Repair?, _ body: (inout [Step]) -> Void) throws(Refusal) {
        var plan = self
        let before = steps
        body(&plan.steps)
        plan.settleDelays(before: before)
        try plan.settleReplies(repair, before: before)
        if let problem = problems(in: plan.steps, templateLimit: .max).first {
            throw Refusal(problem.text)
        }
        self = plan
    }

    /// The first step goes at once; the one that was first takes over the delay that is free.
    private mutating func settleDelays(before: [Step]) {
        guard let first = steps.first, let former = before.first, first.id != former.id else { return }
        if first.delay != 0 {
            steps[0] = first.with(delay: 0)
            notes.append("Step 1 (\(first.id)) goes at the start now, without its delay of \(first.delay).")
        }
        guard let index = index(of: former.id), index > 0, steps[index].delay == 0,
            steps[index].kind == .email, steps[index - 1].email != nil
        else { return }
        steps[index] = steps[index].with(delay: max(1, first.delay))
        notes.append("Step \(index + 1) (\(former.id)) waits \(max(1, first.delay)) now.")
    }

    private mutating func settleReplies(_ repair: Repair?, before: [Step]) throws(Refusal) {
        for (index, step) in steps.enumerated() {
            guard let answered = step.email?.replyTo else { continue }
            let target = self.index(of: answered)
            guard target.map({ $0 >= index || steps[$0].email == nil }) ?? true else { continue }
            guard before.contains(where: { $0.id == answered }), answered != step.id else { continue }
            let why =
                target == nil
                ? "would be gone"
                : steps[target ?? 0].email == nil ? "would be no e-mail" : "would come later"
            switch repair {
            case nil:
                // Named as the user sees it, before the change.
                let number = (before.firstIndex { $0.id == step.id } ?? index) + 1
                throw Refusal(
                    "Step \(number) (\(step.id)) replies to \"\(answered)\", which \(why). Say what it does instead: --replies-to N, or --new-thread."
                )
            case .newThread:
                steps[index] = step.with(replyTo: nil)
                notes.append("Step \(index + 1) (\(step.id)) starts a thread of its own now.")
            case .answers(let other):
                steps[index] = step.with(replyTo: other)
                notes.append("Step \(index + 1) (\(step.id)) replies to \"\(other)\" now.")
            }
        }
    }
}

extension Step {
    /// The same step with another delay, in eligible days.
    package func with(delay: Int) -> Step { Step(id: id, delay: delay, action: action) }

    /// The same step in another thread; what is no e-mail stays as it is.
    package func with(replyTo: StepID?) -> Step { with(template: nil, replyTo: replyTo) }

    /// The same step with another template; what is no e-mail stays as it is.
    package func with(template: String) -> Step {
        with(template: template, replyTo: email?.replyTo)
    }

    private func with(template: String?, replyTo: StepID?) -> Step {
        guard let email else { return self }
        let changed = EmailStep(template: template ?? email.template, replyTo: replyTo)
        guard let task else { return Step(id: id, delay: delay, action: .email(changed)) }
        return Step(
            id: id, delay: delay,
            action: .task(
                TaskStep(
                    kind: task.kind, title: task.title, priority: task.priority, queue: task.queue,
                    notes: task.notes, holds: task.holds, email: changed)))
    }
}
