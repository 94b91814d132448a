import PurrMail

/// Delivery status notifications that have the form of one.
///
/// Source: RFC 3464, RFC 6522, RFC 3463.
enum Reports {
    /// What a report says of one recipient.
    struct Recipient {
        var address: EmailAddress?
        var action: String
        var status: String?
        var diagnostic: String
    }

    static func judgement(_ facts: Facts) -> Judgement? {
        let message = facts.message
        let type = message.contentType
        guard
            let part = message.parts.first(where: { part in
                part.enclosure == 0
                    && ["message/delivery-status", "message/global-delivery-status"].contains(
                        part.contentType.essence)
            })
        else { return nil }
        // A person who forwards a report may attach its parts: only a mail system sends them as its own.
        guard
            type.essence == "multipart/report" || facts.isFromDaemon || facts.hasNullReturnPath
                || (facts.autoSubmitted ?? "no") != "no",
            !facts.isOfReport
        else { return nil }
        let recipients = recipients(in: part.decoded(limit: 262_144))
        guard !recipients.isEmpty else { return nil }
        return judgement(facts, recipients, rule: "R3.3 delivery status", notice: Notice(facts))
    }

    /// The verdict over all recipients: a failure outranks a delay, a delay a success.
    static func judgement(_ facts: Facts, _ recipients: [Recipient], rule: String, notice: Notice)
        -> Judgement?
    {
        let order = ["failed", "delayed", "delivered", "relayed", "expanded"]
        let ranked = recipients.sorted {
            (order.firstIndex(of: $0.action) ?? 9) < (order.firstIndex(of: $1.action) ?? 9)
        }
        guard let first = ranked.first else { return nil }
        // Of several that failed, one that never can be reached says most.
        let concerned = ranked.filter { $0.action == first.action }.prefix(16).map { recipient in
            (
                recipient: recipient,
                diagnosis: Diagnosis(
                    status: recipient.status, diagnostic: recipient.diagnostic, notice: notice.reasonText,
                    isFinal: recipient.action == "failed")
            )
        }
        guard
            let (worst, diagnosis) = concerned.first(where: { $0.diagnosis.isHard })
                ?? concerned.first
        else { return nil }
        let kind: Judgement.Kind
        switch worst.action {
        case "failed": kind = .bounce
        case "delayed": kind = .delay
        case "delivered", "relayed", "expanded": kind = .delivered
        // No action: the status decides.
        default:
            switch diagnosis.status?.first {
            case "5": kind = .bounce
            case "4": kind = .delay
            case "2": kind = .delivered
            default: return nil
            }
        }
        // Screening services report "not yet" and ask the sender to prove something.
        let asksForProof =
            kind == .bounce && !diagnosis.isHard && Wording.screening.matches(notice.words)
        var judgement = facts.judgement(
            asksForProof ? .challenge : kind, "\(rule): \(worst.action) \(diagnosis.status ?? "")")
        judgement.status = diagnosis.status
        if judgement.kind == .bounce {
            judgement.permanent = diagnosis.isPermanent
            judgement.isAddressLevel = diagnosis.isAddressLevel
            judgement.isHard = diagnosis.isHard
        }
        let addresses = ranked.filter { $0.action == worst.action }.compactMap(\.address)
        judgement.recipients = addresses.isEmpty ? notice.recipients : addresses
        judgement.originalIDs = notice.returned?.ids ?? []
        judgement.proof = proof(facts, judgement, notice)
        judgement.addIDs(namedIn: notice)
        return judgement
    }

    /// What makes it believable without knowing what was sent: parts that hold together.
    ///
    /// A report says of somebody else that a message did not reach him. One that brings a program or an
    /// archive is none; one that returns nothing and shows links, or that speaks of its own addressee, is
    /// written by somebody who has no message to return.
    private static func proof(_ facts: Facts, _ judgement: Judgement, _ notice: Notice) -> Judgement.Proof {
        if notice.hasForeignFile { return .none }
        if !judgement.originalIDs.isEmpty { return .originalID }
        if notice.returned?.hasTransport ?? false { return .structure }
        let own = Set(facts.header.bareAddresses("To").map(\.key))
        let isAboutOthers = judgement.recipients.contains { !own.contains($0.key) }
        return isAboutOthers && !notice.hasLink && Senders.hasReportReturnPath(facts.header)
            ? .structure : .none
    }

    /// Reads `message/delivery-status`, tolerating missing, doubled and misplaced empty lines.
    static func recipients(in bytes: [UInt8]) -> [Recipient] {
        let groups = MessageHeader.groups(bytes, limit: 256)
        // One recipient: its fields count wherever they stand.
        if groups.reduce(0, { $0 + $1.allRaw("Final-Recipient").count }) == 1 {
            return recipients(in: groups)
        }
        return groups.flatMap { recipients(in: [$0]) }
    }

    private static func recipients(in groups: [MessageHeader]) -> [Recipient] {
        func values(_ name: String) -> [String] { groups.flatMap { $0.all(name) } }
        let final = values("Final-Recipient")
        let original = values("Original-Recipient")
        let actions = values("Action")
        let statuses = values("Status")
        let diagnostics = values("Diagnostic-Code")
        guard !final.isEmpty || !actions.isEmpty || !statuses.isEmpty else { return [] }
        return (0..<max(final.count, actions.count, 1)).map { index in
            func value(_ values: [String]) -> String? {
                values.isEmpty ? nil : values[min(index, values.count - 1)]
            }
            return Recipient(
                address: (value(final) ?? value(original)).flatMap(address),
                action: action(value(actions) ?? ""),
                status: value(statuses).flatMap { StatusCode.enhanced(in: SearchText($0)) },
                diagnostic: value(diagnostics) ?? "")
        }
    }

    /// One of RFC 3464's five words (§2.3.3); some systems write `failure` or `error`.
    private static func action(_ field: String) -> String {
        let word = field.split { !$0.isLetter }.first.map { $0.lowercased() } ?? ""
        if word.hasPrefix("fail") || word == "error" { return "failed" }
        if word.hasPrefix("delay") { return "delayed" }
        if word.hasPrefix("deliver") { return "delivered" }
        return word
    }

    /// `rfc822; kari@example.org`.
    static func address(_ field: String) -> EmailAddress? {
        let text = field.split(separator: ";", maxSplits: 1).last.map(String.init) ?? field
        return NamedAddress.list(in: Array(text.utf8)).first?.address
    }
}
