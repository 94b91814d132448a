import Foundation
import Testing

@testable import PurrSequences

@Suite("The problems of a sequence")
struct StepProblemTests {
    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var steps: [Step]
        var indices: [Int?]
        var word = ""
    }

    static func email(_ id: String, after delay: Int, replyTo: String? = nil, template: String? = nil)
        -> Step
    {
        Step(
            id: StepID(rawValue: id), delay: delay,
            action: .email(EmailStep(template: template ?? id, replyTo: replyTo.map(StepID.init))))
    }

    @Test(
        "S1.1, S1.2, S1.7: are named with the step they belong to",
        arguments: [
            Example(
                testDescription: "none", steps: [email("a", after: 0), email("b", after: 3, replyTo: "a")],
                indices: []),
            Example(
                testDescription: "any earlier step may be answered",
                steps: [email("a", after: 0), email("b", after: 1), email("c", after: 90, replyTo: "a")],
                indices: []),
            Example(testDescription: "no steps", steps: [], indices: [nil], word: "no steps"),
            Example(
                testDescription: "a reply to itself", steps: [email("a", after: 0, replyTo: "a")],
                indices: [0], word: "itself"),
            Example(
                testDescription: "a reply to a later step",
                steps: [email("a", after: 0, replyTo: "b"), email("b", after: 1)], indices: [0],
                word: "later"),
            Example(
                testDescription: "a cycle",
                steps: [
                    email("a", after: 0), email("b", after: 1, replyTo: "c"),
                    email("c", after: 1, replyTo: "b"),
                ],
                indices: [1], word: "later"),
            Example(
                testDescription: "a reply to a step that is not there",
                steps: [email("a", after: 0, replyTo: "zz")], indices: [0], word: "\"zz\""),
            Example(
                testDescription: "an id twice", steps: [email("a", after: 0), email("a", after: 1)],
                indices: [1],
                word: "same id"),
            Example(
                testDescription: "below the range", steps: [email("a", after: 0), email("b", after: -1)],
                indices: [1], word: "0 to 90"),
            Example(
                testDescription: "above the range", steps: [email("a", after: 0), email("b", after: 91)],
                indices: [1], word: "0 to 90"),
            Example(
                testDescription: "two e-mails on one day",
                steps: [email("a", after: 0), email("b", after: 0)],
                indices: [1], word: "at least 1 day"),
            Example(
                testDescription: "a first step that waits", steps: [email("a", after: 2)], indices: [0],
                word: "no delay"),
            Example(
                testDescription: "eleven templates",
                steps: (0...10).map { email("\($0)", after: $0 == 0 ? 0 : 1) }, indices: [nil], word: "11"),
            Example(
                testDescription: "eleven steps with one template",
                steps: (0...10).map { email("\($0)", after: $0 == 0 ? 0 : 1, template: "a") }, indices: []),
            Example(
                testDescription: "a new thread without a subject", steps: [email("bare", after: 0)],
                indices: [0],
                word: "subject"),
            Example(
                testDescription: "a reply without a subject",
                steps: [email("a", after: 0), email("bare", after: 1, replyTo: "a")], indices: []),
        ])
    func names(_ example: Example) {
        let problems = problems(in: example.steps, withoutSubject: ["bare"])
        #expect(problems.map(\.index) == example.indices)
        #expect(problems.allSatisfy { $0.text.contains(example.word) && $0.text.hasSuffix(".") })
    }
}

@Suite("Steps and settings in the database")
struct SequenceCodingTests {
    @Test("come back as they were")
    func roundTrips() throws {
        var settings = SequenceSettings()
        settings.followUpDays = .businessDays
        settings.holidays = [try day("2026-12-25"), try day("2026-12-24")]
        settings.sendWindow = try window("09:00-16:30")
        settings.sendTime = .sameTime
        settings.isTransactional = true
        settings.quotesEarlier = true
        settings.companyReplyStops = true
        settings.companyMeetingStops = true
        let bytes = try JSONEncoder().encode(settings)
        #expect(try JSONDecoder().decode(SequenceSettings.self, from: bytes) == settings)

        let step = StepProblemTests.email("nudge", after: 3, replyTo: "hello")
        #expect(try JSONDecoder().decode(Step.self, from: JSONEncoder().encode(step)) == step)
        #expect(
            try JSONDecoder().decode(Zone.self, from: JSONEncoder().encode(zone("Europe/Oslo")))
                == zone("Europe/Oslo"))
    }

    @Test("are read though keys are missing or new")
    func tolerant() throws {
        func settings(_ json: String) throws -> SequenceSettings {
            try JSONDecoder().decode(SequenceSettings.self, from: Data(json.utf8))
        }
        #expect(try settings("{}") == SequenceSettings())
        #expect(try settings(#"{"future":[1],"sendTime":"sameTime"}"#).sendTime == .sameTime)
        #expect(throws: DecodingError.self) { try settings(#"{"sendWindow":"17:00-09:00"}"#) }
        let limits = try JSONDecoder().decode(
            SendingLimits.self, from: Data(#"{"perDay":9,"future":1}"#.utf8))
        #expect(limits == SendingLimits(perDay: 9))
    }
}
