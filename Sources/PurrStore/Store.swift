package import Foundation
internal import GRDB

/// The one place that knows SQL: a database, opened and migrated.
///
/// Queries are written once in the SQL that SQLite and PostgreSQL share, with `?1 ?2`, behind
/// ``Transaction``. All calls block; the caller chooses the thread.
package final class Store: Sendable {
    let queue: DatabaseQueue
    let groups: WriteGroups
    /// Whether a write leaves the commit to ``settle(_:)``.
    private let isGrouping: Bool
    private let interruption: Interruption?

    /// Called around each durable write; a test throws from it to stop the process there.
    package typealias Interruption = @Sendable (WritePoint) throws -> Void

    /// Where a durable write stands when ``Interruption`` is called.
    package enum WritePoint: Hashable, Sendable {
        /// All statements ran, nothing is durable.
        case beforeCommit
        /// Durable, and the caller does not know it yet.
        case afterCommit
    }

    /// How much a commit waits for the disk.
    package enum Durability: Sendable { case full, simulated }

    /// Opens the database file, creating and migrating it as needed.
    ///
    /// - Throws: ``StoreError/Reason/newerSchema`` when a newer Purr has written it; nothing is changed then.
    package convenience init(path: String, interruption: Interruption? = nil) throws(StoreError) {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL")
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try db.execute(sql: "PRAGMA foreign_keys = ON")
            // 4 MB. With SQLite's 2 MB the pages of one slice of headers were written to the disk and read
            // again within its transaction.
            try db.execute(sql: "PRAGMA cache_size = -4000")
        }
        configuration.busyMode = .timeout(10)
        // A group of writes stays open between two of them.
        configuration.allowsUnsafeTransactions = true
        let queue: DatabaseQueue
        do { queue = try DatabaseQueue(path: path, configuration: configuration) } catch {
            throw StoreError(translating: error)
        }
        try self.init(queue: queue, interruption: interruption)
    }

    /// A database in memory: real SQLite, gone with the process.
    ///
    /// For tests and the simulator.
    package static func inMemory(interruption: Interruption? = nil) throws(StoreError) -> Store {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA foreign_keys = ON")
            // Nothing to be synchronized with, and nobody to share it with.
            try db.execute(sql: "PRAGMA synchronous = OFF")
            try db.execute(sql: "PRAGMA temp_store = MEMORY")
        }
        let queue: DatabaseQueue
        do { queue = try DatabaseQueue(configuration: configuration) } catch {
            throw StoreError(translating: error)
        }
        return try Store(queue: queue, interruption: interruption)
    }

    private init(queue: DatabaseQueue, interruption: Interruption?) throws(StoreError) {
        self.queue = queue
        self.groups = WriteGroups()
        self.isGrouping = false
        self.interruption = interruption
        do { try Schema.migrate(queue) } catch let error as StoreError { throw error } catch {
            throw StoreError(translating: error)
        }
    }

    private init(grouping store: Store) {
        self.queue = store.queue
        self.groups = store.groups
        self.isGrouping = true
        self.interruption = store.interruption
    }

    /// The same connection, whose writes are durable only when ``settle(_:)`` has returned.
    ///
    /// Several writers on one thread share a commit so: on a disk that takes 2 ms for each, commits were what
    /// bounded eight sending mailboxes.
    package func grouping() -> Store { Store(grouping: self) }

    /// Runs one transaction that may write.
    ///
    /// Durable when it returns, and with it the group that is open on the connection; of a ``grouping()`` store
    /// it joins that group, whose commit is still to come.
    ///
    /// The closure is pure but for the database: PostgreSQL will repeat it on a serialization failure.
    package func write<Value>(_ body: (Transaction) throws -> Value) throws(StoreError) -> Value {
        do {
            let value = try queue.writeWithoutTransaction { db in
                guard isGrouping || db.isInsideTransaction else {
                    return try writeAlone(in: db) { try body(Transaction(db: db)) }
                }
                let group = try groups.open(in: db)
                let value = try groups.writeMember(of: group, in: db) { try body(Transaction(db: db)) }
                if !isGrouping { try groups.commit(group, in: db, interruption) }
                return value
            }
            if !isGrouping { try interruption?(.afterCommit) }
            return value
        } catch { throw StoreError(of: error) }
    }

    private func writeAlone<Value>(in db: Database, _ body: () throws -> Value) throws -> Value {
        // Prepared once: compiling BEGIN and COMMIT anew cost a third of a small transaction.
        try SQLiteCall.execute("BEGIN IMMEDIATE", in: db)
        do {
            let value = try body()
            try interruption?(.beforeCommit)
            try SQLiteCall.execute("COMMIT", in: db)
            return value
        } catch {
            if db.isInsideTransaction { try SQLiteCall.execute("ROLLBACK", in: db) }
            throw error
        }
    }

    /// The group that holds writes which are not durable yet; nil where there are none.
    package var openGroup: WriteGroup? { groups.current }

    /// Makes a group durable, unless somebody has done so.
    ///
    /// - Throws: What kept it from that, to each who asks: all its writes are undone then.
    package func settle(_ group: WriteGroup) throws(StoreError) {
        guard try groups.isOpen(group) else { return }
        do {
            try queue.writeWithoutTransaction { db in
                if try groups.isOpen(group) { try groups.commit(group, in: db, interruption) }
            }
            try interruption?(.afterCommit)
        } catch { throw StoreError(of: error) }
    }

    /// Runs queries without a transaction: each sees what is committed when it begins.
    package func read<Value>(_ body: (Transaction) throws -> Value) throws(StoreError) -> Value {
        do {
            return try queue.unsafeRead { db in try body(Transaction(db: db)) }
        } catch { throw StoreError(of: error) }
    }

    /// How long this connection waits while another one writes: ten seconds unless it is told otherwise.
    package func setPatience(milliseconds: Int) throws(StoreError) {
        _ = try read { try $0.row("PRAGMA busy_timeout = \(milliseconds)") }
    }

    /// A number that changes whenever another process has written.
    package func foreignWrites() throws(StoreError) -> Int64 {
        try read { transaction in
            try transaction.row("PRAGMA data_version")?.integer(0) ?? 0
        }
    }

    /// Empties the journal of writes into the file, so that nothing that was erased stays in it.
    ///
    /// - Returns: Whether that could be done; somebody who reads or writes at this moment keeps it from being.
    @discardableResult
    package func emptyJournal() throws(StoreError) -> Bool {
        try read { try $0.row("PRAGMA wal_checkpoint(TRUNCATE)")?.int(0) == 0 }
    }

    /// Asks the database whether the file is whole; nil when it is, else what it says.
    package func damage() throws(StoreError) -> String? {
        try read { transaction in
            let verdict = try transaction.row("PRAGMA quick_check(1)")?.text(0) ?? "ok"
            return verdict == "ok" ? nil : verdict
        }
    }
}

