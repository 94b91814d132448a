package import Foundation
internal import GRDB

/// A database file that is no usable backup, and why.
package enum BackupProblem: Error, Hashable, Sendable {
    /// No SQLite database, cut off, or damaged, in SQLite's words.
    case damaged(String)
    /// A database of something else.
    case foreign
    case newerSchema(Int, known: Int)
}

// Copies of the whole database in one file, while others write (https://sqlite.org/lang_vacuum.html#vacuuminto).
extension Store {
    /// `Purr` in ASCII: what `file` and we know a backup by.
    static let applicationID = 0x5075_7272

    /// Writes the whole database, as it is at one instant, into a new file.
    ///
    /// - Parameter path: Must not exist.
    package func copy(to path: String) throws(StoreError) {
        do {
            try queue.writeWithoutTransaction { db in
                try db.execute(sql: "VACUUM INTO ?1", arguments: [path])
            }
        } catch { throw StoreError(translating: error) }
    }

    /// A second database in memory with all that this one holds, for the simulator.
    package func copyInMemory(interruption: Interruption? = nil) throws(StoreError) -> Store {
        let copy = try Store.inMemory(interruption: interruption)
        do { try queue.backup(to: copy.queue) } catch { throw StoreError(translating: error) }
        return copy
    }

    /// Marks a copy as a backup and puts further files into it.
    ///
    /// - Parameter files: By name; taken out again by ``unpackBackup(at:)``.
    package static func finishBackup(
        at path: String, files: [String: Data], _ body: (Transaction) throws -> Void
    ) throws(StoreError) {
        let store = try Store(path: path)
        try store.write(body)
        do {
            try store.queue.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA application_id = \(applicationID)")
                if !files.isEmpty {
                    try db.execute(
                        sql:
                            "CREATE TABLE backup_file (name TEXT NOT NULL PRIMARY KEY, bytes BLOB NOT NULL)"
                    )
                }
                for (name, bytes) in files {
                    try db.execute(
                        sql: "INSERT INTO backup_file (name, bytes) VALUES (?1, ?2)",
                        arguments: [name, bytes])
                }
                try toOneFile(db)
            }
            try store.queue.close()
        } catch { throw StoreError(translating: error) }
    }

    /// Says whether a file is a whole database of Purr's that this Purr can read; changes nothing in it.
    package static func examineBackup(at path: String) throws(BackupProblem) {
        var configuration = Configuration()
        configuration.readonly = true
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            try queue.read { db in
                let verdict = try String.fetchOne(db, sql: "PRAGMA integrity_check(1)") ?? "no answer"
                guard verdict == "ok" else { throw BackupProblem.damaged(verdict) }
                let id = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
                let hasTables = try db.tableExists("schema_version") && db.tableExists("journal")
                // A plain copy of the database file has no id.
                guard hasTables, id == applicationID || id == 0 else { throw BackupProblem.foreign }
                let version = try Int.fetchOne(db, sql: "SELECT max(version) FROM schema_version") ?? 0
                guard version <= Schema.version else {
                    throw BackupProblem.newerSchema(version, known: Schema.version)
                }
            }
        } catch let problem as BackupProblem { throw problem } catch {
            throw .damaged((error as? DatabaseError)?.message ?? "\(error)")
        }
    }

    /// Takes the further files out of a copy of a backup, and brings its tables up to date.
    ///
    /// - Returns: The files by name.
    package static func unpackBackup(at path: String, _ body: (Transaction) throws -> Void)
        throws(StoreError) -> [String: Data]
    {
        let store = try Store(path: path)
        try store.write(body)
        do {
            return try store.queue.writeWithoutTransaction { db in
                var files: [String: Data] = [:]
                if try db.tableExists("backup_file") {
                    for row in try Row.fetchAll(db, sql: "SELECT name, bytes FROM backup_file") {
                        let (name, bytes): (String, Data) = (row["name"], row["bytes"])
                        files[name] = bytes
                    }
                    // What was in it, a key perhaps, is not left behind in free pages.
                    try db.execute(sql: "DROP TABLE backup_file")
                    try db.execute(sql: "VACUUM")
                }
                // Links in mail that was sent after the backup bear numbers that are not to stand for others.
                let last = try Int.fetchOne(
                    db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'web_mail'")
                try db.execute(sql: "DELETE FROM sqlite_sequence WHERE name = 'web_mail'")
                try db.execute(
                    sql: "INSERT INTO sqlite_sequence (name, seq) VALUES ('web_mail', ?1)",
                    arguments: [(last ?? 0) + 1_000_000])
                try toOneFile(db)
                return files
            }
        } catch { throw StoreError(translating: error) }
    }

    /// Brings everything into the database file itself, and closes it.
    ///
    /// - Returns: False when somebody else has it open.
    package static func fold(path: String) throws(StoreError) -> Bool {
        do {
            let queue = try DatabaseQueue(path: path)
            defer { try? queue.close() }
            return try queue.writeWithoutTransaction { db in
                let busy = try Int.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)") ?? 0
                guard busy == 0 else { return false }
                // Refused while another connection exists.
                return try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE") == "delete"
            }
        } catch {
            let error = StoreError(translating: error)
            if error.reason == .busy { return false }
            throw error
        }
    }

    private static func toOneFile(_ db: Database) throws {
        _ = try String.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE")
    }
}
