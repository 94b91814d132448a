/// Which rules of a zone libical may expand: once a year, as all zones change their clocks.
///
/// libical's search for a day that never comes ends in the year 20000, whatever `UNTIL` says (measured with
/// 3.0.16: half a second for one rule of months). Once a year that is milliseconds.
///
/// Source: RFC 5545 §3.6.5.
enum ZoneRule {
    static func isBounded(_ line: [UInt8]) -> Bool {
        guard line.count <= 256, let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return false }
        var isYearly = false
        for part in String(decoding: line[(colon + 1)...], as: UTF8.self).uppercased().split(separator: ";")
        {
            let sides = part.split(separator: "=", maxSplits: 1)
            guard sides.count == 2 else { return false }
            switch sides[0] {
            case "FREQ": isYearly = sides[1] == "YEARLY"
            case "BYMONTH", "BYDAY", "BYMONTHDAY", "UNTIL", "WKST": continue
            case "INTERVAL": if sides[1] != "1" { return false }
            default: return false
            }
        }
        return isYearly
    }
}
