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
        if let report, !facts.isOfReport || isDesk(facts) || isLoop(facts) {
            let fields = MessageHeader.groups(report.decoded(limit: 65_536), limit: 4)
            func values(_ name: String) -> [String] { fields.flatMap { $0.all(name) } }
            let kind = values("Feedback-Type").first?.lowercased() ?? "abuse"
            let isComplaint = !harmless.contains(kind)
            var judgement = facts.judgement(
                isComplaint ? .complaint : .automatic, "R3.2 feedback report: \(kind)")
            judgement.recipients = addresses(
                values("Original-Rcpt-To") + values("Removal-Recipient") + values("Redacted-Address"))
            finish(&judgement, facts)
            return judgement
        }
        if let judgement = unwrapped(facts) ?? forwarded(facts) ?? formless(facts) { return judgement }
        // Hotmail's JMRP sends the message itself, with the recipient's address added to it.
        guard let returned = facts.returned, returned.header.contains("X-HmXmrOriginalRecipient"),
            returned.offset == nil
        else { return nil }
        var judgement = facts.judgement(.complaint, "R3.2 X-HmXmrOriginalRecipient")
        judgement.recipients = addresses(returned.header.all("X-HmXmrOriginalRecipient"))
        finish(&judgement, facts)
        return judgement
    }

    /// Whether the sender's name is one that feedback loops have.
    private static func isLoop(_ facts: Facts) -> Bool {
        (facts.autoSubmitted ?? "no") != "no" || loops.matches(facts.fromWords)
    }

    private static let loops = PhraseSet(["feedback*", "scomp*", "staff@*", "complaint*", "fbl*"])

    /// A report that a provider's abuse desk passes on in a mail of its own (RFC 2142 §4).
    private static func forwarded(_ facts: Facts) -> Judgement? {
        guard !facts.isReply, facts.message.parts.count < 64,
            let report = facts.message.parts.first(where: {
                $0.enclosure == 1 && $0.contentType.essence == "message/feedback-report"
            }), isDesk(facts)
        else { return nil }
        let fields = MessageHeader.groups(report.decoded(limit: 65_536), limit: 4)
        let kind = fields.flatMap { $0.all("Feedback-Type") }.first?.lowercased() ?? "abuse"
        guard !harmless.contains(kind) else { return nil }
        var judgement = facts.judgement(.complaint, "R3.2 feedback report passed on: \(kind)")
        let inner = facts.message.parts.first { $0.enclosure == 1 && $0.innerHeader != nil }?.innerHeader
        judgement.originalIDs = [inner?.messageID].compactMap(\.self)
        judgement.recipients = addresses(fields.flatMap { $0.all("Original-Rcpt-To") })
        if judgement.recipients.isEmpty { judgement.recipients = inner?.to.map(\.address) ?? [] }
        judgement.proof = judgement.originalIDs.isEmpty ? .structure : .originalID
        return judgement
    }

    private static func isDesk(_ facts: Facts) -> Bool {
        if facts.hasNullReturnPath || facts.isFromDaemon || Senders.isNoReply(facts.header) { return true }
        return facts.header.bareAddresses("From").prefix(1).contains { address in
            desks.contains { address.localPart.lowercased().hasPrefix($0) }
        }
    }

    private static let desks = [
        "abuse", "fbl", "arf", "complaint", "spam", "trust", "security", "noc", "cert",
    ]

    /// RFC 5965 §3.5 and RFC 6591: what is not a person's complaint.
    private static let harmless: Set<String> = ["not-spam", "auth-failure", "dmarc", "virus"]

    /// Hotmail's form where a gateway took the message out of its report.
    private static func unwrapped(_ facts: Facts) -> Judgement? {
        let header = facts.header
        guard header.contains("X-HmXmrOriginalRecipient"),
            let path = header.raw("Return-Path"), path.count < 300, staff.matches(Senders.text(path))
        else { return nil }
        var judgement = facts.judgement(.complaint, "R3.2 X-HmXmrOriginalRecipient")
        judgement.recipients = addresses(header.all("X-HmXmrOriginalRecipient"))
        judgement.originalIDs = [header.messageID].compactMap(\.self)
        judgement.proof = judgement.originalIDs.isEmpty ? .structure : .originalID
        return judgement
    }

    private static let staff = PhraseSet(["staff@hotmail*", "staff@outlook*"])

    /// A report by its type or by AOL's subject, without the part that says so; it must return the message.
    private static func formless(_ facts: Facts) -> Judgement? {
        let type = facts.message.contentType
        let isTyped = type.parameters["report-type"]?.lowercased() == "feedback-report"
        guard isTyped || feedbackSubjects.begins(facts.subject) != nil, !facts.isReplySubject,
            ReturnedMessage.attached(to: facts.message) != nil
        else { return nil }
        var judgement = facts.judgement(.complaint, "R3.2 feedback report without fields")
        finish(&judgement, facts)
        return judgement
    }

    private static let feedbackSubjects = PhraseSet([
        "email feedback report for ip", "fw: email feedback report for ip",
    ])

    private static func finish(_ judgement: inout Judgement, _ facts: Facts) {
        let returned = facts.returned
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
