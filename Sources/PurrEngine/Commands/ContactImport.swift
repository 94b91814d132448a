internal import Foundation
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

extension Commands {
    /// Brings in contacts from a file that comes in pieces, in one transaction: a file that turns out to be
    /// unusable, a full disk or a crash change nothing.
    ///
    /// Rows that are not usable stay out and are named; the others come in. Known contacts are filled in,
    /// and a blank never erases.
    ///
    /// - Parameters:
    ///   - name: The file's name, for complaints.
    ///   - isStrict: One row that is not usable refuses them all.
    ///   - nextPiece: Some bytes of the file; nil at its end.
    ///   - progress: Told after each piece how many rows have been read.
    package func importContacts(
        named name: String, isStrict: Bool = false, progress: (Int) -> Void = { _ in },
        nextPiece: () throws -> [UInt8]?
    ) throws -> ContactImport {
        try change { transaction in
            var file = ContactFile(name: name)
            var result = ContactImport()
            func take(_ rows: [ContactRow]) throws {
                for row in rows {
                    switch row {
                    case .contact(let contact):
                        let isNew = try transaction.importContact(ContactDetails(contact), at: now)
                        if isNew { result.new += 1 } else { result.updated += 1 }
                    case .refused(let problem):
                        result.refused += 1
                        if result.complaints.count < ContactImport.mostComplaints {
                            result.complaints.append("\(problem)")
                        }
                    }
                }
                progress(result.new + result.updated + result.refused)
            }
            while let piece = try nextPiece() { try take(file.feed(piece[...])) }
            try take(file.finish())
            if isStrict, let first = result.complaints.first {
                let others = result.refused > 1 ? " There are \(result.refused - 1) more such rows." : ""
                throw CommandError(.badData, "\(first)\(others) Nothing was imported.")
            }
            return result
        }
    }
}

extension ContactDetails {
    fileprivate init(_ contact: ImportedContact) {
        self.init(
            email: contact.address, firstName: contact.firstName ?? "", lastName: contact.lastName ?? "",
            company: contact.company ?? "", timeZone: contact.zone?.identifier ?? "",
            properties: contact.properties)
    }
}
