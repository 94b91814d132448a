internal import PurrFiles
package import PurrMail

extension Commands {
    /// Enrolls all contacts of a file that was imported, a few hundred in one transaction: what was enrolled
    /// stays so when it is interrupted, and doing it again enrolls the rest.
    ///
    /// - Parameters:
    ///   - isBulk: Whether their first mails go at the slower pace (spec S8.1).
    ///   - pause: Called between transactions, to let others write.
    ///   - each: Told what came of each contact, in the order of the file.
    package func enrollFile(
        _ request: EnrollmentRequest, named name: String, isBulk: Bool, pause: () async throws -> Void = {},
        nextPiece: () throws -> [UInt8]?,
        each: ([(contact: EmailAddress, result: EnrollmentResult)]) throws -> Void
    ) async throws {
        var file = ContactFile(name: name)
        var waiting: [EmailAddress] = []
        var request = request
        if isBulk { request.bulkFrom = 0 }
        func enroll() throws {
            guard !waiting.isEmpty else { return }
            request.contacts = waiting
            try each(self.enroll(request))
            waiting.removeAll(keepingCapacity: true)
        }
        func take(_ rows: [ContactRow]) async throws {
            for row in rows {
                guard case .contact(let contact) = row else { continue }
                waiting.append(contact.address)
                guard waiting.count >= 500 else { continue }
                try enroll()
                try await pause()
            }
        }
        while let piece = try nextPiece() { try await take(file.feed(piece[...])) }
        try await take(file.finish())
        try enroll()
    }
}
