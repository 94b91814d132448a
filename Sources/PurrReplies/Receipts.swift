import PurrMail

/// Receipts: a mail program says what became of a message after its delivery.
///
/// Source: RFC 8098.
enum Receipts {
    static func judgement(_ facts: Facts) -> Judgement? {
        let message = facts.message
        let part = message.parts.first { part in
            part.enclosure == 0
                && ["message/disposition-notification", "message/global-disposition-notification"]
                    .contains(part.contentType.essence)
        }
        let type = message.contentType
        let isReport =
            type.essence == "multipart/report"
            && type.parameters["report-type"]?.lowercased() == "disposition-notification"
        guard part != nil || isReport, !facts.isOfReport else { return nil }
        let fields = part.map { MessageHeader.groups($0.decoded(limit: 65_536), limit: 8) } ?? []
        let disposition = fields.lazy.compactMap { $0.first("Disposition") }.first?.lowercased() ?? ""
        // §3.2.6: "manual-action/MDN-sent-manually; displayed".
        let kind = disposition.split(separator: ";").last.map { $0.filter { !$0.isWhitespace } } ?? ""
        // §3.2.6.3: a modifier after a slash; deleted because of an error is a bounce that may be temporary.
        let isFailure = kind.hasPrefix("deleted/") && kind.contains("error")
        var judgement = facts.judgement(isFailure ? .bounce : .receipt, "R3.4 disposition: \(kind)")
        if isFailure { judgement.permanent = false }
        judgement.recipients = fields.flatMap { $0.all("Final-Recipient") }.compactMap(Reports.address)
        var ids = fields.flatMap { $0.ids("Original-Message-ID") }
        ids += ReturnedMessage.find(in: message)?.ids ?? []
        ids += message.header.inReplyTo
        var seen: Set<MessageID> = []
        judgement.originalIDs = ids.filter { seen.insert($0).inserted }
        judgement.proof = judgement.originalIDs.isEmpty ? .structure : .originalID
        return judgement
    }
}
