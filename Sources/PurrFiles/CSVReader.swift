/// Splits bytes into records and cells, a piece at a time.
///
/// Source: RFC 4180, and what spreadsheets make of it: any line end, a quote that is not at the start of a
/// cell is an ordinary character, and what follows a closing quote belongs to the cell.
struct CSVReader: Sendable {
    struct Record: Hashable, Sendable {
        /// The line on which it begins, counted from 1.
        let line: Int
        let cells: [String]
    }

    private enum State: Sendable {
        case start, plain, quoted, afterQuote
    }

    let delimiter: UInt8
    private var state = State.start
    private var cell: [UInt8] = []
    private var cells: [String] = []
    private var line: Int
    private var recordLine: Int
    private var recordSize = 0
    private var wasReturn = false
    private(set) var quoteLine = 0

    init(delimiter: UInt8, line: Int) {
        self.delimiter = delimiter
        self.line = line
        recordLine = line
    }

    /// Why a record cannot be read on.
    enum Excess: Error { case size(line: Int, quoteLine: Int?), cells(line: Int) }

    /// In bytes; cells are names and notes, not files.
    static let largestRecord = 250_000
    static let mostCells = 1_000

    /// The records that end in these bytes.
    mutating func feed(_ bytes: ArraySlice<UInt8>) throws(Excess) -> [Record] {
        var records: [Record] = []
        for byte in bytes {
            let isLineFeedOfPair = wasReturn && byte == 0x0A
            wasReturn = byte == 0x0D
            let endsLine = (byte == 0x0A || byte == 0x0D) && !isLineFeedOfPair
            if state == .quoted {
                if byte == 0x22 { state = .afterQuote } else { cell.append(byte) }
                if endsLine { line += 1 }
            } else if isLineFeedOfPair {
                recordLine = line
                continue
            } else if endsLine {
                line += 1
                if let record = endRecord() { records.append(record) }
            } else {
                consume(byte)
            }
            recordSize += 1
            if recordSize > Self.largestRecord {
                throw .size(line: recordLine, quoteLine: state == .quoted ? quoteLine : nil)
            }
            if cells.count > Self.mostCells { throw .cells(line: recordLine) }
        }
        return records
    }

    private mutating func consume(_ byte: UInt8) {
        switch (state, byte) {
        case (_, delimiter): endCell()
        case (.start, 0x22):
            // Blanks before the quote are not part of the cell.
            cell = []
            state = .quoted
            quoteLine = line
        case (.start, 0x20): cell.append(byte)
        case (.afterQuote, 0x22):
            cell.append(byte)
            state = .quoted
        case (.start, _):
            cell.append(byte)
            state = .plain
        default: cell.append(byte)
        }
    }

    /// The last record, when the file does not end with a line end.
    ///
    /// - Returns: `nil` when there is none, or when its quote was never closed.
    mutating func finish() -> Record? { state == .quoted ? nil : endRecord() }

    /// Whether the file has ended inside quotes; they were opened on ``quoteLine``.
    var isInsideQuotes: Bool { state == .quoted }

    private mutating func endCell() {
        cells.append(ByteDecoder.cellText(cell))
        cell.removeAll(keepingCapacity: true)
        state = .start
    }

    /// - Returns: `nil` for a line with nothing on it.
    private mutating func endRecord() -> Record? {
        endCell()
        defer {
            cells.removeAll(keepingCapacity: true)
            recordLine = line
            recordSize = 0
        }
        let isBlank = cells.allSatisfy { $0.unicodeScalars.allSatisfy(\.properties.isWhitespace) }
        return isBlank ? nil : Record(line: recordLine, cells: cells)
    }
}
