import PurrMail

/// Neighbouring UIDs, both ends included.
struct UIDRange: Hashable {
    var first: UID
    var last: UID

    /// The fewest ranges that cover exactly `uids`, which are in rising order.
    static func joining(_ uids: [UID]) -> [UIDRange] {
        var ranges: [UIDRange] = []
        for uid in uids {
            if let previous = ranges.last, previous.last.rawValue < .max,
                previous.last.rawValue + 1 == uid.rawValue
            {
                ranges[ranges.count - 1].last = uid
            } else {
                ranges.append(UIDRange(first: uid, last: uid))
            }
        }
        return ranges
    }

    /// As in a command: `3` or `3:7`.
    var text: String { first == last ? "\(first.rawValue)" : "\(first.rawValue):\(last.rawValue)" }
}
