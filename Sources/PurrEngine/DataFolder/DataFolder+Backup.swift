package import Foundation
internal import Glibc
internal import PurrMail
internal import PurrStore

/// What a backup was, or what a restored one left behind.
package struct BackupReport: Sendable, Hashable, Encodable {
    /// The file that was written.
    package let file: String
    package let bytes: Int
    /// Whether the key that opens the passwords is in it.
    package let hasKey: Bool
}

/// What came of a restored backup.
package struct RestoreReport: Sendable, Hashable, Encodable {
    package let data: String
    /// Where the database lies that was there before; null where none was.
    @OrNull package var replaced: String?
    /// Whether a key lies in the folder, or is named elsewhere, to open the passwords with.
    package let hasKey: Bool
    /// The mailboxes that send nothing until they are recovered.
    package let mailboxes: [String]
}

// One file with everything in it, made beside and put in place by one rename: whoever pulls the plug finds the
// old or the new, never neither.
extension DataFolder {
    private static let keyName = "key"
    private static let pagesPrefix = "web/"

    // MARK: Backup

    /// Writes everything into one file while others may write.
    ///
    /// - Parameters:
    ///   - isReplacing: Whether a file that is there may be replaced.
    ///   - key: The key to put in besides; nil for none.
    package func backUp(to path: String, isReplacing: Bool, key: KeyFile?, at now: Date) throws
        -> BackupReport
    {
        let store = try open()
        try checkTarget(path, isReplacing: isReplacing)
        var files = pages()
        if let key { files[Self.keyName] = try key.bytes() }
        let partial = path + ".partial"
        remove(partial)
        do {
            // First: a copy that nobody asked for afterwards must not be younger than the epoch.
            try store.write { try $0.requireNewEpochs() }
            try store.copy(to: partial)
            let day = now.formatted(.iso8601)
            try Store.finishBackup(at: partial, files: files) { transaction in
                try transaction.markRestored(
                    "This data comes from the backup of \(day), and what was sent since is not in it.",
                    at: now)
            }
            try settle(partial)
            try place(partial, at: path, isReplacing: isReplacing)
        } catch {
            remove(partial)
            throw translated(error, path)
        }
        try store.write { try $0.noteBackup(at: now) }
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? nil
        return BackupReport(file: path, bytes: size ?? 0, hasKey: key != nil)
    }

    private func checkTarget(_ path: String, isReplacing: Bool) throws {
        var isFolder: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        guard !isFolder.boolValue else {
            throw CommandError(.usage, "\(path) is a folder; name a file in it.")
        }
        for own in [databasePath, databasePath + "-wal", databasePath + "-shm", ownKeyPath, lockPath]
        where isSame(path, own) {
            throw CommandError(
                .usage, "\(path) is what Purr runs on and is never written over; name another file.")
        }
        guard isThere, !isReplacing else { return }
        throw CommandError(
            .cannotCreate, "\(path) is there already; name another file, or replace it with --force.")
    }

    private func isSame(_ one: String, _ other: String) -> Bool {
        let (first, second) = (URL(fileURLWithPath: one), URL(fileURLWithPath: other))
        if first.resolvingSymlinksInPath().standardizedFileURL.path
            == second.resolvingSymlinksInPath().standardizedFileURL.path
        {
            return true
        }
        guard let a = identity(of: one), let b = identity(of: other) else { return false }
        return a == b
    }

    private func identity(of path: String) -> [UInt64]? {
        var found = stat()
        guard stat(path, &found) == 0 else { return nil }
        return [UInt64(found.st_dev), UInt64(found.st_ino)]
    }

    /// Pages of the user's own; what is larger than a page ever is stays out.
    private func pages() -> [String: Data] {
        var files: [String: Data] = [:]
        for name in (try? FileManager.default.contentsOfDirectory(atPath: pagesPath)) ?? [] {
            guard let bytes = FileManager.default.contents(atPath: pagesPath + "/" + name),
                bytes.count <= 1 << 20
            else { continue }
            files[Self.pagesPrefix + name] = bytes
        }
        return files
    }

