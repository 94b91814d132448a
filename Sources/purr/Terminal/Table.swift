/// Columns that fit the screen.
///
/// What is too wide goes without columns that say nothing; the widest give way, and what is cut ends in `…`. Before
/// little is left of them, it goes without columns it can do without. Times are never cut.
struct Table {
    var headers: [String]
    var rows: [[String]] = []
    /// Headers of columns that a narrow screen can do without, the dearest first.
    var optional: [String] = []
    /// How a cell is painted, by row and column.
    var colour: (_ row: Int, _ column: Int) -> Terminal.Colour? = { _, _ in nil }

    init(
        _ headers: [String], rows: [[String]] = [], optional: [String] = [],
        colour: @escaping (Int, Int) -> Terminal.Colour? = { _, _ in nil }
    ) {
        self.headers = headers
        self.rows = rows
        self.optional = optional
        self.colour = colour
    }

    private static let gap = 2
    /// What a cell keeps as long as a column can go instead.
    private static let enough = 16
    private static let times: Set = ["AT", "DUE", "MADE", "DELETED", "SINCE"]

    func lines(width: Int = Terminal.columns) -> [String] {
        let rows = rows.map { $0.map(Terminal.oneLine) }
        var widths = headers.indices.map { column in
            max(
                Self.width(headers[column]),
                rows.map { column < $0.count ? Self.width($0[column]) : 0 }.max() ?? 0)
        }
        let shown = shown(widths, of: rows, width: width)
        let available = width - Self.gap * (shown.count - 1)
        let soft = shown.filter { !Self.times.contains(headers[$0]) }
        while shown.map({ widths[$0] }).reduce(0, +) > available,
            let widest = soft.max(by: { widths[$0] < widths[$1] }), widths[widest] > 8
        {
            widths[widest] -= 1
        }
        var lines = [line(headers, columns: shown, widths: widths) { _ in .grey }]
        for (number, row) in rows.enumerated() {
            lines.append(line(row, columns: shown, widths: widths) { colour(number, $0) })
        }
        return lines
    }

    /// The columns that stay on a screen of that width, from 0.
    private func shown(_ widths: [Int], of rows: [[String]], width: Int) -> [Int] {
        let empty = headers.indices.filter { column in
            rows.allSatisfy { $0.count <= column || $0[column].isEmpty }
        }
        let unneeded = optional.reversed().compactMap { headers.firstIndex(of: $0) }
        let least = headers.indices.map { column in
            Self.times.contains(headers[column]) ? widths[column] : min(widths[column], Self.enough)
        }
        var shown = Array(headers.indices)
        func isTooWide(_ widths: [Int]) -> Bool {
            shown.map { widths[$0] + Self.gap }.reduce(-Self.gap, +) > width
        }
        for column in empty.reversed() where shown.count > 1 && isTooWide(widths) {
            shown.removeAll { $0 == column }
        }
        for column in unneeded where shown.count > 1 && isTooWide(least) {
            shown.removeAll { $0 == column }
        }
        return shown
    }

    func print() { for line in lines() { Swift.print(line) } }

    private func line(
        _ cells: [String], columns: [Int], widths: [Int], colour: (Int) -> Terminal.Colour?
    ) -> String {
        var line = ""
        for column in columns where column < cells.count {
            let cut = Self.cut(cells[column], to: widths[column])
            line += Terminal.paint(cut, colour(column))
            guard column != columns.last else { continue }
            line += String(repeating: " ", count: widths[column] - Self.width(cut) + Self.gap)
        }
        while line.last == " " { line.removeLast() }
        return line
    }

    static func cut(_ text: String, to width: Int) -> String {
        guard Self.width(text) > width else { return text }
        var kept = ""
        var used = 0
        for character in text {
            used += Self.width(of: character)
            guard used < width else { break }
            kept.append(character)
        }
        return kept + "…"
    }

    /// Cells on the screen: East Asian wide characters and emoji take two.
    static func width(_ text: String) -> Int { text.reduce(0) { $0 + width(of: $1) } }

    private static func width(of character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first, scalar.value >= 0x1100 else { return 1 }
        let isWide =
            (0x1100...0x115F).contains(scalar.value) || (0x2E80...0xA4CF).contains(scalar.value)
            || (0xAC00...0xD7A3).contains(scalar.value) || (0xF900...0xFAFF).contains(scalar.value)
            || (0xFE30...0xFE6F).contains(scalar.value) || (0xFF00...0xFF60).contains(scalar.value)
            || (0x1F300...0x1FAFF).contains(scalar.value)
        return isWide ? 2 : 1
    }
}
