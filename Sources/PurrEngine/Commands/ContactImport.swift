internal import PurrFiles
internal import PurrMail
internal import PurrSequences
internal import PurrStore

/// What became of a contact file.
package struct ContactImport: Sendable, Hashable, Encodable {
    package var new = 0
    package var updated = 0
    package var refused = 0
    /// The first of the rows that were refused, to name them.
    package var complaints: [String] = []

    package static let mostComplaints = 20
}

/// A contact file that was read to its end: it can be used.
package struct CheckedContactFile: Sendable, Hashable {
    /// Rows that can be used.
    package fileprivate(set) var usable = 0
    package fileprivate(set) var refused = 0
    package fileprivate(set) var bytes = 0
    fileprivate var complaints: [String] = []

    /// About what the contacts take in the database, in bytes.
    ///
    /// A million rows of 89 MB became 293 MB, indexes included; beside it stands what is not merged yet.
    package var spaceNeeded: Int { bytes * 4 + (1 << 20) }
}

extension Commands {
    /// Reads a contact file without storing anything.
    ///
    /// - Parameters:
    ///   - name: The file's name, for complaints.
    ///   - isStrict: One row that cannot be used refuses them all.
    ///   - progress: Told how many rows have been read.
    ///   - nextPiece: Some bytes of the file; nil at its end.
    /// - Throws: When the file as a whole cannot be used.
    package func checkContacts(
        named name: String, isStrict: Bool = false, progress: (Int) -> Void = { _ in },
        nextPiece: () throws -> [UInt8]?
    ) throws -> CheckedContactFile {
        var checked = CheckedContactFile()
        var file = ContactFile(name: name)
        func take(_ rows: [ContactRow]) {
            for row in rows {
                guard case .refused(let problem) = row else {
                    checked.usable += 1
                    continue
                }
                checked.refused += 1
                if checked.complaints.count < ContactImport.mostComplaints {
                    checked.complaints.append("\(problem)")
                }
            }
            progress(checked.usable + checked.refused)
        }
        while let piece = try nextPiece() {
            checked.bytes += piece.count
            take(try file.feed(piece[...]))
        }
        take(try file.finish())
        if isStrict, let first = checked.complaints.first {
            let others = checked.refused > 1 ? " There are \(checked.refused - 1) more such rows." : ""
            throw CommandError(.badData, "\(first)\(others) Nothing was imported.")
        }
        return checked
    }

    /// Brings in the contacts of a file that was checked.
    ///
    /// Rows that cannot be used stay out; known contacts are filled in, and a blank never erases. Up to
    /// 20,000 contacts come in one transaction. More come in many, because a transaction of half a minute
    /// would keep a daemon from noting what it sent; doing it again after an interruption completes it.
    ///
    /// - Parameters:
    ///   - pause: Called between transactions, to let others write.
    package func importContacts(
        _ checked: CheckedContactFile, named name: String, progress: (Int) -> Void = { _ in },
        pause: () async throws -> Void = {}, nextPiece: () throws -> [UInt8]?
    ) async throws -> ContactImport {
        var result = ContactImport(refused: checked.refused, complaints: checked.complaints)
        let batch = checked.usable <= Self.wholeImport ? Int.max : Self.importBatch
        var file = ContactFile(name: name)
        var waiting: [ContactDetails] = []
        func store() throws {
            let new = try change { transaction in
                try waiting.count { try transaction.importContact($0, at: now) }
            }
            result.new += new
            result.updated += waiting.count - new
            waiting.removeAll(keepingCapacity: true)
        }
        func take(_ rows: [ContactRow]) async throws {
            for row in rows {
                guard case .contact(let contact) = row else { continue }
                waiting.append(ContactDetails(contact))
                guard waiting.count >= batch else { continue }
                try store()
                progress(result.new + result.updated)
                try await pause()
            }
        }
        do {
            while let piece = try nextPiece() { try await take(file.feed(piece[...])) }
            try await take(file.finish())
            try store()
        } catch let error as StoreError where result.new + result.updated > 0 {
            throw StoreError(
                error.reason,
                "\(error.text) \(result.new + result.updated) of \(checked.usable) contacts are in; the same command brings in the rest."
            )
        }
        return result
    }

    private static let wholeImport = 20_000
    private static let importBatch = 2_000
}

extension ContactDetails {
    init(_ contact: ImportedContact) {
        self.init(
            email: contact.address, firstName: contact.firstName ?? "", lastName: contact.lastName ?? "",
            company: contact.company ?? "", timeZone: contact.zone?.identifier ?? "",
            properties: contact.properties)
    }
}
