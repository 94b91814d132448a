internal import GRDB
internal import Synchronization

/// Writes that one commit makes durable together: all of them, or none.
///
/// Who wrote into it acts on that only after ``Store/settle(_:)``.
package struct WriteGroup: Hashable, Sendable {
    fileprivate let number: Int
}

/// The groups of one connection, of which at most one is open.
///
/// Changed under the connection's own lock; numbers, so that looking at them needs none.
final class WriteGroups: Sendable {
    private let begun = Atomic(0)
    private let ended = Atomic(0)
    /// The last one that failed.
    ///
    /// An earlier one that nobody has asked for since counts as failed too: who is told so looks anew, which
    /// is right at any time.
    private let failed = Atomic(0)

    var current: WriteGroup? {
        let number = begun.load(ordering: .acquiring)
        return number > ended.load(ordering: .acquiring) ? WriteGroup(number: number) : nil
    }

    /// Whether a group is still to be committed.
    ///
    /// - Throws: When it was undone.
    func isOpen(_ group: WriteGroup) throws(StoreError) -> Bool {
        if group.number > ended.load(ordering: .acquiring) { return true }
        guard group.number > failed.load(ordering: .acquiring) else {
            throw StoreError(.other, "What was written together with it failed; all of it is undone.")
        }
        return false
    }

    /// The open group, or a new one.
    func open(in db: Database) throws -> WriteGroup {
        if let current { return current }
        try SQLiteCall.execute("BEGIN IMMEDIATE", in: db)
        return WriteGroup(number: begun.add(1, ordering: .acquiringAndReleasing).newValue)
    }

    /// Runs one member's statements; where they fail, they alone are undone.
    func writeMember<Value>(of group: WriteGroup, in db: Database, _ body: () throws -> Value) throws
        -> Value
    {
        try SQLiteCall.execute("SAVEPOINT member", in: db)
        do {
            let value = try body()
            try SQLiteCall.execute("RELEASE member", in: db)
            return value
        } catch {
            do {
                try SQLiteCall.execute("ROLLBACK TO member", in: db)
                try SQLiteCall.execute("RELEASE member", in: db)
            } catch {
                // A full disk may have undone everything, the savepoint included.
                undo(group, in: db)
            }
            throw error
        }
    }

    func commit(_ group: WriteGroup, in db: Database, _ interruption: Store.Interruption?) throws {
        do {
            try interruption?(.beforeCommit)
            try SQLiteCall.execute("COMMIT", in: db)
        } catch {
            undo(group, in: db)
            throw error
        }
        ended.store(group.number, ordering: .releasing)
    }

    private func undo(_ group: WriteGroup, in db: Database) {
        if db.isInsideTransaction { try? SQLiteCall.execute("ROLLBACK", in: db) }
        failed.store(group.number, ordering: .releasing)
        ended.store(group.number, ordering: .releasing)
    }
}
