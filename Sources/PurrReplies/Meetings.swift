import PurrCalendar
import PurrMail

/// Invitations and the answers to them.
///
/// Source: RFC 5546 §1.4, RFC 6047 §2.4.
enum Meetings {
    static func judgement(_ facts: Facts) -> Judgement? {
        for part in facts.message.parts
        where part.enclosure == 0 && CalendarMessage.types.contains(part.contentType.essence) {
            guard let method = method(of: part), methods.contains(method) else { continue }
            return facts.judgement(.calendar, "R3.5 calendar: \(method)")
        }
        return nil
    }

    /// `PUBLISH`, a file that a person attached, is no message of the calendar's.
    private static let methods: Set<String> = [
        "REQUEST", "REPLY", "CANCEL", "COUNTER", "DECLINECOUNTER", "ADD", "REFRESH",
    ]

    private static func method(of part: IncomingMessage.Part) -> String? {
        if let method = part.contentType.parameters["method"] { return method.uppercased() }
        for line in part.text(limit: 65_536).split(whereSeparator: \.isNewline).prefix(40)
        where line.uppercased().hasPrefix("METHOD:") {
            return line.dropFirst(7).uppercased().filter { !$0.isWhitespace }
        }
        return nil
    }
}
