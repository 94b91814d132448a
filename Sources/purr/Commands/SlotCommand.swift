import ArgumentParser
import Foundation
import PurrEngine

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
            {"id": …, "error": "…"}, the next one is read, and the exit code is 65 at the end. Nothing is looked up: \
            the database is not touched.

            With --plot, a picture of what is known of a contact (SVG) goes to standard output instead:

              purr slot --plot kari@example.org > kari.svg
            """)

    @OptionGroup var global: GlobalOptions
    @Option(help: ArgumentHelp("Draw a contact's week and the minute chosen.", valueName: "contact"))
    var plot: String?

    func run() throws {
        if let plot {
            let picture = try global.session().commands.attentionPicture(of: try address(plot))
            return try FileHandle.standardOutput.write(contentsOf: Data(picture.utf8))
        }
        var isGood = true
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
                isGood = false
                continue
            }
            do {
                print(try answers.line(for: question))
            } catch let problem as JSONLineReader.Problem {
                print(SlotAnswer.line(id: question.id, problem: problem.text))
                isGood = false
            }
        }
        if !isGood { throw ExitCode(65) }
    }
}
