import PurrMail
import PurrSequences

/// Reads contacts from a CSV file that comes in pieces of any size.
///
/// The header row names the columns: email, firstName, lastName, company, timeZone, in any case and
/// order, and others become properties. UTF-8 with or without a mark, UTF-16, and Windows-1252 are
/// understood; the separator is a comma, a semicolon or a tab, whichever the header uses most.
///
/// Holds one row at a time; what grows is the table that finds addresses that come twice, to about
/// 40 MB for a million rows.
package struct ContactFile: Sendable {
    private let name: String
    private var decoder = ByteDecoder()
    /// The header row as far as it has come.
    private var beginning: [UInt8] = []
    private var csv: CSVReader?
    private var columns: ContactColumns?
    /// The line of each address seen, by a hash of 64 bits: among a million, two that differ meet once
    /// in forty million files.
    private var lines: [UInt64: UInt32] = [:]
    /// By what was written.
    private var zones: [String: Zone] = [:]

    /// - Parameter name: The file's name, for complaints.
    package init(name: String) { self.name = name }

    /// The rows that these bytes complete, each as a contact or a complaint.
    ///
    /// - Throws: When the file as a whole is unusable; what earlier calls returned should not be kept then.
    package mutating func feed(_ bytes: ArraySlice<UInt8>) throws(FileProblem) -> [ContactRow] {
        try rows(decoder.feed(bytes)[...], isLast: false)
    }

    /// The rows that only the end of the file completes.
    package mutating func finish() throws(FileProblem) -> [ContactRow] {
        var rows = try rows(decoder.feed([], isLast: true)[...], isLast: true)
        guard !decoder.isInsideCharacter else {
            throw problem(
                nil, "The file ends in the middle of a UTF-16 character; it is cut off, copy it again.")
        }
        if csv?.isInsideQuotes == true, let line = csv?.quoteLine {
            throw problem(
                line, "The quote that opens on this line is never closed; close it, or write it twice.")
        }
        if let record = csv?.finish(), let row = try row(record) { rows.append(row) }
        guard columns != nil else {
            throw problem(nil, "The file is empty; it needs a header row and contacts.")
        }
        return rows
    }

    private mutating func rows(_ bytes: ArraySlice<UInt8>, isLast: Bool) throws(FileProblem) -> [ContactRow]
    {
        var bytes = bytes
        if csv == nil {
            beginning += bytes
            guard let (delimiter, skipped) = try separator(isLast: isLast) else { return [] }
            csv = CSVReader(delimiter: delimiter, line: 1)
            bytes = beginning.dropFirst(skipped)
            beginning = []
        }
        let records: [CSVReader.Record]
        do {
            records = try csv?.feed(bytes) ?? []
        } catch {
            throw problem(of: error)
        }
        var rows: [ContactRow] = []
        rows.reserveCapacity(records.count)
        for record in records {
            if let row = try row(record) { rows.append(row) }
        }
        return rows
    }

    private mutating func row(_ record: CSVReader.Record) throws(FileProblem) -> ContactRow? {
        guard let columns else {
            columns = try ContactColumns(record, file: name)
            return nil
        }
        let row = columns.row(record, file: name, zones: &zones)
        guard case .contact(let contact) = row else { return row }
        let line = UInt32(clamping: contact.line)
        let key = hash(contact.address.key)
        if let first = lines[key] {
            return .refused(
                FileProblem(
                    file: name, line: record.line,
                    text: "\(contact.address) is on line \(first) already; delete one of the rows."))
        }
        lines[key] = line
        return row
    }

    /// The separator and how many bytes of an "sep=;" line to skip, once the header row is there.
    private func separator(isLast: Bool) throws(FileProblem) -> (delimiter: UInt8, skipped: Int)? {
        if beginning.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            throw problem(nil, "This is a spreadsheet and not a CSV file; save it as CSV.")
        }
        var counts: [UInt8: Int] = [:]
        var isQuoted = false
        var isComplete = isLast
        var length = 0
        for byte in beginning {
            if byte == 0x22 { isQuoted.toggle() }
            if !isQuoted, byte == 0x0A || byte == 0x0D, length > 0 {
                isComplete = true
                break
            }
            if !isQuoted { counts[byte, default: 0] += 1 }
            length += 1
        }
        guard isComplete else {
            guard beginning.count <= 100_000 else {
                throw problem(1, "The header row does not end; is a quote in it not closed?")
            }
            return nil
        }
        if let told = beginning.prefix(length).last, beginning.prefix(4).elementsEqual("sep=".utf8),
            length == 5
        {
            return (told, length)
        }
        let candidates: [UInt8] = [0x2C, 0x3B, 0x09]
        let best = candidates.max { counts[$0, default: 0] < counts[$1, default: 0] } ?? 0x2C
        return (counts[best, default: 0] == 0 ? 0x2C : best, 0)
    }

    private func problem(of excess: CSVReader.Excess) -> FileProblem {
        switch excess {
        case .size(_, let quoteLine?):
            problem(
                quoteLine,
                "The quote that opens on this line is not closed within 250 kB; close it, or write it twice."
            )
        case .size(let line, nil): problem(line, "The row that begins on this line is longer than 250 kB.")
        case .cells(let line): problem(line, "The row has more than \(CSVReader.mostCells) cells.")
        }
    }

    private func problem(_ line: Int?, _ text: String) -> FileProblem {
        FileProblem(file: name, line: line, text: text)
    }

    /// FNV-1a (Fowler, Noll, Vo).
    private func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}
