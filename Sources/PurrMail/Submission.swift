/// A server's answer to one SMTP command.
///
/// Source: RFC 5321 §4.2; enhanced codes RFC 3463.
package struct ServerReply: Hashable, Sendable, Codable {
    package let code: Int
    /// The text of all lines, joined by blanks, cut at 512 bytes, without the code.
    package let text: String

    package init(code: Int, text: String) {
        self.code = code
        self.text = text
    }

    /// Class, subject and detail, as in `5.1.1`, when the text begins with them.
    package var enhancedCode: String? {
        guard let word = text.split(separator: " ").first else { return nil }
        let parts = word.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3,
            parts.allSatisfy({ !$0.isEmpty && $0.count <= 3 && $0.allSatisfy(\.isNumber) }),
            ["2", "4", "5"].contains(parts[0])
        else { return nil }
        return String(word)
    }

    package var isPositive: Bool { (200..<400).contains(code) }
    package var isTransient: Bool { (400..<500).contains(code) }
    package var isPermanent: Bool { (500..<600).contains(code) }
}

/// The point of a submission that an answer or a break belongs to.
package enum SubmissionStage: String, Hashable, Sendable, Codable {
    case connect, mail, recipient, data, body, finalDot
}

/// What came of opening a transaction: `MAIL`, `RCPT`, `DATA`, up to the server's 354.
package enum OpeningVerdict: Hashable, Sendable {
    /// 354 was read; nothing of the message has been handed over.
    case ready
    /// The server said no. Nothing was accepted.
    case refused(SubmissionStage, ServerReply)
    /// The connection could not be made or broke. Nothing was accepted.
    case failed(MailServerFailure)
}

/// What came of handing the message over after 354.
///
/// `unknown` exactly when the last byte of the final dot was handed over and no complete final reply
/// was read (spec M4.1). Source: RFC 1047; RFC 5321 §4.5.3.2.6.
package enum DeliveryVerdict: Hashable, Sendable {
    case accepted(ServerReply)
    case refused(ServerReply)
    /// Broke before the final dot was complete: the server drops the message. Not accepted.
    case notAccepted(MailServerFailure)
    case unknown(MailServerFailure)
}
