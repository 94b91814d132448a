import PurrSequences
import Testing

@testable import PurrFiles

@Suite("A sequence file")
struct SequenceFileTests {
    let intro = """
        name: intro
        settings: { followUpDays: weekdays, sendWindow: "09:00-16:30" }
        steps:
          - email: hello                # templates/mail/hello.md
          - { email: nudge, after: 3, replyTo: 1 }
          - { email: goodbye, after: 5, replyTo: 1 }
        """

    @Test("reads as the manual shows it")
    func reads() throws {
        let document = try SequenceFile.read(intro, name: "intro.yaml")
        var settings = SequenceSettings()
        settings.sendWindow = try #require(SendWindow("09:00-16:30"))
        #expect(document.name == "intro")
        #expect(document.settings == settings)
        #expect(document.lines == [4, 5, 6])
        let hello = StepID(rawValue: "hello")
        #expect(
            document.steps == [
                Step(id: hello, delay: 0, action: .email(EmailStep(template: "hello"))),
                Step(
                    id: StepID(rawValue: "nudge"), delay: 3,
                    action: .email(EmailStep(template: "nudge", replyTo: hello))),
                Step(
                    id: StepID(rawValue: "goodbye"), delay: 5,
                    action: .email(EmailStep(template: "goodbye", replyTo: hello))),
            ])
    }

    @Test("reads the same with a byte order mark and Windows line ends")
    func windows() throws {
        let text = "\u{FEFF}" + intro.replacing("\n", with: "\r\n")
        #expect(try SequenceFile.read(text, name: "x") == SequenceFile.read(intro, name: "x"))
    }

    @Test("reads every setting")
    func readsSettings() throws {
        let text = """
            name: 2026
            settings:
              followUpDays: businessDays
              holidays: [2026-12-24, "2026-12-25"]
              sendWindow: 9:00-16:30
              sendTime: sameTime
              transactional: yes
              quotesEarlier: true
              companyReplyStops: on
              companyMeetingStops: true
            steps: [{ email: a }]
            """
        let document = try SequenceFile.read(text, name: "x")
        var settings = SequenceSettings()
        settings.followUpDays = .businessDays
        settings.holidays = Set(["2026-12-24", "2026-12-25"].compactMap { LocalDay($0) })
        settings.sendWindow = try #require(SendWindow("09:00-16:30"))
        settings.sendTime = .sameTime
        settings.isTransactional = true
        settings.quotesEarlier = true
        settings.companyReplyStops = true
        settings.companyMeetingStops = true
        #expect(document.settings == settings)
        #expect(document.name == "2026")
    }

    @Test("names steps for their templates, and gives numbers to those that would meet")
    func ids() throws {
        let text = """
            name: x
            steps:
              - email: a
              - { email: a, after: 1 }
              - { email: b, after: 1, id: a-3, replyTo: 2 }
              - { email: a, after: 1, replyTo: a-3 }
            """
        let steps = try SequenceFile.read(text, name: "x").steps
        #expect(steps.map(\.id.rawValue) == ["a", "a-2", "a-3", "a-4"])
        #expect(steps.map { $0.email?.replyTo?.rawValue } == [nil, nil, "a-2", "a-3"])
    }

    struct Broken: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var text: String
        var line: Int?
        var word: String
    }

    @Test(
        "is refused when it is broken, with the line, the reason and the remedy",
        arguments: [
            Broken(testDescription: "empty", text: "", line: nil, word: "empty"),
            Broken(testDescription: "a comment and no more", text: "# nothing\n", line: nil, word: "empty"),
            Broken(testDescription: "no YAML", text: "name: [x\nsteps: }", line: 2, word: "not YAML"),
            Broken(
                testDescription: "two documents", text: "name: x\n---\nname: y", line: 2, word: "not YAML"),
            Broken(
                testDescription: "a tab for indentation", text: "name: x\nsteps:\n\t- email: a", line: 3,
                word: "not YAML"),
            Broken(testDescription: "a list", text: "- a", line: 1, word: "keys with values"),
            Broken(
                testDescription: "an unknown key", text: "name: x\nstps: []", line: 2,
                word: "did you mean \"steps\"?"),
            Broken(
                testDescription: "an unknown setting",
                text: "name: x\nsettings:\n  sendwindow: 1\nsteps: []", line: 3,
                word: "did you mean \"sendWindow\"?"),
            Broken(
                testDescription: "an unknown key in a step",
                text: "name: x\nsteps:\n  - email: a\n    aftr: 3", line: 4,
                word: "did you mean \"after\"?"),
            Broken(
                testDescription: "nothing like any key",
                text: "name: x\nsteps:\n  - email: a\n    colour: 3", line: 4, word: "possible are email"),
            Broken(testDescription: "a key twice", text: "name: x\nname: y", line: 1, word: "twice"),
            Broken(testDescription: "no name", text: "steps: [{ email: a }]", line: 1, word: "no name"),
            Broken(
                testDescription: "a blank name", text: "name:\nsteps: [{ email: a }]", line: 1,
                word: "no value"),
            Broken(
                testDescription: "a name of two lines", text: "name: \"a\\nb\"\nsteps: [{ email: a }]",
                line: 1, word: "one line"),
            Broken(testDescription: "no steps", text: "name: x", line: 1, word: "no steps"),
            Broken(
                testDescription: "an empty list of steps", text: "name: x\nsteps: []", line: nil,
                word: "no steps"),
            Broken(
                testDescription: "steps that are no list", text: "name: x\nsteps: { email: a }", line: 2,
                word: "list"),
            Broken(
                testDescription: "a step that is a word", text: "name: x\nsteps:\n- hello", line: 3,
                word: "keys with values"),
            Broken(
                testDescription: "a step without e-mail", text: "name: x\nsteps:\n- after: 3", line: 3,
                word: "email:"),
            Broken(
                testDescription: "a delay that is a word",
                text: "name: x\nsteps:\n- email: a\n- email: b\n  after: soon", line: 5,
                word: "whole number"),
            Broken(
                testDescription: "half a day",
                text: "name: x\nsteps:\n- email: a\n- { email: b, after: 1.5 }", line: 4,
                word: "whole number"),
            Broken(
                testDescription: "a delay out of range",
                text: "name: x\nsteps:\n- email: a\n- { email: b, after: 91 }", line: 4, word: "0 to 90"),
            Broken(
                testDescription: "a delay beyond numbers",
                text: "name: x\nsteps:\n- { email: b, after: 99999999999999999999 }", line: 3,
                word: "whole number"),
            Broken(
                testDescription: "a delay left out", text: "name: x\nsteps:\n- email: a\n- email: b",
                line: 4, word: "at least 1 day"),
            Broken(
                testDescription: "a reply to itself", text: "name: x\nsteps:\n- { email: a, replyTo: 1 }",
                line: 3, word: "itself"),
            Broken(
                testDescription: "a reply forward",
                text: "name: x\nsteps:\n- { email: a, replyTo: 2 }\n- { email: b, after: 1 }", line: 3,
                word: "later"),
            Broken(
                testDescription: "a cycle",
                text:
                    "name: x\nsteps:\n- email: a\n- { email: b, after: 1, replyTo: 3 }\n- { email: c, after: 1, replyTo: 2 }",
                line: 4, word: "later"),
            Broken(
                testDescription: "a reply to step 0", text: "name: x\nsteps:\n- { email: a, replyTo: 0 }",
                line: 3, word: "steps 1 to 1"),
            Broken(
                testDescription: "a reply to the smallest number",
                text: "name: x\nsteps:\n- { email: a, replyTo: -9223372036854775808 }",
                line: 3, word: "steps 1 to 1"),
            Broken(
                testDescription: "a reply to a stranger",
                text: "name: x\nsteps:\n- { email: a, replyTo: zz }", line: 3, word: "\"zz\""),
            Broken(
                testDescription: "a window backwards",
                text: "name: x\nsettings: { sendWindow: \"17:00-09:00\" }\nsteps: []", line: 2,
                word: "17:00-09:00"),
            Broken(
                testDescription: "a window that is a list",
                text: "name: x\nsettings: { sendWindow: [9, 16] }\nsteps: []", line: 2, word: "one text"),
            Broken(
                testDescription: "an unknown kind of day",
                text: "name: x\nsettings: { followUpDays: weekday }", line: 2,
                word: "did you mean \"weekdays\"?"),
            Broken(
                testDescription: "a flag that is none", text: "name: x\nsettings: { transactional: maybe }",
                line: 2, word: "true or false"),
            Broken(
                testDescription: "a day that is none",
                text: "name: x\nsettings:\n  holidays:\n  - 2026-02-30", line: 4, word: "2026-12-24"),
            Broken(testDescription: "an alias to nothing", text: "name: *x", line: 1, word: "not YAML"),
            Broken(
                testDescription: "eleven templates",
                text: "name: x\nsteps:\n- email: a\n"
                    + (0..<10).map { "- { email: b\($0), after: 1 }\n" }.joined(), line: nil,
                word: "10 is the limit"),
        ])
    func refuses(_ broken: Broken) {
        let problem = #expect(throws: FileProblem.self) {
            try SequenceFile.read(broken.text, name: "intro.yaml")
        }
        #expect(problem?.line == broken.line)
        #expect(problem?.text.contains(broken.word) == true)
        #expect(problem?.description.hasPrefix("intro.yaml:") == true)
        #expect(problem?.text.contains("\n") == false)
    }

    @Test("never brings the reader down, whatever is cut out of it", arguments: 0..<150)
    func mutilated(_ seed: Int) {
        let bytes = Array(intro.utf8)
        let start = (seed * 37) % bytes.count
        let end = min(bytes.count, start + 1 + seed % 9)
        var cut = bytes
        cut.replaceSubrange(start..<end, with: seed.isMultiple(of: 2) ? [] : Array("[{\"".utf8))
        do {
            let document = try SequenceFile.read(String(decoding: cut, as: UTF8.self), name: "x")
            #expect(!document.steps.isEmpty)
        } catch {
            #expect(!error.text.isEmpty)
        }
    }

    @Test("may be nested as deep as it likes")
    func deep() {
        #expect(throws: FileProblem.self) {
            try SequenceFile.read("name: " + String(repeating: "[", count: 100_000), name: "x")
        }
        #expect(throws: FileProblem.self) {
            try SequenceFile.read(String(repeating: "x", count: 1_000_001), name: "x")
        }
    }
}
