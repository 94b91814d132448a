/// What is wrong with one step of a sequence.
package struct StepProblem: Error, Hashable, Sendable {
    /// The step's place, counted from 0; nil when the sequence as a whole is meant.
    package let index: Int?
    /// One sentence: what is wrong and what to do.
    package let text: String
}

extension StepProblem: CustomStringConvertible {
    package var description: String { text }
}

/// What is wrong with these steps, in their order (spec S1.1, S1.2, S1.6, S1.7); empty when nothing is.
///
/// - Parameters:
///   - templateLimit: The most e-mail templates one sequence may use.
///   - withoutSubject: The templates that have no subject, which only a reply can do without.
package func problems(
    in steps: [Step], templateLimit: Int = 10, withoutSubject: Set<String> = []
) -> [StepProblem] {
    guard !steps.isEmpty else {
        return [StepProblem(index: nil, text: "The sequence has no steps; add an e-mail or a task.")]
    }
    var problems: [StepProblem] = []
    var seen: [StepID: Int] = [:]
    for (index, step) in steps.enumerated() {
        var complaints: [String] = []
        if let twin = seen[step.id] {
            complaints.append(
                "Steps \(twin + 1) and \(index + 1) have the same id \"\(step.id)\"; give one of them another."
            )
        }
        complaints += delayComplaint(of: step, at: index, after: index == 0 ? nil : steps[index - 1])
        if let answered = step.email?.replyTo {
            complaints += replyComplaint(of: index, to: answered, in: steps, seen: seen)
        } else if let template = step.template, withoutSubject.contains(template) {
            complaints.append(
                "Step \(index + 1) starts a thread, so its template \"\(template)\" needs a subject.")
        }
        problems += complaints.map { StepProblem(index: index, text: $0) }
        seen[step.id] = seen[step.id] ?? index
    }
    let templates = Set(steps.compactMap(\.template))
    if templates.count > templateLimit {
        problems.append(
            StepProblem(
                index: nil,
                text:
                    "The sequence uses \(templates.count) e-mail templates; \(templateLimit) is the limit.")
        )
    }
    return problems
}

private func delayComplaint(of step: Step, at index: Int, after previous: Step?) -> [String] {
    guard (0...90).contains(step.delay) else {
        return ["Step \(index + 1) waits \(step.delay) days; a delay is 0 to 90 days."]
    }
    guard let previous else {
        return step.delay == 0
            ? [] : ["Step 1 goes when the enrollment starts, so it takes no delay; remove its delay."]
    }
    guard step.delay == 0, step.kind == .email, previous.email != nil else { return [] }
    return ["Step \(index + 1) is an e-mail after an e-mail, so it has to wait at least 1 day."]
}

private func replyComplaint(
    of index: Int, to answered: StepID, in steps: [Step], seen: [StepID: Int]
) -> [String] {
    if let earlier = seen[answered] {
        return steps[earlier].email != nil
            ? [] : ["Step \(index + 1) replies to step \(earlier + 1), which is not an e-mail."]
    }
    if steps[index].id == answered {
        return ["Step \(index + 1) replies to itself; name an e-mail step before it."]
    }
    if let later = steps.firstIndex(where: { $0.id == answered }) {
        return ["Step \(index + 1) replies to step \(later + 1), which comes later; name one before it."]
    }
    return ["Step \(index + 1) replies to \"\(answered)\", and there is no such step before it."]
}
