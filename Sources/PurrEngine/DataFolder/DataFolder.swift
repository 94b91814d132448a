internal import Crypto
internal import Foundation
package import PurrStore

/// The folder in which one Purr keeps its state: the database, the key, and what a daemon needs.
///
/// Nothing is cached: each question looks at the disk.
package struct DataFolder: Sendable, Hashable {
    /// Absolute.
    package let path: String

    /// - Parameter path: Absolute, or relative to the working directory.
    package init(path: String) {
        self.path = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }

    /// The folder that is meant: the one named, else `PURR_DATA`, else the user's own (XDG Base Directory
    /// Specification).
    package init(named option: String?, environment: [String: String]) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let home = value("HOME") ?? NSHomeDirectory()
        // The specification has relative paths ignored.
        let shared =
            value("XDG_DATA_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home + "/.local/share"
        self.init(path: option ?? value("PURR_DATA") ?? shared + "/purr")
    }

    package var databasePath: String { path + "/purr.db" }
    /// Where pages of one's own take the place of those that come with Purr.
    package var pagesPath: String { path + "/web" }
    var ownKeyPath: String { path + "/key" }
    var lockPath: String { path + "/daemon.lock" }

    /// Whether somebody has made it.
    ///
    /// - Throws: ``CommandError/Kind/noPermission`` when that cannot be seen.
    private func isThere() throws(CommandError) -> Bool {
        if access(databasePath, F_OK) == 0 { return true }
        guard errno == EACCES else { return false }
        throw CommandError(
            .noPermission, "The folder \(path) cannot be looked into. Check its owner and rights.")
    }

    /// What ``create(isDemo:keyFile:)`` found to do.
    package enum Creation: Sendable, Hashable { case made, wasThere }

    /// Makes the folder, its key and its database, as far as they are not there; for the owner's eyes only.
    ///
    /// - Parameters:
    ///   - isDemo: Marks it so that time may run fast in it. A folder that was made without cannot become one.
    ///   - keyFile: The key is kept elsewhere, so none is made here.
    package func create(isDemo: Bool, keyFile: KeyFile) throws -> Creation {
        if try isThere() {
            guard try !isDemo || open().isDemo() else {
                throw CommandError(
                    .usage,
                    "\(path) holds real data already and cannot become a demo; name another folder with --data."
                )
            }
            _ = try open()
            return .wasThere
        }
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            // A folder with something else in it, somebody's home perhaps, keeps its rights.
            if try FileManager.default.contentsOfDirectory(atPath: path).isEmpty {
                try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
            }
        } catch {
            throw CommandError(.cannotCreate, "The folder \(path) cannot be made: \(reason(error)).")
        }
        var isKeyNew = false
        do {
            // The key first: a database without its key would look whole.
            isKeyNew = try keyFile.makeIfOurs()
            let store = try Store(path: databasePath)
            if isDemo { try store.write { try $0.setMeta(Self.demoKey, "1") } }
        } catch {
            // What was half made would be taken for whole the next time.
            for file in [databasePath, databasePath + "-wal", databasePath + "-shm"] { unlink(file) }
            if isKeyNew { unlink(ownKeyPath) }
            rmdir(path)
            throw error
        }
        return .made
    }

    /// The database.
    package func open() throws -> Store {
        guard try isThere() else {
            throw CommandError(.noInput, "There is no data in \(path) yet; make it with: purr init.")
        }
        return try Store(path: databasePath)
    }

    static let demoKey = "demo"
}

extension Store {
    /// Whether time may run fast in this data.
    package func isDemo() throws -> Bool { try read { try $0.meta(DataFolder.demoKey) == "1" } }
}

/// Why the system refused, in its own few words.
func reason(_ error: any Error) -> String {
    let error = error as NSError
    let cause = (error.userInfo[NSUnderlyingErrorKey] as? NSError) ?? error
    if cause.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(cause.code))) }
    // Foundation's own words are long and say less.
    return switch CocoaError.Code(rawValue: error.code) {
    case .fileReadNoPermission, .fileWriteNoPermission: "permission denied"
    case .fileWriteOutOfSpace: "the disk is full"
    case .fileWriteVolumeReadOnly: "the disk is read-only"
    case .fileWriteFileExists: "a file is in its place"
    case .fileNoSuchFile, .fileReadNoSuchFile: "it is not there"
    default: "error \(error.code)"
    }
}

extension DataFolder {
    /// A file with these certificates, for who can read them only from one; named by what is in it.
    package func authorityFile(_ pem: String) throws(CommandError) -> String {
        let name = SHA256.hash(data: Data(pem.utf8)).prefix(12).map {
            ($0 < 16 ? "0" : "") + String($0, radix: 16)
        }.joined()
        let file = path + "/authorities/\(name).pem"
        if FileManager.default.contents(atPath: file) == Data(pem.utf8) { return file }
        do {
            try FileManager.default.createDirectory(
                atPath: path + "/authorities", withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            try Data(pem.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
        } catch {
            throw CommandError(
                .inputOutput, "The private CA cannot be written to \(path): \(reason(error)).")
        }
        return file
    }
}
