import Foundation
import PurrSendTime
import PurrSequences

/// Answers questions of `purr slot`, a line each.
struct SlotAnswer {
    private var clocks: [String: WallClock] = [:]

    /// The line for a question: where and why (spec T7).
    mutating func line(for question: SlotQuestion) throws -> String {
        guard let name = question.zone else { throw JSONLineReader.Problem(text: "zone is missing.") }
        guard let window = question.window else { throw JSONLineReader.Problem(text: "window is missing.") }
        guard let day = question.day else { throw JSONLineReader.Problem(text: "day is missing.") }
        if clocks[name] == nil {
            guard let zone = Zone(identifier: name) ?? Zone(typed: name) else {
                throw SlotQuestion.problem(
                    "zone", name, "a name of the time zone database, such as Europe/Oslo")
            }
            if clocks.count >= 1_000 { clocks.removeAll() }
            clocks[name] = WallClock(zone)
        }
        guard var clock = clocks.removeValue(forKey: name) else { return "" }
        defer { clocks[name] = clock }
        guard clock.zone.has(day) else {
            throw JSONLineReader.Problem(
                text: "\(day) does not exist in \(clock.zone): its calendar skips that day.")
        }

        let end = (day.ordinal + 1) * 86_400 - 1
        var evidence = SendTime.Evidence()
        var filtered: [FilterReason: Int] = [:]
        func add(_ events: [SlotQuestion.Event], to attention: inout Attention) {
            guard !events.isEmpty else { return }
            filtered.merge(attention.record(Self.wall(events, &clock), until: end), uniquingKeysWith: +)
        }
        add(question.contact, to: &evidence.contact)
        add(question.company, to: &evidence.company)
        add(question.mailbox, to: &evidence.mailbox)

        let previous = question.previous.map { Self.wall($0, &clock) }
        let choice = SendTime.choose(
            evidence: evidence, window: window, weekday: day.weekday.rawValue - 1,
            previous: previous.map { ($0 % 86_400 + 86_400) % 86_400 / 60 } ?? window.start,
            seed: question.seed)
        return Self.text(
            choice, at: Self.shown(choice.minute, of: day, clock.zone), evidence, filtered, question.id)
    }

    /// The line for a question that cannot be answered.
    static func line(id: String, problem: String) -> String {
        #"{"id":\#(id),"error":\#(quoted(problem))}"#
    }

    private static func wall(_ events: [SlotQuestion.Event], _ clock: inout WallClock) -> [TrackedEvent] {
        var out: [TrackedEvent] = []
        out.reserveCapacity(events.count)
        for event in events {
            guard let kind = event.kind, let at = event.at else { continue }
            let sentAt = event.sentAt.map { wall($0, &clock) }
            out.append(TrackedEvent(kind, at: wall(at, &clock), sentAt: sentAt, agent: event.agent))
        }
        return out
    }

    private static func wall(_ time: SlotTime, _ clock: inout WallClock) -> Int {
        time.isLocal ? time.seconds : clock.wall(at: time.seconds)
    }

    /// Day and time on the wall; a minute that the zone skips moves forward (spec S2.4).
    private static func shown(_ minute: Int, of day: LocalDay, _ zone: Zone) -> String {
        let wall = zone.wall(of: zone.instant(of: day, second: minute * 60))
        let (hour, minute) = (wall.second / 3_600, wall.second / 60 % 60)
        return "\(wall.day)T\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }

    private static func text(
        _ choice: SendTime.Choice, at: String, _ evidence: SendTime.Evidence,
        _ filtered: [FilterReason: Int],
        _ id: String
    ) -> String {
        let thousandths = Int((choice.score * 1_000).rounded())
        let levels = [evidence.contact, evidence.company, evidence.mailbox]
            .map { #""\#($0.level)":\#($0.moments)"# }.joined(separator: ",")
        let reasons = FilterReason.allCases.compactMap { reason in
            filtered[reason].map { #""\#(reason.rawValue)":\#($0)"# }
        }.joined(separator: ",")
        return
            #"{"id":\#(id),"at":"\#(at)","score":\#(Double(thousandths) / 1_000),"why":{"rule":"\#(choice.reason)","#
            + #""evidence":{\#(levels)},"sessions":\#(evidence.contact.sessions),"filtered":{\#(reasons)}}}"#
    }

    /// A JSON string (RFC 8259 §7).
    static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": out += "\\\(scalar)"
            case "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
