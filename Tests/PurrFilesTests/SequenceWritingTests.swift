import PurrFiles
import PurrMail
import PurrSequences
import Testing

@Suite("Writing sequence files")
struct SequenceWritingTests {
    private func address(_ text: String) throws -> EmailAddress { try #require(EmailAddress(text)) }

    @Test("what was written is read as the same sequence, whatever it holds")
    func roundTrip() throws {
        var settings = SequenceSettings()
        settings.followUpDays = .businessDays
        settings.holidays = [try #require(LocalDay("2026-12-24"))]
        settings.calendars = ["norway", "our own: days"]
        settings.sendWindow = try #require(SendWindow("09:30-16:00"))
        settings.sendTime = .sameTime
        settings.isTransactional = true
        settings.quotesEarlier = true
        settings.companyReplyStops = true
        settings.companyMeetingStops = true
        settings.taskReminder = 8 * 60 + 5
        settings.holdout = 20
        settings.awayDays = 7
        settings.tracking = .clicks
        settings.campaign = "Spring: \"new\" #1"
        let first = StepID(rawValue: "1")
        let steps = [
            Step(id: first, delay: 0, action: .email(EmailStep(template: "2026"))),
            Step(
                id: StepID(rawValue: "yes"), delay: 3,
                action: .email(EmailStep(template: "- nudge: x", replyTo: first))),
            Step(
                id: StepID(rawValue: "call"), delay: 1,
                action: .task(
                    TaskStep(
                        kind: .call, title: "Call {{contact.firstName}} \\ \"now\"",
                        priority: .high,
                        queue: "Monday", notes: "Ask:\n- one\n\n\ttwo 🙂", holds: true))),
            Step(
                id: StepID(rawValue: "by hand"), delay: 0,
                action: .task(
                    TaskStep(
                        kind: .manualEmail, title: "Write",
                        email: EmailStep(template: "nudge", replyTo: StepID(rawValue: "yes"))))),
            Step(
                id: StepID(rawValue: "todo"), delay: 90,
                action: .task(TaskStep(kind: .general, title: "true"))),
        ]
        let condition = try URLConditionReader.read(#"contains "/a*b" and not (is "x" or ends with "\"")"#)
        let workflows = [
            NamedWorkflow(
                name: "any", state: .on,
                workflow: Workflow(
                    trigger: .form(nil),
                    action: .enroll(
                        Workflow.Enrolling(
                            mailbox: try address("sam@example.org"), from: try address("sales@example.org"),
                            delay: 30, isAgain: true)))),
            NamedWorkflow(
                name: "off", state: .off, workflow: Workflow(trigger: .page(condition), action: .unenroll)),
            NamedWorkflow(
                name: "demo", state: .draft,
                workflow: Workflow(
                    trigger: .form("demo form"),
                    action: .enroll(Workflow.Enrolling(mailbox: try address("sam@example.org"))))),
        ]
        let written = SequenceDocument(
            name: "intro: \"the\" first", settings: settings, steps: steps, version: 7,
            automation: workflows)
        let text = SequenceFile.text(of: written)
        let read = try SequenceFile.read(text, name: "intro.yaml")
        #expect(read.name == written.name && read.version == 7)
        #expect(read.settings == settings)
        #expect(read.steps == steps)
        #expect(read.automation == workflows)
        #expect(SequenceFile.text(of: read) == text)
    }

    @Test("a plain sequence is written plainly")
    func plain() throws {
        let text = """
            name: intro
            steps:
              - email: hello
                id: hello
              - email: nudge
                id: nudge
                after: 3
                replyTo: hello

            """
        #expect(SequenceFile.text(of: try SequenceFile.read(text, name: "intro.yaml")) == text)
    }

    struct Bad: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let automation: String
        let words: String
    }

    @Test(
        "S6.2: automation that is none is refused with its line",
        arguments: [
            Bad(testDescription: "no list", automation: "yes", words: "list"),
            Bad(testDescription: "no name", automation: "[{ form: a, unenroll: true }]", words: "name"),
            Bad(testDescription: "no trigger", automation: "[{ name: a, unenroll: true }]", words: "form"),
            Bad(
                testDescription: "two triggers",
                automation: #"[{ name: a, form: b, page: 'is "x"', unenroll: true }]"#, words: "one of"),
            Bad(testDescription: "no action", automation: "[{ name: a, form: b }]", words: "what it does"),
            Bad(
                testDescription: "two actions",
                automation: "[{ name: a, form: b, unenroll: true, enroll: a@b.test }]",
                words: "what it does"),
            Bad(
                testDescription: "no address", automation: "[{ name: a, form: b, enroll: sam }]",
                words: "mailboxes"),
            Bad(
                testDescription: "no condition",
                automation: "[{ name: a, page: '/pricing', unenroll: true }]", words: "contains"),
            Bad(
                testDescription: "delay without enrolling",
                automation: "[{ name: a, form: b, unenroll: true, delay: 3 }]", words: "enroll"),
            Bad(
                testDescription: "no state",
                automation: "[{ name: a, form: b, unenroll: true, state: maybe }]", words: "draft"),
            Bad(
                testDescription: "twice",
                automation: "[{ name: a, form: b, unenroll: true }, { name: a, form: c, unenroll: true }]",
                words: "Two workflows"),
        ])
    func bad(_ bad: Bad) {
        let text = "name: intro\nsteps:\n  - email: hello\nautomation: \(bad.automation)\n"
        let problem = #expect(throws: FileProblem.self) { try SequenceFile.read(text, name: "a.yaml") }
        #expect(problem?.text.contains(bad.words) == true, "\(problem?.text ?? "")")
        #expect(problem?.line == 4)
    }
}
