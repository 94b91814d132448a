package import PurrMail

/// Whether the ids that tell whose message it is may lie in the body: reports of every kind, with and
/// without the form of one.
///
/// Meant for messages that matched nothing by their header; false for ordinary mail and newsletters.
package func bodyIsNeeded(by header: MessageHeader) -> Bool {
    if header.contains("X-Failed-Recipients") || Senders.hasNullReturnPath(header) { return true }
    if let type = header.raw("Content-Type") {
        let start = SearchText(bytes: type.prefix(40)).bytes
        if reportTypes.contains(where: { start.starts(with: $0) }) { return true }
    }
    if Senders.isDaemon(header) { return true }
    if header.contains("List-Id") || header.contains("List-Unsubscribe") { return false }
    guard let subject = header.raw("Subject").map(Senders.text) else { return false }
    return Bounces.subjects.matches(subject) || Complaints.subjects.matches(subject)
}

private let reportTypes = ["multipart/report", "message/delivery-status", "message/feedback-report"].map {
    Array($0.utf8)
}

/// The header fields that judging and matching read, for `FETCH BODY.PEEK[HEADER.FIELDS (…)]`.
package let fieldsWanted: [String] =
    [
        "Return-Path", "From", "Sender", "Reply-To", "To", "Cc", "Subject", "Date", "Message-ID",
        "In-Reply-To",
        "References", "Content-Type", "Auto-Submitted", "Precedence", "X-Precedence", "List-Id",
        "List-Unsubscribe",
        "Thread-Index", "X-Failed-Recipients", "Preference", "X-MS-Exchange-Generated-Message-Source",
        "Delivered-To", "X-Purr-Step", "X-Purr-Epoch",
    ] + MatchKeys.vendorFields + AutomaticSigns.fields
