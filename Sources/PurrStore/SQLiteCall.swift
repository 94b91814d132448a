internal import Foundation
internal import GRDB
internal import GRDBSQLite

/// One run of one statement, through SQLite's own functions.
///
/// GRDB opens the database, prepares the statements and keeps them, and serializes the calls. Its rows carry the
/// names of their columns and are copied one by one, which cost more than the queries themselves: half of a
/// simulated step.
enum SQLiteCall {
    /// All rows of a statement.
    static func rows(_ sql: String, _ arguments: [(any Bindable)?], in db: Database) throws -> [Columns] {
        try running(sql, arguments, in: db) { statement in
            var found: [Columns] = []
            while try step(statement, sql, db) { found.append(Columns(statement)) }
            return found
        }
    }

    /// The first row of a statement; one that changes something has done so by then.
    static func row(_ sql: String, _ arguments: [(any Bindable)?], in db: Database) throws -> Columns? {
        try running(sql, arguments, in: db) { statement in
            try step(statement, sql, db) ? Columns(statement) : nil
        }
    }

    /// Runs a statement to its end.
    static func execute(_ sql: String, _ arguments: [(any Bindable)?] = [], in db: Database) throws {
        try running(sql, arguments, in: db) { statement in while try step(statement, sql, db) {} }
    }

    private static func running<Value>(
        _ sql: String, _ arguments: [(any Bindable)?], in db: Database,
        _ body: (OpaquePointer) throws -> Value
    ) throws -> Value {
        let prepared = try db.cachedStatement(sql: sql)
        return try withExtendedLifetime(prepared) {
            let statement = prepared.sqliteStatement
            // A statement that is not reset holds its locks. What failed was thrown by its step already.
            defer { _ = sqlite3_reset(statement) }
            guard Int(sqlite3_bind_parameter_count(statement)) == arguments.count else {
                throw DatabaseError(
                    resultCode: .SQLITE_MISUSE, message: "wrong number of arguments", sql: sql)
            }
            for (index, argument) in arguments.enumerated() {
                let position = Int32(index + 1)
                let code =
                    argument?.bind(to: statement, at: position) ?? sqlite3_bind_null(statement, position)
                guard code == SQLITE_OK else { throw failure(code, sql, db) }
            }
            return try body(statement)
        }
    }

    /// Whether there is one more row.
    private static func step(_ statement: OpaquePointer, _ sql: String, _ db: Database) throws -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: true
        case SQLITE_DONE: false
        case let code: throw failure(code, sql, db)
        }
    }

    private static func failure(_ code: Int32, _ sql: String, _ db: Database) -> DatabaseError {
        DatabaseError(resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage, sql: sql)
    }
}

/// A value that can be bound to a statement.
protocol Bindable {
    /// - Returns: SQLite's result code.
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32
}

extension Int64: Bindable {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        sqlite3_bind_int64(statement, index, self)
    }
}

extension Int: Bindable {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        sqlite3_bind_int64(statement, index, Int64(self))
    }
}

extension String: Bindable {
    // The length is said, so that a NUL ends nothing.
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        sqlite3_bind_text(statement, index, self, Int32(utf8.count), copied)
    }
}

extension Data: Bindable {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        // No bytes have no address, and no address would be NULL.
        guard !isEmpty else { return sqlite3_bind_zeroblob(statement, index, 0) }
        return withUnsafeBytes {
            sqlite3_bind_blob(statement, index, $0.baseAddress, Int32($0.count), copied)
        }
    }
}

/// `SQLITE_TRANSIENT`: SQLite keeps a copy.
private var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

/// One row, read by position so that a query's column list is its contract.
struct Columns {
    private enum Cell {
        case integer(Int64)
        case text(String)
        case bytes([UInt8])
        case none
    }

    private let cells: [Cell]

    /// Copies the row at which a statement stands.
    fileprivate init(_ statement: OpaquePointer) {
        cells = (0..<sqlite3_column_count(statement)).map { index in
            switch sqlite3_column_type(statement, index) {
            case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, index))
            case SQLITE_TEXT:
                let start = sqlite3_column_text(statement, index)
                let count = Int(sqlite3_column_bytes(statement, index))
                return .text(
                    String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
            case SQLITE_BLOB:
                let start = sqlite3_column_blob(statement, index)
                let count = Int(sqlite3_column_bytes(statement, index))
                return .bytes([UInt8](UnsafeRawBufferPointer(start: start, count: count)))
            default: return .none
            }
        }
    }

    func integer(_ index: Int) -> Int64 {
        guard case .integer(let value) = cells[index] else { return 0 }
        return value
    }

    func text(_ index: Int) -> String {
        guard case .text(let value) = cells[index] else { return "" }
        return value
    }

    func bytes(_ index: Int) -> [UInt8] {
        guard case .bytes(let value) = cells[index] else { return [] }
        return value
    }

    func isNull(_ index: Int) -> Bool {
        guard case .none = cells[index] else { return false }
        return true
    }

    func int(_ index: Int) -> Int { Int(integer(index)) }
    func flag(_ index: Int) -> Bool { integer(index) == 1 }
    func instant(_ index: Int) -> Date { Date(milliseconds: integer(index)) }
    /// Nil for 0, the value that stands for "no time".
    func optionalInstant(_ index: Int) -> Date? { integer(index) == 0 ? nil : instant(index) }
}
