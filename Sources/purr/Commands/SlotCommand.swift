import ArgumentParser
import Foundation

struct SlotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slot", abstract: "Choose the best minute of a day, for programs.",
        discussion: """
            Reads a JSON object a line from standard input and writes one a line:

              {"id": 1, "zone": "Europe/Oslo", "window": ["09:00", "17:00"], "day": "2026-11-24",
               "previous": "2026-11-23T10:12", "seed": 7, "contact": [EVENT…], "company": [], "mailbox": []}
              EVENT: {"at": "2026-11-20T07:40:10Z", "kind": "open|click|reply|wrote", "sentAt": …, "agent": …}
              → {"id": 1, "at": "2026-11-24T09:40", "score": 1.31, "why": {…}}

            Times without an offset are on the clock of the zone. score is the attention caught in the hours after \
            the minute, 1 being an even choice within the window. A line that cannot be answered gets \
            {"id": …, "error": "…"} and the next one is read. Nothing is looked up: the database is not touched.
            """)

    func run() throws {
        let source = try FileSource(path: "-")
        var reader = JSONLineReader { try source.next() }
        var answers = SlotAnswer()
        while try reader.nextLine() {
            var question = SlotQuestion()
            do {
                try question.read(&reader)
            } catch let problem as JSONLineReader.Problem {
                try reader.skipLine()
                print(SlotAnswer.line(id: question.id, problem: problem.text))
                continue
            }
            do {
                print(try answers.line(for: question))
            } catch let problem as JSONLineReader.Problem {
                print(SlotAnswer.line(id: question.id, problem: problem.text))
            }
        }
    }
}