    private func place(_ partial: String, at path: String, isReplacing: Bool) throws {
        if isReplacing {
            guard rename(partial, path) == 0 else { throw refused("put in place", path) }
        } else {
            // A link refuses where a file came to be meanwhile; a rename would replace it.
            guard link(partial, path) == 0 else { throw refused("put in place", path) }
            unlink(partial)
        }
        try settleFolder(of: path)
    }

    // MARK: Restore

    /// Takes a backup as this folder's data; what was there is kept beside.
    ///
    /// - Parameter key: Where the folder's key is looked for.
    package func restore(from path: String, key: KeyFile, at now: Date) throws -> RestoreReport {
        guard FileManager.default.fileExists(atPath: path) else {
            throw CommandError(.noInput, "There is no file \(path).")
        }
        guard !isSame(path, databasePath) else {
            throw CommandError(.usage, "\(path) is the data itself and no backup of it.")
        }
        do {
            try FileManager.default.createDirectory(
                atPath: self.path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw CommandError(.cannotCreate, "The folder \(self.path) cannot be made: \(reason(error)).")
        }
        let lock = try DaemonLock.take(of: self)
        defer { withExtendedLifetime(lock) {} }
        let fresh = databasePath + ".restoring"
        remove(fresh)
        do { return try restore(path, by: fresh, key: key, at: now) } catch {
            remove(fresh)
            throw translated(error, self.path)
        }
    }

    private func restore(_ path: String, by fresh: String, key: KeyFile, at now: Date) throws
        -> RestoreReport
    {
        try copyBytes(of: path, to: fresh)
        try Self.examine(fresh, called: path)
        let files = try Store.unpackBackup(at: fresh) { transaction in
            // A plain copy of the database file has no word of it in itself.
            for mailbox in try transaction.mailboxes()
            where try transaction.mailboxGuard(of: mailbox.id).trouble == nil {
                var guarding = try transaction.mailboxGuard(of: mailbox.id)
                guarding.trouble = .restored
                guarding.detail = "This data was restored, and what was sent since is not in it."
                guarding.since = now
                try transaction.save(guarding, of: mailbox.id)
            }
        }
        try settle(fresh)
        try unpack(files, key: key)
        let replaced = try keepAside(at: now)
        guard rename(fresh, databasePath) == 0 else { throw refused("put in place", databasePath) }
        try settleFolder(of: databasePath)
        let mailboxes = try open().read { try $0.mailboxes().map(\.address.text) }
        return RestoreReport(
            data: self.path, replaced: replaced, hasKey: (try? key.key()) != nil, mailboxes: mailboxes)
    }

    /// Refuses what is no whole backup that this Purr can read.
    private static func examine(_ fresh: String, called path: String) throws {
        do { try Store.examineBackup(at: fresh) } catch {
            switch error {
            case .damaged(let words):
                throw CommandError(
                    .badData,
                    "\(path) is cut off or damaged (\(words)), so it was not restored; take another backup."
                )
            case .foreign:
                throw CommandError(.badData, "\(path) is no backup of Purr's; nothing was changed.")
            case .newerSchema(let version, let known):
                throw CommandError(
                    .badData,
                    "\(path) was written by a newer Purr (schema \(version), this one knows \(known)); update Purr, then restore it."
                )
            }
        }
    }

    private func copyBytes(of path: String, to fresh: String) throws {
        // Not Foundation's copy: that keeps the backup's rights, which may let others read.
        let source = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { throw refused("read", path) }
        let input = FileHandle(fileDescriptor: source, closeOnDealloc: true)
        let target = Glibc.open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard target >= 0 else { throw refused("written", fresh) }
        let output = FileHandle(fileDescriptor: target, closeOnDealloc: true)
        while let piece = try input.read(upToCount: 1 << 20), !piece.isEmpty {
            try output.write(contentsOf: piece)
        }
    }

    /// Puts the key and the pages of a backup into the folder, before the database: alone they do no harm.
    private func unpack(_ files: [String: Data], key: KeyFile) throws {
        if let bytes = files[Self.keyName] {
            if let present = try? key.bytes() {
                guard present == bytes else {
                    throw CommandError(
                        .configuration,
                        "The key in \(path) is not the backup's; move it away (or unset PURR_KEY_FILE), then restore again."
                    )
                }
            } else {
                try write(bytes, to: ownKeyPath)
            }
        }
        for (name, bytes) in files where name.hasPrefix(Self.pagesPrefix) {
            let page = name.dropFirst(Self.pagesPrefix.count)
            guard !page.isEmpty, !page.contains("/"), page != "..", page != "." else { continue }
            try FileManager.default.createDirectory(
                atPath: pagesPath, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
            )
            let target = pagesPath + "/" + page
            if !FileManager.default.fileExists(atPath: target) { try write(bytes, to: target) }
        }
    }

    private func write(_ bytes: Data, to target: String) throws {
        let partial = target + ".partial"
        remove(partial)
        guard
            FileManager.default.createFile(
                atPath: partial, contents: bytes, attributes: [.posixPermissions: 0o600])
        else { throw refused("written", target) }
        try settle(partial)
        guard rename(partial, target) == 0 else { throw refused("put in place", target) }
        try settleFolder(of: target)
    }

    /// Gives the present database a second name; it keeps its own until the new one takes that over.
    private func keepAside(at now: Date) throws -> String? {
        guard FileManager.default.fileExists(atPath: databasePath) else { return nil }
        var aside = databasePath + ".replaced-\(Int(now.timeIntervalSince1970))"
        var count = 1
        while FileManager.default.fileExists(atPath: aside) {
            count += 1
            aside = databasePath + ".replaced-\(Int(now.timeIntervalSince1970))-\(count)"
        }
        // What lies in its log belongs to it, and would be played into the new one.
        do {
            guard try Store.fold(path: databasePath) else {
                throw CommandError(
                    .tryLater, "Another program has \(path) open; close it, then restore again.")
            }
        } catch let error as StoreError where [.damaged, .other].contains(error.reason) {
            for end in ["-wal", "-shm"] where FileManager.default.fileExists(atPath: databasePath + end) {
                guard rename(databasePath + end, aside + end) == 0 else {
                    throw refused("kept aside", databasePath + end)
                }
            }
        }
        guard link(databasePath, aside) == 0 else { throw refused("kept aside", databasePath) }
        return aside
    }

    // MARK: The disk

    /// Waits until a file is on the disk.
    private func settle(_ file: String) throws {
        let descriptor = Glibc.open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw refused("read", file) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw refused("written to the disk", file) }
    }