/// One running transaction: the seam between queries and the database driver.
///
/// Domain queries are extensions of it, one file a subject.
package struct Transaction {
    fileprivate let db: Database

    fileprivate init(db: Database) { self.db = db }

    /// Runs one statement.
    func execute(_ sql: String, _ arguments: (any Bindable)?...) throws {
        try SQLiteCall.execute(sql, arguments, in: db)
    }

    /// All rows of one query.
    func rows(_ sql: String, _ arguments: (any Bindable)?...) throws -> [Columns] {
        try SQLiteCall.rows(sql, arguments, in: db)
    }

    /// All rows of one query whose arguments are a list.
    func rows(_ sql: String, list arguments: [(any Bindable)?]) throws -> [Columns] {
        try SQLiteCall.rows(sql, arguments, in: db)
    }

    /// The first row of one query.
    func row(_ sql: String, _ arguments: (any Bindable)?...) throws -> Columns? {
        try SQLiteCall.row(sql, arguments, in: db)
    }

    /// The steps the database would take for one query, for tests that hold a query to its index.
    package func plan(of sql: String, argumentCount: Int) throws -> [String] {
        let arguments = StatementArguments([Int](repeating: 0, count: argumentCount))
        return try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN \(sql)", arguments: arguments).map {
            $0["detail"]
        }
    }
}

extension Date {
    /// An instant as the database keeps it: whole milliseconds since 1970.
    package init(milliseconds: Int64) {
        self.init(timeIntervalSince1970: Double(milliseconds) / 1000)
    }

    /// Whole milliseconds since 1970, rounded down; ends of the range stand for what lies beyond them.
    package var milliseconds: Int64 {
        Int64(max(-9e15, min(9e15, (timeIntervalSince1970 * 1000).rounded(.down))))
    }
}

extension StoreError {
    /// An error of any kind that came out of a call.
    init(of error: any Error) {
        self = error as? StoreError ?? StoreError(translating: error)
    }

    /// What a driver's error means for the caller.
    init(translating error: any Error) {
        guard let error = error as? DatabaseError else {
            self.init(.other, "The database failed: \(error)")
            return
        }
        let said = error.message ?? "code \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy, "The database is locked by another process; try again.")
        case .SQLITE_FULL:
            self.init(
                .full,
                "The disk is full: the database could not be written. Free some space; nothing was lost.")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(.damaged, "The database file is damaged (\(said)). Restore a backup.")
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_AUTH:
            self.init(
                .noAccess,
                "The database cannot be opened or written (\(said)). Check the folder's owner and rights.")
        case .SQLITE_IOERR:
            self.init(
                .full,
                "The disk refused a read or write (\(said)). Free some space and check the disk; nothing was lost."
            )
        default:
            self.init(.other, "The database failed: \(said)")
        }
    }
}
