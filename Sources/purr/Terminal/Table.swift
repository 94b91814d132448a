/// Columns that fit the screen: the widest give way first, and what is cut ends in `…`.
struct Table {
    var headers: [String]
    var rows: [[String]] = []
    /// How a cell is painted, by row and column.
    var colour: (_ row: Int, _ column: Int) -> Terminal.Colour? = { _, _ in nil }

    init(
        _ headers: [String], rows: [[String]] = [],
        colour: @escaping (Int, Int) -> Terminal.Colour? = { _, _ in nil }
    ) {
        self.headers = headers
        self.rows = rows
        self.colour = colour
    }

    private static let gap = 2

    func lines(width: Int = Terminal.columns) -> [String] {
        let rows = rows.map { $0.map(Terminal.oneLine) }
        var widths = headers.indices.map { column in
            max(
                Self.width(headers[column]),
                rows.map { column < $0.count ? Self.width($0[column]) : 0 }.max() ?? 0)
        }
        let available = width - Self.gap * (headers.count - 1)
        while widths.reduce(0, +) > available,
            let widest = widths.indices.max(by: { widths[$0] < widths[$1] }), widths[widest] > 8
        {
            widths[widest] -= 1
        }
        var lines = [line(headers, widths: widths) { _ in .grey }]
        for (number, row) in rows.enumerated() {
            lines.append(line(row, widths: widths) { colour(number, $0) })
        }
        return lines
    }

    func print() { for line in lines() { Swift.print(line) } }

    private func line(_ cells: [String], widths: [Int], colour: (Int) -> Terminal.Colour?) -> String {
        var line = ""
        for (column, cell) in cells.enumerated() where column < widths.count {
            let cut = Self.cut(cell, to: widths[column])
            line += Terminal.paint(cut, colour(column))
            guard column < cells.count - 1 else { continue }
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
