import PurrSequences

/// A person as the fields of a form say it.
package enum ContactFields {
    /// The most fields of one form that are kept.
    package static let mostFields = 100
    /// The most characters of one field that are kept.
    package static let longestField = 4_000

    /// Reads the fields by their names, as ``ContactFile`` reads the columns of a file.
    ///
    /// What cannot be used is left out, for nobody is there to correct it; the address alone is needed.
    ///
    /// - Parameter fields: By name, as they came.
    /// - Returns: Nil when no field holds a usable address.
    package static func contact(_ fields: [String: String]) -> ImportedContact? {
        var kept: [(name: String, value: String)] = []
        var seen: Set<ContactColumns.Meaning> = []
        for (name, value) in fields.sorted(by: { $0.key < $1.key }).prefix(mostFields) {
            let value = String(value.prefix(longestField))
            let meaning = ContactColumns.meaning(of: name)
            guard meaning != .unnamed, !name.contains("@"), !value.allSatisfy(\.isWhitespace),
                meaning == .email || ContactColumns.complaint(about: value, meaning, zones: [:]) == nil,
                seen.insert(meaning).inserted
            else { continue }
            kept.append((name, value))
        }
        guard
            let columns = try? ContactColumns(
                CSVReader.Record(line: 1, cells: kept.map(\.name)), file: "form")
        else { return nil }
        var zones: [String: Zone] = [:]
        let row = columns.row(
            CSVReader.Record(line: 1, cells: kept.map(\.value)), file: "form", zones: &zones)
        guard case .contact(let contact) = row else { return nil }
        return contact
    }
}
