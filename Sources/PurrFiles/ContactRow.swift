package import PurrMail
package import PurrSequences

/// What one row of a contact file came to.
package enum ContactRow: Hashable, Sendable {
    case contact(ImportedContact)
    /// The row is not usable; the others are.
    case refused(FileProblem)
}

/// A contact as a file gives it; what is blank there is nil here.
package struct ImportedContact: Hashable, Sendable {
    /// The line on which its row begins.
    package let line: Int
    package let address: EmailAddress
    package var firstName: String?
    package var lastName: String?
    package var company: String?
    package var zone: Zone?
    /// The other columns by property name, blank cells left out.
    package var properties: [String: String] = [:]

    package init(line: Int, address: EmailAddress) {
        self.line = line
        self.address = address
    }
}

extension ContactColumns {
    /// What a record means, read by these columns.
    ///
    /// - Parameter zones: Those found before; a list of people knows few zones and names them often.
    func row(_ record: CSVReader.Record, file: String, zones: inout [String: Zone]) -> ContactRow {
        func refused(_ text: String) -> ContactRow {
            .refused(FileProblem(file: file, line: record.line, text: text))
        }
        let cells = record.cells.map { CSVWriter.unguarded(trimmed($0)) }
        guard cells.dropFirst(meanings.count).allSatisfy(\.isEmpty) else {
            return refused(
                "The row has \(cells.count) cells and the header \(meanings.count); put quotes around a cell "
                    + "that holds the separator.")
        }
        var written: EmailAddress?
        for (meaning, cell) in zip(meanings, cells) where meaning == .email {
            switch Self.address(cell) {
            case .success(let address): written = address
            case .failure(let complaint): return refused(complaint.text)
            }
        }
        guard let written else { return refused("The row has no address; write one or delete the row.") }
        var contact = ImportedContact(line: record.line, address: written)
        for (meaning, cell) in zip(meanings, cells) where !cell.isEmpty && meaning != .email {
            if meaning == .timeZone, zones[cell] == nil, zones.count < 1_000 {
                zones[cell] = Zone(typed: cell)
            }
            if let complaint = Self.complaint(about: cell, meaning, zones: zones) {
                return refused(complaint)
            }
            switch meaning {
            case .firstName: contact.firstName = cell
            case .lastName: contact.lastName = cell
            case .company: contact.company = cell
            case .timeZone: contact.zone = zones[cell] ?? Zone(typed: cell)
            case .property(let name): contact.properties[name] = cell
            case .email, .unnamed: break
            }
        }
        return .contact(contact)
    }

    static func complaint(
        about cell: String, _ meaning: Meaning, zones: [String: Zone]
    ) -> String? {
        let controls = cell.unicodeScalars.filter { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
        switch meaning {
        case .unnamed:
            return "The row holds \"\(quotable(cell))\" below a column without a name; name the column."
        case .timeZone where zones[cell] == nil && Zone(typed: cell) == nil:
            return "The time zone \"\(quotable(cell))\" is unknown; write a name such as Europe/Oslo."
        case .property(let name):
            let isClean = controls.allSatisfy { ["\n", "\r", "\t"].contains($0) }
            return isClean ? nil : "The cell below \(name) holds control characters; delete them."
        default: return controls.isEmpty ? nil : "\"\(quotable(cell))\" is not one line; correct the cell."
        }
    }

    private struct Complaint: Error { let text: String }

    private static func address(_ cell: String) -> Result<EmailAddress, Complaint> {
        if cell.isEmpty {
            return .failure(Complaint(text: "The row has no address; write one or delete the row."))
        }
        if let address = EmailAddress(cell) { return .success(address) }
        guard cell.count(where: { $0 == "@" }) < 2 else {
            let text = "\"\(quotable(cell))\" is several addresses in one cell; give each person a row."
            return .failure(Complaint(text: text))
        }
        // "Kari Nordmann <kari@example.org>", as address books copy it.
        if cell.last == ">", let open = cell.lastIndex(of: "<"),
            let address = EmailAddress(trimmed(String(cell[cell.index(after: open)...].dropLast())))
        {
            return .success(address)
        }
        return .failure(
            Complaint(text: "\"\(quotable(cell))\" is not an e-mail address; correct or delete the row."))
    }
}

/// Without white space and the invisible marks that spreadsheets leave at the ends of a cell.
private func trimmed(_ cell: String) -> String {
    func isTrimmed(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value <= 0x20 }
        return scalar.properties.isWhitespace
            || ["\u{200B}", "\u{FEFF}", "\u{2060}", "\u{200E}"].contains(scalar)
    }
    guard let first = cell.unicodeScalars.first, let last = cell.unicodeScalars.last,
        isTrimmed(first) || isTrimmed(last)
    else { return cell }
    var scalars = Substring(cell).unicodeScalars
    while let scalar = scalars.first, isTrimmed(scalar) { scalars.removeFirst() }
    while let scalar = scalars.last, isTrimmed(scalar) { scalars.removeLast() }
    return String(scalars)
}