    private func settleFolder(of file: String) throws {
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
        let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        _ = fsync(descriptor)
    }

    private func remove(_ database: String) {
        for end in ["", "-wal", "-shm", "-journal"] { unlink(database + end) }
    }

    private func refused(_ what: String, _ file: String) -> CommandError {
        let code = errno
        if code == ENOSPC || code == EDQUOT { return full(file) }
        return CommandError(
            code == EACCES || code == EPERM ? .noPermission : .cannotCreate,
            "\(file) cannot be \(what): \(String(cString: strerror(code))).")
    }

    private func full(_ file: String) -> CommandError {
        CommandError(
            .inputOutput,
            "The disk of \(file) is full, so nothing was written and nothing is left behind; free some space there."
        )
    }

    /// In the words of who makes a copy, not of who runs on the database.
    private func translated(_ error: any Error, _ file: String) -> any Error {
        if let error = error as? StoreError {
            return switch error.reason {
            case .full: full(file)
            case .noAccess:
                CommandError(
                    .noPermission,
                    "Nothing can be written at \(file). Check that its folder is there, and your rights in it."
                )
            default: error
            }
        }
        if error is CommandError { return error }
        return reason(error) == "the disk is full"
            ? full(file) : CommandError(.inputOutput, "\(file) cannot be written: \(reason(error)).")
    }
}
