internal import CIcal
package import Foundation
package import PurrMail

/// An invitation, or the answer to one, as it came by mail.
///
/// Source: RFC 5546, RFC 6047. The first event of the calendar is read.
package struct CalendarMessage: Hashable, Sendable {
    /// What the mail asks or says (RFC 5546 §1.4).
    package enum Method: String, Hashable, Sendable, CaseIterable {
        case publish = "PUBLISH"
        case request = "REQUEST"
        case reply = "REPLY"
        case add = "ADD"
        case cancel = "CANCEL"
        case refresh = "REFRESH"
        case counter = "COUNTER"
        case declineCounter = "DECLINECOUNTER"
    }

    /// What an attendee says (RFC 5545 §3.2.12).
    package enum Participation: String, Hashable, Sendable, CaseIterable {
        case needsAction = "NEEDS-ACTION"
        case accepted = "ACCEPTED"
        case declined = "DECLINED"
        case tentative = "TENTATIVE"
        case delegated = "DELEGATED"
    }

    package struct Attendee: Hashable, Sendable {
        package let address: EmailAddress
        package let participation: Participation
    }

    /// A point in time as the calendar gives it.
    package struct Moment: Hashable, Sendable {
        /// Its midnight in UTC for a day without hours; for a time without a zone, as if it were UTC.
        package let instant: Date
        /// The zone's name as written, `UTC` for times in UTC; nil where it is none's.
        package let zone: String?
        package let isWholeDay: Bool
    }

    package let method: Method
    /// Empty where it is missing.
    package let uid: String
    /// The number of the revision; 0 where it is missing.
    package let sequence: Int
    package let start: Moment?
    package let end: Moment?
    package let organizer: EmailAddress?
    /// At most 500.
    package let attendees: [Attendee]
    package let summary: String
    package let isRecurring: Bool

    /// Reads the first `text/calendar` that the sender sent as his own.
    ///
    /// - Returns: nil when there is none that can be read.
    package static func find(in message: IncomingMessage) -> CalendarMessage? {
        for part in message.parts
        where part.enclosure == 0 && types.contains(part.contentType.essence) {
            let text = part.text(limit: CalendarText.Limits.mail.bytes)
            if let found = read(Array(text.utf8), method: part.contentType.parameters["method"]) {
                return found
            }
        }
        return nil
    }

    /// RFC 6047's type, and the one that Google and others give the same as a file.
    package static let types: Set<String> = ["text/calendar", "application/ics"]

    /// - Parameter method: The media type's, which counts where the calendar gives none.
    /// - Returns: nil when the bytes are no calendar with an event.
    package static func read(_ bytes: [UInt8], method: String? = nil) -> CalendarMessage? {
        guard let text = try? CalendarText(bytes, limits: .mail) else { return nil }
        let named = method.flatMap { Method(rawValue: $0.uppercased()) }
        return withEvents(of: text) { kind, events in
            // An occurrence that was moved may stand before the series it belongs to.
            (events.first { !$0.isOccurrence } ?? events.first).map {
                CalendarMessage($0, method: Method(kind) ?? named ?? .publish)
            }
        } ?? nil
    }

    private init(_ event: IcalEvent, method: Method) {
        self.method = method
        uid = event.text(ICAL_UID_PROPERTY) ?? ""
        sequence = event.text(ICAL_SEQUENCE_PROPERTY).flatMap { Int($0) } ?? 0
        start = event.moment(ICAL_DTSTART_PROPERTY)
        end = event.moment(ICAL_DTEND_PROPERTY) ?? start.flatMap(event.end(of:))
        organizer = event.organizer
        attendees = event.attendees
        summary = String((event.text(ICAL_SUMMARY_PROPERTY) ?? "").prefix(200))
        isRecurring = unsafe event.property(ICAL_RRULE_PROPERTY) != nil
    }
}

extension CalendarMessage {
    /// What a calendar mail from somebody means for a sequence.
    ///
    /// Source: spec S6.3.
    package enum Meaning: String, Hashable, Sendable {
        /// They invite, or accept, perhaps tentatively.
        case booked
        /// They decline or propose another time: a reply.
        case answered
        case cancelled
        /// Says nothing by itself: a published calendar, a question for the latest version.
        case none
    }

    /// - Parameter sender: Whose answer counts among those of several attendees.
    package func meaning(from sender: EmailAddress) -> Meaning {
        switch method {
        case .request, .add: return .booked
        case .counter, .declineCounter: return .answered
        case .cancel: return .cancelled
        case .publish, .refresh: return .none
        case .reply:
            let own = attendees.first { $0.address.canonicalKey == sender.canonicalKey }
            // RFC 5546 §3.2.3: a reply names the one who replies; assistants send from their own address.
            let answer = (own ?? (attendees.count == 1 ? attendees.first : nil))?.participation
            return answer == .accepted || answer == .tentative ? .booked : .answered
        }
    }
}

extension CalendarMessage.Method {
    fileprivate init?(_ method: icalproperty_method) {
        switch method {
        case ICAL_METHOD_PUBLISH: self = .publish
        case ICAL_METHOD_REQUEST: self = .request
        case ICAL_METHOD_REPLY: self = .reply
        case ICAL_METHOD_ADD: self = .add
        case ICAL_METHOD_CANCEL: self = .cancel
        case ICAL_METHOD_REFRESH: self = .refresh
        case ICAL_METHOD_COUNTER: self = .counter
        case ICAL_METHOD_DECLINECOUNTER: self = .declineCounter
        default: return nil
        }
    }
}
