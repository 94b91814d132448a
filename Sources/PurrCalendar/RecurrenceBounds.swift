/// Which recurrence rules libical may expand.
///
/// Rules of days and longer with parts that choose days: what holidays, meetings and zones are written
/// with. Rules of hours and seconds, and calendars other than the Gregorian (RFC 7529), are left out.
///
/// Source: RFC 5545 §3.3.10.
enum RecurrenceBounds {
    /// - Parameters:
    ///   - line: The whole property.
    ///   - inZone: Whether it says when a zone changes its clocks: once a year.
    static func areKept(by line: [UInt8], inZone: Bool) -> Bool {
        guard line.count <= 1_024, let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return false }
        let rule = String(decoding: line[(colon + 1)...], as: UTF8.self).uppercased()
        var frequency: Substring?
        for part in rule.split(separator: ";") {
            let sides = part.split(separator: "=", maxSplits: 1)
            guard sides.count == 2, parts.contains(String(sides[0])) else { return false }
            if sides[0] == "FREQ" { frequency = sides[1] }
            if sides[0] == "INTERVAL", !(Int(sides[1]).map { (1...1_000).contains($0) } ?? false) { return false }
        }
        return frequency.map { inZone ? $0 == "YEARLY" : frequencies.contains(String($0)) } ?? false
    }

    private static let frequencies: Set<String> = ["YEARLY", "MONTHLY", "WEEKLY", "DAILY"]
    private static let parts: Set<String> = [
        "FREQ", "UNTIL", "COUNT", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS",
        "WKST",
    ]
}
