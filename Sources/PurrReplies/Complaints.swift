import PurrMail

/// Marked as spam.
///
/// Source: RFC 5965; before it, Hotmail's and others' reports without its form.
enum Complaints {
    static let subjects = PhraseSet([
        "complaint about message from", "abuse report", "email feedback report", "fbl report",
    ])

    static func judgement(_ facts: Facts) -> Judgement? {
        let message = facts.message
        let report = message.parts.first {
            $0.enclosure == 0 && $0.contentType.essence == "message/feedback-report"
        }
        if let report {
            let fields = MessageHeader.groups(report.decoded(limit: 65_536), limit: 4)
            func values(_ name: String) -> [String] { fields.flatMap { $0.all(name) } }
            let kind = values("Feedback-Type").first?.lowercased() ?? "abuse"
            // §3.5 and RFC 6591: what is not a person's complaint.
            let isComplaint = !["not-spam", "auth-failure", "dmarc", "virus"].contains(kind)
            var judgement = facts.judgement(
                isComplaint ? .complaint : .automatic, "R3.2 feedback report: \(kind)")
            judgement.recipients = addresses(
                values("Original-Rcpt-To") + values("Removal-Recipient") + values("Redacted-Address"))
            finish(&judgement, message)
            return judgement
        }
        // Hotmail's JMRP sends the message itself, with the recipient's address added to it.
        guard let returned = ReturnedMessage.find(in: message),
            returned.header.contains("X-HmXmrOriginalRecipient"),
            returned.offset == nil
        else { return nil }
        var judgement = facts.judgement(.complaint, "R3.2 X-HmXmrOriginalRecipient")
        judgement.recipients = addresses(returned.header.all("X-HmXmrOriginalRecipient"))
        finish(&judgement, message)
        return judgement
    }

    private static func finish(_ judgement: inout Judgement, _ message: IncomingMessage) {
        let returned = ReturnedMessage.find(in: message)
        judgement.originalIDs = returned?.ids ?? []
        judgement.proof = judgement.originalIDs.isEmpty ? .structure : .originalID
        if judgement.recipients.isEmpty, let header = returned?.header {
            judgement.recipients = header.to.map(\.address)
        }
    }

    private static func addresses(_ values: [String]) -> [EmailAddress] {
        values.flatMap { NamedAddress.list(in: Array($0.utf8)) }.map(\.address)
    }
}
