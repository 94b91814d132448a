import PurrSequences
import Testing

@Suite("Editing steps")
struct StepPlanTests {
    private func email(_ id: String, after delay: Int = 0, replyTo: String? = nil) -> Step {
        Step(
            id: StepID(rawValue: id), delay: delay,
            action: .email(
                EmailStep(template: id, replyTo: replyTo.map { StepID(rawValue: $0) })))
    }

    private func call(_ id: String, after delay: Int = 0) -> Step {
        Step(id: StepID(rawValue: id), delay: delay, action: .task(TaskStep(kind: .call, title: id)))
    }

    private var plan: StepPlan {
        StepPlan([
            email("hello"), email("nudge", after: 3, replyTo: "hello"), call("ring", after: 1),
            email("bye", after: 5, replyTo: "nudge"),
        ])
    }

    private func id(_ text: String) -> StepID { StepID(rawValue: text) }

    @Test("S1.7: a step keeps its id when it is moved, and so do the others")
    func moveKeepsIDs() throws {
        var plan = plan
        try plan.move(id("ring"), to: 3)
        #expect(plan.steps.map(\.id.rawValue) == ["hello", "nudge", "bye", "ring"])
        #expect(plan.steps[2].email?.replyTo == id("nudge"))
    }

    @Test("S1.7: deleting what another step replies to is refused with the reason, and nothing changes")
    func deleteRefused() {
        var plan = plan
        let refusal = #expect(throws: StepPlan.Refusal.self) { try plan.delete(id("nudge")) }
        #expect(refusal?.text.contains("bye") == true && refusal?.text.contains("--new-thread") == true)
        #expect(plan == self.plan)
    }

    @Test("S1.7: a refusal names the step that replies by its number before the change")
    func refusalNumbers() {
        var plan = plan
        let deleted = #expect(throws: StepPlan.Refusal.self) { try plan.delete(id("nudge")) }
        #expect(deleted?.text.hasPrefix("Step 4 (bye) replies to") == true)
        let moved = #expect(throws: StepPlan.Refusal.self) { try plan.move(id("bye"), to: 0) }
        #expect(moved?.text.hasPrefix("Step 4 (bye) replies to") == true)
        #expect(plan == self.plan)
    }

    @Test("S1.7: moving a step behind one that replies to it is refused with the reason")
    func moveRefused() {
        var plan = plan
        #expect(throws: StepPlan.Refusal.self) { try plan.move(id("nudge"), to: 3) }
        #expect(throws: StepPlan.Refusal.self) { try plan.move(id("bye"), to: 0) }
        #expect(plan == self.plan)
    }

    @Test("S1.7: it is repaired as the user says: another thread, or one of their own")
    func repaired() throws {
        var plan = plan
        try plan.delete(id("nudge"), repair: .answers(id("hello")))
        #expect(plan.steps.last?.email?.replyTo == id("hello"))
        plan = self.plan
        try plan.delete(id("nudge"), repair: .newThread)
        #expect(plan.steps.last?.email?.replyTo == nil)
        #expect(plan.notes.count == 1)
        plan = self.plan
        try plan.move(id("nudge"), to: 3, repair: .answers(id("hello")))
        #expect(plan.steps.map(\.id.rawValue) == ["hello", "ring", "bye", "nudge"])
        #expect(plan.steps[2].email?.replyTo == id("hello"))
    }

    @Test("S1.7: a repair that leads nowhere is refused as well", arguments: ["bye", "ring", "nowhere"])
    func badRepair(target: String) {
        var plan = plan
        #expect(throws: StepPlan.Refusal.self) {
            try plan.delete(id("nudge"), repair: .answers(id(target)))
        }
        #expect(plan == self.plan)
    }

    @Test("S1.2: the first step takes no delay, whichever it becomes")
    func firstStep() throws {
        var plan = StepPlan([email("a"), email("b", after: 4), email("c", after: 2)])
        try plan.move(id("b"), to: 0)
        #expect(plan.steps.map(\.id.rawValue) == ["b", "a", "c"])
        #expect(plan.steps.map(\.delay) == [0, 4, 2])
        try plan.delete(id("b"))
        #expect(plan.steps.map(\.delay) == [0, 2])
        try plan.insert(email("new", after: 0), at: 0)
        #expect(plan.steps.map(\.delay) == [0, 1, 2])
    }

    @Test("S1.7: the only step is not deleted, and an id is not used twice")
    func limits() {
        var plan = StepPlan([email("a")])
        #expect(throws: StepPlan.Refusal.self) { try plan.delete(id("a")) }
        #expect(throws: StepPlan.Refusal.self) { try plan.insert(email("a", after: 1), at: 1) }
        #expect(throws: StepPlan.Refusal.self) { try plan.insert(email("b", after: 91), at: 1) }
        #expect(throws: StepPlan.Refusal.self) { try plan.move(id("b"), to: 0) }
    }
}
