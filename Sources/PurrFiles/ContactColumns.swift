/// What each column of a contact file is for.
struct ContactColumns: Hashable, Sendable {
    enum Meaning: Hashable, Sendable {
        case email, firstName, lastName, company, timeZone
        case property(String)
        /// No name in the header; tolerated as long as nothing stands below.
        case unnamed
    }

    let meanings: [Meaning]

    /// Reads a header row.
    init(_ record: CSVReader.Record, file: String) throws(FileProblem) {
        func problem(_ text: String) -> FileProblem {
            FileProblem(file: file, line: record.line, text: text)
        }
        if let cell = record.cells.first(where: { $0.contains("@") }) {
            throw problem(
                "The first row is \"\(quotable(cell))\" and no header; put one above it, such as "
                    + "email,firstName,lastName,company,timeZone.")
        }
        let meanings = record.cells.map(Self.meaning)
        guard meanings.contains(.email) else {
            let seen = record.cells.map { "\"\(quotable($0))\"" }.prefix(8).joined(separator: ", ")
            throw problem("No column is called email; the header has \(seen).")
        }
        var seen: [Meaning: String] = [:]
        for (meaning, cell) in zip(meanings, record.cells) where meaning != .unnamed {
            if let twin = seen.updateValue(cell, forKey: meaning) {
                throw problem(
                    "Two columns, \"\(quotable(twin))\" and \"\(quotable(cell))\", mean the same; delete or rename one."
                )
            }
        }
        self.meanings = meanings
    }

    static func meaning(of cell: String) -> Meaning {
        let folded = String(cell.lowercased().filter { $0.isLetter || $0.isNumber })
        if let known = synonyms[folded] { return known }
        let name = propertyName(cell)
        return name.isEmpty ? .unnamed : .property(name)
    }

    private static let synonyms: [String: Meaning] = {
        let names: [Meaning: [String]] = [
            .email: [
                "email", "emailaddress", "mail", "mailaddress", "epost", "epostadresse", "email1value",
            ],
            .firstName: ["firstname", "givenname", "forename", "first", "fornavn"],
            .lastName: ["lastname", "surname", "familyname", "last", "etternavn"],
            .company: [
                "company", "companyname", "organization", "organisation", "firma", "bedrift", "selskap",
            ],
            .timeZone: ["timezone", "tz", "zone", "ianatimezone", "tidssone"],
            .property("jobTitle"): ["jobtitle", "stilling"],
            .property("linkedInURL"): ["linkedin", "linkedinurl", "linkedinprofile"],
        ]
        return Dictionary(
            names.flatMap { meaning, words in words.map { ($0, meaning) } },
            uniquingKeysWith: { first, _ in first })
    }()

    /// A name that can stand in a token: as it is when it can, else its words run together, so that
    /// `Last order no.` is `{{contact.lastOrderNo}}`.
    static func propertyName(_ header: String) -> String {
        let words = header.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }.map(
            String.init)
        guard words.count > 1, let first = words.first else { return words.first ?? "" }
        let start =
            first == first.uppercased()
            ? first.lowercased() : first.prefix(1).lowercased() + first.dropFirst()
        return start + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}

/// A stretch of what somebody wrote, short and on one line, to be shown in a sentence.
func quotable(_ text: String) -> String {
    let line = String(text.prefix(60).map { $0.isNewline ? " " : $0 })
    return text.count > 60 ? line + "…" : line
}
