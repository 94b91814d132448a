import ArgumentParser
import Foundation

struct ClassifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify",
        abstract: "Say of messages in files what they are: answers, absences, bounces, …",
        discussion: """
            Reads one raw message a file; folders are read with all that they hold. Needs no data folder and sends \
            nothing. The kinds: human outOfOffice left challenge ticket automatic bounce delay delivered complaint \
            receipt calendar unsubscribe own unreadable. A bounce is permanent when the address or its domain takes no \
            mail. proof says why a report can be believed when nothing is known of what was sent: by its structure, \
            by the id of the message it returns, or by nothing but words (none).

              purr classify ~/Maildir/cur
              purr classify --json bounces | jq -r 'select(.permanent) | .recipients[]'
            """)

    @Flag(help: "One JSON object a line.") var json = false
    @Argument(help: "Files and folders.", completion: .file()) var paths: [String]

    mutating func run() async throws {
        let isJSON = json
        var missing = 0
        for path in paths where access(path, F_OK) != 0 { missing += path.isEmpty ? 0 : 1 }
        await Self.eachBatch(of: MessageFiles(paths)) { batch in
            batch.map { path in
                let classification = Classification(ofFileAt: path)
                return isJSON ? classification.json : classification.row
            }
        } print: { lines in
            let text = lines.joined(separator: "\n") + "\n"
            // Where nobody reads any more, nobody is to be told.
            guard (try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))) != nil else {
                return false
            }
            return true
        }
        if missing > 0 { throw ExitCode(66) }
    }

    /// Works on as many batches as there are cores, and prints them in order.
    ///
    /// - Parameter print: false ends it.
    private static func eachBatch(
        of files: MessageFiles, work: @escaping @Sendable ([String]) -> [String], print: ([String]) -> Bool
    ) async {
        var files = files
        var done: [Int: [String]] = [:]
        var begun = 0
        var printed = 0
        await withTaskGroup(of: (Int, [String]).self) { group in
            func begin() {
                var batch: [String] = []
                while batch.count < 128, let path = files.next() { batch.append(path) }
                guard !batch.isEmpty else { return }
                let number = begun
                begun += 1
                group.addTask { [batch] in (number, work(batch)) }
            }
            for _ in 0..<max(1, ProcessInfo.processInfo.activeProcessorCount) { begin() }
            while let (number, lines) = await group.next() {
                done[number] = lines
                while let lines = done.removeValue(forKey: printed) {
                    printed += 1
                    guard print(lines) else {
                        group.cancelAll()
                        return
                    }
                }
                begin()
            }
        }
    }
}
