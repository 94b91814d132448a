internal import Foundation
internal import PurrEngine

/// What a scheduling service reports of one meeting, read from its webhook.
struct MeetingNotice: Sendable, Hashable {
    let news: MeetingNews
    /// Whom the meeting is with: everybody who was invited, the host aside.
    let attendees: [String]
    /// Nil where it is not said.
    let start: Date?
    /// What makes it the same news when it comes again.
    let key: String

    /// As the engine takes it.
    ///
    /// - Parameter name: The source's own, so that two calendars of one service do not meet.
    func report(source: MeetingSource, name: String) -> MeetingReport {
        MeetingReport(
            attendees: attendees, news: news, start: start, source: source.rawValue,
            key: "web:\(name):\(key)")
    }

    /// What a webhook's body turned out to be.
    enum Reading: Sendable, Hashable {
        case notice(MeetingNotice)
        /// Another event of the service, which changes nothing.
        case other
        /// Nothing that the service would send.
        case unreadable
    }

    /// Reads the body of a webhook.
    static func reading(_ body: [UInt8], of source: MeetingSource) -> Reading {
        switch source {
        case .calCom:
            guard let event = try? JSONDecoder().decode(CalCom.self, from: Data(body)) else {
                return .unreadable
            }
            return event.reading
        case .calendly:
            guard let event = try? JSONDecoder().decode(Calendly.self, from: Data(body)) else {
                return .unreadable
            }
            return event.reading
        }
    }

    /// ISO 8601, with or without fractions of a second.
    private static func instant(_ text: String?) -> Date? {
        guard let text else { return nil }
        return (try? Date(text, strategy: .iso8601))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }

    /// As Cal.com writes it.
    private struct CalCom: Decodable {
        struct Payload: Decodable {
            struct Attendee: Decodable { let email: String? }
            let uid: String?
            let startTime: String?
            let attendees: [Attendee]?
        }

        let triggerEvent: String
        let payload: Payload?

        var reading: Reading {
            let news: MeetingNews
            switch triggerEvent.uppercased() {
            case "BOOKING_CREATED", "BOOKING_RESCHEDULED": news = .booked
            case "BOOKING_CANCELLED", "BOOKING_REJECTED": news = .canceled
            default: return .other
            }
            guard let payload, let uid = payload.uid, !uid.isEmpty, let attendees = payload.attendees else {
                return .unreadable
            }
            return .notice(
                MeetingNotice(
                    news: news, attendees: attendees.compactMap(\.email),
                    start: instant(payload.startTime), key: "\(triggerEvent.lowercased()):\(uid)"))
        }
    }

    /// As Calendly writes it.
    private struct Calendly: Decodable {
        struct Payload: Decodable {
            struct Event: Decodable {
                let start_time: String?
            }
            let email: String?
            let uri: String?
            let scheduled_event: Event?
        }

        let event: String
        let payload: Payload?

        var reading: Reading {
            let news: MeetingNews
            switch event.lowercased() {
            case "invitee.created": news = .booked
            case "invitee.canceled": news = .canceled
            default: return .other
            }
            guard let payload, let email = payload.email, let uri = payload.uri, !uri.isEmpty else {
                return .unreadable
            }
            return .notice(
                MeetingNotice(
                    news: news, attendees: [email], start: instant(payload.scheduled_event?.start_time),
                    key: "\(event.lowercased()):\(uri)"))
        }
    }
}
