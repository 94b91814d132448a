import Foundation
import PurrEngine
import PurrFiles

/// A table as a file for spreadsheets, written as it comes; it appears whole or not at all.
final class CSVFile {
    private let path: String
    private let partial: String
    private let handle: FileHandle
    private var waiting = ""
    private(set) var rows = 0

    /// - Parameter path: `-` for stdout.
    init(_ path: String, columns: [String]) throws {
        self.path = path
        partial = "\(path).partial-\(ProcessInfo.processInfo.processIdentifier)"
        if path == "-" {
            handle = .standardOutput
        } else {
            guard
                FileManager.default.createFile(
                    atPath: partial, contents: nil, attributes: [.posixPermissions: 0o600]),
                let handle = FileHandle(forWritingAtPath: partial)
            else {
                throw CSVFile.unwritable(path)
            }
            self.handle = handle
        }
        waiting = CSVWriter.line(columns.map { .text($0) })
    }

    private static func unwritable(_ path: String) -> CommandError {
        CommandError(
            .cannotCreate,
            "\(Terminal.oneLine(path)) cannot be written: \(String(cString: strerror(errno))).")
    }

    func append(_ cells: [CSVWriter.Cell]) throws {
        waiting += CSVWriter.line(cells)
        rows += 1
        if waiting.utf8.count > 1 << 16 { try flush() }
    }

    /// Puts the whole file in its place and says so.
    func end(_ noun: String, isQuiet: Bool = false) throws {
        try flush()
        guard path != "-" else { return }
        try? handle.close()
        guard rename(partial, path) == 0 else {
            let error = CSVFile.unwritable(path)
            unlink(partial)
            throw error
        }
        guard !isQuiet else { return }
        print("\(Output.count(rows, noun)) in \(Terminal.oneLine(path)).")
    }

    private func flush() throws {
        do { try handle.write(contentsOf: Data(waiting.utf8)) } catch {
            let error = CommandError(
                .inputOutput, "\(Terminal.oneLine(path)) cannot be written to its end; is the disk full?")
            if path != "-" { unlink(partial) }
            throw error
        }
        waiting = ""
    }
}

/// An instant as programs read it; empty for none.
func cell(_ instant: Date?) -> CSVWriter.Cell {
    .text(instant?.formatted(.iso8601) ?? "")
}
