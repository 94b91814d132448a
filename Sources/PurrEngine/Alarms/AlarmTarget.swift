package import Foundation
internal import PurrSequences
package import PurrStore

/// Where alarms go.
package enum AlarmTarget: Sendable, Hashable, Codable {
    /// A mail from a connected mailbox.
    case mail(Mail)
    /// A signed post to a URL.
    case webhook(Webhook)
    /// A program of one's own, with the message on its standard input.
    case command(Program)

    package struct Mail: Sendable, Hashable, Codable {
        /// The mailbox that sends it, by address.
        package let from: String
        package let to: String

        package init(from: String, to: String) {
            self.from = from
            self.to = to
        }
    }

    package struct Webhook: Sendable, Hashable, Codable {
        package let url: String
        /// Whether it may be on this machine or in its network.
        package let allowsPrivate: Bool
        /// A PEM text of authorities to trust instead of the system's.
        package let authority: String?

        package init(url: String, allowsPrivate: Bool, authority: String?) {
            self.url = url
            self.allowsPrivate = allowsPrivate
            self.authority = authority
        }
    }

    package struct Program: Sendable, Hashable, Codable {
        /// The program's absolute path, then its arguments.
        package let arguments: [String]
        /// Seconds until it is killed.
        package let seconds: Int

        package init(arguments: [String], seconds: Int) {
            self.arguments = arguments
            self.seconds = seconds
        }
    }

    /// The word for its kind.
    package var kind: String {
        switch self {
        case .mail: "mail"
        case .webhook: "webhook"
        case .command: "command"
        }
    }

    /// Where it leads, in a few words.
    package var summary: String {
        switch self {
        case .mail(let mail): "\(mail.to), from \(mail.from)"
        case .webhook(let hook): hook.url
        case .command(let program): program.arguments.joined(separator: " ")
        }
    }
}

/// What is said to a target: what happened to one alarm.
package struct AlarmMessage: Sendable, Hashable, Encodable {
    /// The same for every attempt, so that a receiver can tell a repeat.
    package let id: String
    /// `alarm.raised`, `alarm.cleared` or `alarm.test`.
    package let event: String
    package let alarm: Body

    package struct Body: Sendable, Hashable, Encodable {
        package let id: Int64
        package let kind: String
        package let subject: String
        package let text: String
        package let advice: String
        package let raisedAt: Date
        @OrNull package var clearedAt: Date?
    }

    package init(_ delivery: AlarmDeliveryRecord, _ alarm: AlarmRecord) {
        id = "\(alarm.id)-\(delivery.event.rawValue)"
        event = "alarm.\(delivery.event.rawValue)"
        self.alarm = Body(
            id: alarm.id.rawValue, kind: alarm.kind, subject: alarm.subject, text: alarm.text,
            advice: alarm.advice, raisedAt: alarm.raisedAt,
            clearedAt: delivery.event == .cleared ? alarm.clearedAt : nil)
    }

    /// As JSON on one line, in UTF-8.
    package var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { [UInt8]($0) } ?? []
    }

    /// The subject of a mail that says it.
    package var headline: String {
        switch event {
        case "alarm.cleared": "Purr, over: \(alarm.text)"
        case "alarm.test": "Purr: \(alarm.text)"
        default: "Purr needs you: \(alarm.text)"
        }
    }

    /// The lines of a mail that says it.
    package var lines: [String] {
        guard event == "alarm.cleared" else { return [alarm.text, "", alarm.advice] }
        return ["This is over:", "", alarm.text]
    }
}

/// One attempt to be made: what to say, and to whom.
package struct AlarmErrand: Sendable {
    package let delivery: AlarmDeliveryID
    package let message: AlarmMessage
    package let target: AlarmTarget
    /// What a webhook is signed with; nil for others.
    package let secret: String?

    package init(delivery: AlarmDeliveryID, message: AlarmMessage, target: AlarmTarget, secret: String?) {
        self.delivery = delivery
        self.message = message
        self.target = target
        self.secret = secret
    }
}

/// What came of an attempt.
package enum AlarmVerdict: Sendable, Hashable {
    /// What the other side said.
    case delivered(String)
    case failed(String)
    /// Purr stops: it is said again at the next start.
    case cancelled
}

/// The outside of alarms: posts to webhooks and runs programs.
package protocol AlarmPort: Sendable {
    /// Makes one attempt; blocks no thread of the shared pool, and ends soon when its task is cancelled.
    func attempt(_ errand: AlarmErrand) async -> AlarmVerdict
}
