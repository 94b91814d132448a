import ArgumentParser
import Foundation
import PurrEngine
import PurrMail
import PurrStore

/// What every command takes.
struct GlobalOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The data folder (default: PURR_DATA, else the XDG data folder).", valueName: "dir"),
        completion: .directory)
    var data: String?

    func validate() throws {
        guard data != "" else {
            throw ValidationError("--data is empty; name a folder, or leave it out.")
        }
    }

    var environment: [String: String] { ProcessInfo.processInfo.environment }

    var folder: DataFolder { DataFolder(named: data, environment: environment) }

    var keyFile: KeyFile { KeyFile(of: folder, environment: environment) }

    /// The data, opened, at the folder's present time.
    func session() throws -> Session {
        let store = try folder.open()
        let clock = try VirtualClock.kept(in: store) ?? .real
        return Session(
            folder: folder, store: store, clock: clock,
            commands: Commands(store: store, now: clock.virtual(Date())))
    }
}

/// One command's look at the data.
struct Session {
    let folder: DataFolder
    let store: Store
    let clock: VirtualClock
    let commands: Commands

    var now: Date { commands.now }
}

/// What commands that print take besides.
struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Print JSON for programs.")
    var json = false
}

/// Reads an address that was given as an argument.
func address(_ text: String, as what: String = "address") throws -> EmailAddress {
    guard let address = EmailAddress(text) else {
        throw CommandError(
            .usage,
            "\(Terminal.quoted(text)) is not an e-mail address; write one \(what), such as kari@example.org."
        )
    }
    return address
}

/// The whole of a small file.
///
/// - Parameter limit: The most bytes it may have.
func contents(of path: String, limit: Int = 4 << 20) throws -> [UInt8] {
    let file = try FileSource(path: path)
    var bytes: [UInt8] = []
    while let piece = try file.next() {
        bytes += piece
        guard bytes.count <= limit else {
            throw CommandError(.badData, "\(path) is larger than \(limit >> 20) MB; is it the right file?")
        }
    }
    return bytes
}

/// The bytes of a file, or of stdin, a piece at a time.
final class FileSource {
    private let handle: FileHandle
    private let name: String

    /// - Parameter path: `-` for stdin.
    init(path: String) throws {
        name = path
        if path == "-" {
            handle = .standardInput
            return
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw CommandError(.noInput, "There is no file \(Terminal.oneLine(path)).")
        }
        guard !isFolder.boolValue else {
            throw CommandError(.noInput, "\(Terminal.oneLine(path)) is a folder and not a file.")
        }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw CommandError(
                .noPermission,
                "\(Terminal.oneLine(path)) cannot be read: \(String(cString: strerror(errno))).")
        }
        self.handle = handle
    }

    /// The next bytes; nil at the end.
    func next() throws -> [UInt8]? {
        do {
            let piece = try handle.read(upToCount: 1 << 17)
            return piece.flatMap { $0.isEmpty ? nil : [UInt8]($0) }
        } catch {
            throw CommandError(.inputOutput, "\(Terminal.oneLine(name)) cannot be read to its end.")
        }
    }

    /// From the beginning again.
    ///
    /// - Returns: False where that cannot be: a pipe, a terminal.
    func rewind() -> Bool { (try? handle.seek(toOffset: 0)) != nil }
}

/// The bytes of a file that can be read twice; what comes through a pipe is kept in a nameless file.
final class RepeatableFile {
    private var source: FileSource

    /// - Parameter scratch: A folder for what comes through a pipe.
    init(path: String, scratch: String) throws {
        source = try FileSource(path: path)
        guard !source.rewind() else { return }
        let copy = "\(scratch)/import-\(ProcessInfo.processInfo.processIdentifier)"
        let full = CommandError(
            .inputOutput,
            "What comes in cannot be kept in \(scratch); is the disk full? Nothing was imported.")
        guard
            FileManager.default.createFile(
                atPath: copy, contents: nil, attributes: [.posixPermissions: 0o600]),
            let handle = FileHandle(forWritingAtPath: copy)
        else { throw full }
        defer { try? FileManager.default.removeItem(atPath: copy) }
        while let piece = try source.next() {
            do { try handle.write(contentsOf: Data(piece)) } catch { throw full }
        }
        try? handle.close()
        source = try FileSource(path: copy)
    }

    func next() throws -> [UInt8]? { try source.next() }

    /// From the beginning again.
    func rewind() throws {
        guard source.rewind() else {
            throw CommandError(.inputOutput, "The file cannot be read a second time.")
        }
    }
}

/// The name of a file, for complaints.
func fileName(_ path: String) -> String {
    path == "-" ? "stdin" : Terminal.oneLine(URL(fileURLWithPath: path).lastPathComponent)
}
