import PurrMail
import PurrSequences
import Testing

@testable import PurrFiles

@Suite("A behaviour file")
struct BehaviourFileTests {
    static let steps = [
        Step(id: StepID(rawValue: "a"), delay: 0, action: .email(EmailStep(template: "a"))),
        Step(id: StepID(rawValue: "t"), delay: 1, action: .task(TaskStep(kind: .call, title: "Call"))),
        Step(
            id: StepID(rawValue: "m"), delay: 1,
            action: .task(TaskStep(kind: .manualEmail, title: "Write", email: EmailStep(template: "m")))),
    ]
    static let contacts = ["ola@example.com", "kari@example.com"].compactMap { EmailAddress($0) }

    static func read(_ text: String) throws(FileProblem) -> BehaviourDocument {
        try BehaviourFile.read(text, name: "who.yaml", contacts: contacts, steps: steps)
    }

    @Test("says who does what")
    func reads() throws {
        let document = try Self.read(
            """
            OLA@example.com: { replies: { step: 3, after: "2 days" } }
            kari@example.com:
              away: { step: 1, until: 2026-12-20 }
              replies: { step: 1 }
              tasks: skipped
              after: "90 minutes"
            "*": { tasks: never }
            """)
        let ola = document.behaviour(of: Self.contacts[0])
        #expect(ola.reactions == [Behaviour.Reaction(.replies, step: 3, after: 2 * 86_400)])
        #expect(ola.tasks == .done)
        #expect(ola.tasksAfter == nil)
        let kari = document.behaviour(of: Self.contacts[1])
        #expect(
            kari.reactions == [
                Behaviour.Reaction(.away, step: 1, after: 60, until: LocalDay("2026-12-20")),
                Behaviour.Reaction(.replies, step: 1, after: 3_600),
            ])
        #expect(kari.tasks == .skipped)
        #expect(kari.tasksAfter == 5_400)
        let other = try #require(EmailAddress("per@example.com"))
        #expect(document.behaviour(of: other).tasks == .never)
    }

    struct Bad: CustomTestStringConvertible, Sendable {
        var testDescription: String { text }
        var text: String
        var line: Int
        var words: String
    }

    @Test(
        "complains in one sentence with the line",
        arguments: [
            Bad(text: "ola@exmaple.com: { tasks: done }", line: 1, words: "did you mean ola@example.com?"),
            Bad(
                text: "\"*\": {}\nper@elsewhere.test: { tasks: done }", line: 2,
                words: "none of the contacts"),
            Bad(text: "ola: { tasks: done }", line: 1, words: "neither an e-mail address nor"),
            Bad(
                text: "ola@example.com: { tasks: done }\nOla@example.com: { tasks: done }", line: 2,
                words: "stands twice"),
            Bad(
                text: "ola@example.com:\n  repies: { step: 1 }", line: 2, words: "did you mean \"replies\"?"
            ),
            Bad(text: "ola@example.com:\n  replies: { stop: 1 }", line: 2, words: "did you mean \"step\"?"),
            Bad(text: "ola@example.com:\n  replies: { step: 4 }", line: 2, words: "steps 1 to 3"),
            Bad(text: "ola@example.com:\n  replies: { step: 2 }", line: 2, words: "Step 2 is no e-mail"),
            Bad(text: "ola@example.com:\n  replies: { step: one }", line: 2, words: "a whole number"),
            Bad(
                text: "ola@example.com:\n  replies: { step: 1, after: soon }", line: 2,
                words: "as in \"1 day\""),
            Bad(
                text: "ola@example.com:\n  replies: { step: 1, after: \"-1 day\" }", line: 2,
                words: "as in \"1 day\""),
            Bad(text: "ola@example.com:\n  away: { step: 1 }", line: 2, words: "the day of the return"),
            Bad(
                text: "ola@example.com:\n  away: { step: 1, until: 2026-02-30 }", line: 2,
                words: "should be a day"),
            Bad(
                text: "ola@example.com:\n  replies: { step: 1, until: 2026-12-20 }", line: 2,
                words: "Unknown key \"until\""),
            Bad(text: "ola@example.com:\n  tasks: doen", line: 2, words: "did you mean \"done\"?"),
            Bad(text: "ola@example.com: 3", line: 1, words: "keys with values"),
            Bad(text: "- ola@example.com", line: 1, words: "keys with values"),
        ])
    func complains(_ bad: Bad) {
        let problem = #expect(throws: FileProblem.self) { try Self.read(bad.text) }
        #expect(problem?.line == bad.line)
        #expect(problem?.text.contains(bad.words) == true, "\(problem?.text ?? "")")
    }
}
