/// iCalendar text made harmless: what libical gets to see.
///
/// libical's parser has no limits of its own, and its rules can search for a day that never comes until
/// the year 20000 (``ZoneRule``). So only the components and properties that are read here pass, with bounded
/// lengths and numbers; everything else, descriptions and attachments included, is left out. The result is
/// small and flat whatever the input is.
///
/// Source: RFC 5545 §3.1 (lines), §3.4 (components).
struct CalendarText {
    /// `BEGIN:VCALENDAR` to `END:VCALENDAR`, lines unfolded, with CRLF.
    let bytes: [UInt8]
    let events: Int

    /// How much of a file is read.
    struct Limits {
        var bytes: Int
        var events: Int
        /// Properties of one component, attendees aside.
        var properties = 64
        var attendees: Int
        var zones = 8
        /// Components inside one `VTIMEZONE`.
        var observances = 16

        static let mail = Limits(bytes: 256 << 10, events: 64, attendees: 500)
        static let file = Limits(bytes: 8 << 20, events: 20_000, attendees: 0)
    }

    enum Problem: Error { case notCalendar, tooLong, tooManyEvents }

    init(_ input: [UInt8], limits: Limits) throws(Problem) {
        guard input.count <= limits.bytes else { throw .tooLong }
        var filter = CalendarFilter(limits: limits)
        var line: [UInt8] = []
        var position = input.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while position < input.count {
            let end = input[position...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? input.count
            let content = input[position..<end]
            position = end + 1
            if end < input.count, input[end] == 0x0D, position < input.count, input[position] == 0x0A {
                position += 1
            }
            if let first = content.first, first == 0x20 || first == 0x09 {
                if line.count < Self.lineBytes { line += content.dropFirst().prefix(Self.lineBytes) }
                continue
            }
            try filter.take(line)
            line = Array(content.prefix(Self.lineBytes))
        }
        try filter.take(line)
        guard filter.sawCalendar else { throw .notCalendar }
        filter.close()
        bytes = filter.output
        events = filter.events
    }

    /// Long enough for an address with its parameters and for a list of dates.
    private static let lineBytes = 4_096
}

/// Follows the nesting of components and lets pass what is known.
private struct CalendarFilter {
    private let limits: CalendarText.Limits
    private(set) var output: [UInt8] = []
    private(set) var sawCalendar = false
    private(set) var events = 0
    private var open: [String] = []
    /// Components open inside one that is left out.
    private var skipped = 0
    private var properties = 0
    private var attendees = 0
    private var zones = 0
    private var observances = 0

    init(limits: CalendarText.Limits) { self.limits = limits }

    mutating func take(_ line: [UInt8]) throws(CalendarText.Problem) {
        guard let end = line.firstIndex(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ";") }),
            end <= 40
        else { return }
        let name = Self.uppercased(line[..<end])
        switch name {
        case "BEGIN": try begin(Self.uppercased(line[(end + 1)...].prefix(40)))
        case "END": self.end(Self.uppercased(line[(end + 1)...].prefix(40)))
        default:
            guard skipped == 0, let component = open.last, accepts(name, in: component, line) else {
                return
            }
            write(line.filter { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
        }
    }

    /// Ends what the file left open.
    mutating func close() {
        while let component = open.popLast() { write(Array("END:\(component)".utf8)) }
    }

    private mutating func begin(_ component: String) throws(CalendarText.Problem) {
        if component == "VCALENDAR" { sawCalendar = true }
        guard skipped == 0, Self.children[open.last ?? ""]?.contains(component) ?? false,
            hasRoom(for: component)
        else {
            skipped += 1
            return
        }
        if component == "VEVENT" {
            events += 1
            if events > limits.events { throw .tooManyEvents }
        }
        open.append(component)
        properties = 0
        attendees = 0
        write(Array("BEGIN:\(component)".utf8))
    }

    private mutating func hasRoom(for component: String) -> Bool {
        switch component {
        case "VTIMEZONE":
            zones += 1
            observances = 0
            return zones <= limits.zones
        case "STANDARD", "DAYLIGHT":
            observances += 1
            return observances <= limits.observances
        default: return true
        }
    }

    private mutating func end(_ component: String) {
        if skipped > 0 {
            skipped -= 1
        } else if open.last == component {
            open.removeLast()
            write(Array("END:\(component)".utf8))
        }
    }

    private mutating func accepts(_ name: String, in component: String, _ line: [UInt8]) -> Bool {
        guard Self.known[component]?.contains(name) ?? false else { return false }
        if name == "ATTENDEE" {
            attendees += 1
            return attendees <= limits.attendees
        }
        properties += 1
        guard properties <= limits.properties else { return false }
        return name != "RRULE" || component == "VEVENT" || ZoneRule.isBounded(line)
    }

    private mutating func write(_ line: [UInt8]) {
        output += line
        output += [0x0D, 0x0A]
    }

    private static func uppercased(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.filter { $0 > 0x20 && $0 < 0x7F }, as: UTF8.self).uppercased()
    }

    private static let children: [String: Set<String>] = [
        "": ["VCALENDAR"], "VCALENDAR": ["VEVENT", "VTIMEZONE"], "VTIMEZONE": ["STANDARD", "DAYLIGHT"],
    ]

    private static let known: [String: Set<String>] = [
        "VCALENDAR": ["METHOD", "VERSION", "PRODID"],
        "VEVENT": [
            "UID", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "SUMMARY",
            "ORGANIZER", "ATTENDEE", "SEQUENCE", "STATUS", "X-MICROSOFT-CDO-ALLDAYEVENT",
        ],
        "VTIMEZONE": ["TZID"],
        "STANDARD": ["DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"],
        "DAYLIGHT": ["DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"],
    ]
}
