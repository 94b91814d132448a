import Foundation
import PurrSendTime
import PurrSequences

/// One line of `purr slot`: for whom a minute is to be chosen, and on what evidence.
struct SlotQuestion {
    /// The `id` as JSON, to be given back.
    var id = "null"
    var zone: String?
    var window: (start: Int, end: Int)?
    var day: LocalDay?
    var previous: SlotTime?
    var seed: UInt64 = 0
    var contact: [Event] = []
    var company: [Event] = []
    var mailbox: [Event] = []

    struct Event: Equatable {
        var kind: MomentKind?
        var at: SlotTime?
        var sentAt: SlotTime?
        var agent: String?
    }

    /// The most events of a list that are kept, the newest: what is older has faded to nothing.
    static let mostEvents = 100_000

    /// Reads the rest of a line into the question, so that the id is known when something is wrong.
    mutating func read(_ reader: inout JSONLineReader) throws {
        guard try reader.next() == UInt8(ascii: "{") else {
            throw JSONLineReader.Problem(text: "The line is not a JSON object.")
        }
        try reader.object { reader, name in
            guard try !reader.takeNull() else { return }
            switch name {
            case "id": id = try Self.identity(&reader)
            case "zone": zone = try Self.string(&reader, name)
            case "window": window = try Self.window(&reader)
            case "day":
                let text = try Self.string(&reader, name)
                guard let read = SlotTime.day(reader.text) else {
                    throw Self.problem("day", text, "a day such as 2026-11-24")
                }
                day = read
            case "previous": previous = try Self.time(&reader, name)
            case "seed": seed = try Self.seed(&reader)
            case "contact": contact = try Self.events(&reader)
            case "company": company = try Self.events(&reader)
            case "mailbox": mailbox = try Self.events(&reader)
            default: try reader.skipValue()
            }
        }
        try reader.endLine()
    }

    static func problem(_ name: String, _ text: String, _ wanted: String) -> JSONLineReader.Problem {
        JSONLineReader.Problem(
            text: "\(name) is \(Terminal.quoted(Terminal.oneLine(text))) and not \(wanted).")
    }
}

extension SlotQuestion {
    private static func string(_ reader: inout JSONLineReader, _ name: String) throws -> String {
        guard try reader.next() == UInt8(ascii: "\"") else {
            throw JSONLineReader.Problem(text: "\(name) is not a string.")
        }
        return try reader.string()
    }

    private static func identity(_ reader: inout JSONLineReader) throws -> String {
        guard try reader.next() == UInt8(ascii: "\"") else {
            try reader.readNumber()
            return String(decoding: reader.text, as: UTF8.self)
        }
        return SlotAnswer.quoted(try reader.string())
    }

    /// A whole number as it is; anything else by its bytes (FNV-1a, 64 bits).
    private static func seed(_ reader: inout JSONLineReader) throws -> UInt64 {
        if try reader.next() == UInt8(ascii: "\"") {
            try reader.readString()
        } else {
            try reader.readNumber()
        }
        let text = String(decoding: reader.text, as: UTF8.self)
        if let seed = UInt64(text) ?? Int64(text).map({ UInt64(bitPattern: $0) }) { return seed }
        return reader.text.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    private static func window(_ reader: inout JSONLineReader) throws -> (start: Int, end: Int) {
        var minutes: [Int] = []
        try reader.array { reader in
            let text = try string(&reader, "window")
            guard let minute = SlotTime.minute(reader.text) else {
                throw problem("window", text, "a time such as 09:00")
            }
            if minutes.count < 3 { minutes.append(minute) }
        }
        guard minutes.count == 2 else {
            throw JSONLineReader.Problem(text: #"window is not two times, such as ["09:00","17:00"]."#)
        }
        guard minutes[0] <= minutes[1] else {
            throw JSONLineReader.Problem(text: "window ends before it begins.")
        }
        return (minutes[0], minutes[1])
    }

    private static func time(_ reader: inout JSONLineReader, _ name: String) throws -> SlotTime {
        guard try reader.next() == UInt8(ascii: "\"") else {
            try reader.readNumber()
            guard let seconds = Double(String(decoding: reader.text, as: UTF8.self)),
                seconds.magnitude < 1e12
            else {
                throw JSONLineReader.Problem(text: "\(name) is a number and not seconds since 1970.")
            }
            return SlotTime(seconds: Int(seconds.rounded(.down)))
        }
        try reader.readString()
        guard let time = SlotTime(reader.text) else {
            throw problem(
                name, String(decoding: reader.text, as: UTF8.self), "a time such as 2026-11-23T10:12:00Z")
        }
        return time
    }

    private static func events(_ reader: inout JSONLineReader) throws -> [Event] {
        var events: [Event] = []
        try reader.array { reader in
            events.append(try event(&reader))
            // By halves, so that ten million cost ten million steps and the room of two hundred thousand.
            guard events.count >= 2 * mostEvents else { return }
            events = newest(of: events)
        }
        return events
    }

    /// The newest events that are kept, each once: what is given a thousand times crowds nothing else out.
    private static func newest(of events: [Event]) -> [Event] {
        let sorted = events.sorted { ($0.at?.seconds ?? .min) < ($1.at?.seconds ?? .min) }
        var kept: [Event] = []
        var first = 0
        for event in sorted {
            if first < kept.count, kept[first].at != event.at { first = kept.count }
            if !kept[first...].suffix(32).contains(event) { kept.append(event) }
        }
        return kept.suffix(mostEvents)
    }

    private static func event(_ reader: inout JSONLineReader) throws -> Event {
        var event = Event()
        try reader.object { reader, name in
            guard try !reader.takeNull() else { return }
            switch name {
            case "at": event.at = try time(&reader, "at")
            case "sentAt": event.sentAt = try time(&reader, "sentAt")
            case "agent": event.agent = try string(&reader, "agent")
            case "kind":
                let text = try string(&reader, name)
                guard let kind = MomentKind(rawValue: text) else {
                    throw problem("kind", text, "open, click, reply or wrote")
                }
                event.kind = kind
            default: try reader.skipValue()
            }
        }
        guard event.at != nil else { throw JSONLineReader.Problem(text: "An event has no at.") }
        guard event.kind != nil else { throw JSONLineReader.Problem(text: "An event has no kind.") }
        return event
    }
}
