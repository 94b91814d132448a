import PurrMail

/// Reports in words: about half of all bounces have no form.
///
/// A name proves nothing (spec R3.3). So a notice must come from what calls itself a mail system, say that
/// something was not delivered, and show something of the failure: the address, the other server's words,
/// or the message. Mail from anybody else must show all of it.
enum Bounces {
    static func judgement(_ facts: Facts) -> Judgement? {
        guard let origin = Origin(facts), !isAnswer(facts) else { return nil }
        let notice = Notice(facts)
        if let judgement = embeddedReport(facts, notice, origin) { return judgement }
        let words = Failure(facts, notice)
        if origin == .system, words.phrase == nil, !words.hasCode, successes.matches(notice.words) {
            return facts.judgement(.delivered, "R3.3 notice in words: delivered")
        }
        guard isReport(facts, notice, words, origin) else { return nil }

        let diagnosis = diagnosis(notice)
        var judgement = facts.judgement(
            words.isDelay ? .delay : .bounce, "R3.3 notice in words: \(words.evidence)")
        judgement.status = diagnosis.status
        if !words.isDelay {
            judgement.permanent = words.isEmpty ? nil : diagnosis.isPermanent
            judgement.isAddressLevel = diagnosis.isAddressLevel
            judgement.isHard = diagnosis.isHard
        }
        let failed = facts.header.all("X-Failed-Recipients").flatMap { Notice.addresses(in: $0, limit: 16) }
        judgement.recipients = failed.isEmpty ? recipients(facts, notice) : failed
        judgement.originalIDs = notice.returned?.ids ?? []
        judgement.proof = proof(facts, notice, words, origin)
        judgement.addIDs(namedIn: notice)
        return judgement
    }

    /// Whether it is a person's answer, from a postmaster or to a report: `Re:` over a quoted mail.
    ///
    /// Mail systems give the message back (RFC 3464 §2); none quotes one below words of its own, but those
    /// of an old kind may add it as Outlook does. They have an empty return path and speak of a failure.
    private static func isAnswer(_ facts: Facts) -> Bool {
        guard facts.isReplySubject, facts.own.hasQuote, !facts.ownWords.isEmpty,
            !facts.header.contains("X-Failed-Recipients")
        else { return false }
        guard facts.hasNullReturnPath || Senders.hasDaemonReturnPath(facts.header) else { return true }
        return !failures.matches(facts.ownWords) && !Reason.isNamed(in: facts.ownWords)
    }

    /// Of several that failed, one that never can be reached says most.
    private static func diagnosis(_ notice: Notice) -> Diagnosis {
        if notice.shape.recipients.count > 1 {
            for reason in notice.shape.reasons.prefix(16) {
                let diagnosis = Diagnosis(status: nil, diagnostic: reason, notice: "")
                if diagnosis.isHard { return diagnosis }
            }
        }
        return Diagnosis(status: nil, diagnostic: "", notice: notice.reasonText)
    }

    /// Who a notice may come from.
    private enum Origin {
        /// Calls itself a mail system, or has a mark that only mail systems give.
        case system
        /// A machine by its own word, or a subject that announces a report.
        case other
        /// A mailing list's own address (RFC 2142 §6 and what list managers send from).
        case list

        init?(_ facts: Facts) {
            let type = facts.message.contentType
            let isReport =
                type.essence == "multipart/report"
                && ["delivery-status", nil].contains(type.parameters["report-type"]?.lowercased())
            if facts.isFromDaemon || facts.hasNullReturnPath || isReport
                || facts.header.contains("X-Failed-Recipients") || Senders.hasDaemonReturnPath(facts.header)
            {
                self = .system
                return
            }
            if !facts.isReplySubject, Senders.isListManager(facts.header) {
                self = .list
                return
            }
            let isAutomatic = (facts.autoSubmitted ?? "no") != "no" || Senders.isNoReply(facts.header)
            guard isAutomatic || (!facts.isReplySubject && subjects.matches(facts.subject)) else {
                return nil
            }
            self = .other
        }
    }

    /// What the words say.
    private struct Failure {
        let phrase: String?
        let hasSubject: Bool
        let hasCode: Bool
        let saysWhy: Bool
        let delay: String?
        let isDelay: Bool

        init(_ facts: Facts, _ notice: Notice) {
            phrase = failures.first(in: notice.words)?.phrase
            hasSubject = subjects.matches(facts.subject)
            hasCode =
                StatusCode.enhanced(in: notice.words).map { $0.first != "2" } ?? false
                || StatusCode.basic(in: notice.words) != nil
            saysWhy = Reason.isNamed(in: notice.words)
            let promise =
                promises.first(in: notice.words)?.phrase ?? promises.first(in: facts.subject)?.phrase
            delay =
                promise ?? delays.first(in: notice.words)?.phrase ?? delays.first(in: facts.subject)?.phrase
            isDelay =
                promise != nil
                || (delay != nil && !finals.matches(notice.words) && !finals.matches(facts.subject))
        }

        var isEmpty: Bool { phrase == nil && !hasSubject && !hasCode && delay == nil && !saysWhy }
        var evidence: String { phrase ?? delay ?? (hasSubject ? "subject" : "refusal") }
    }

    private static func isReport(
        _ facts: Facts, _ notice: Notice, _ words: Failure, _ origin: Origin
    ) -> Bool {
        let names = !foreignRecipients(facts, notice).isEmpty
        let hasReturned = notice.returned != nil || notice.hasEnclosure
        let isRefused = words.hasCode || words.saysWhy
        // Worms brought themselves in archives; what systems return is a message.
        if notice.hasForeignFile, !hasReturned { return false }
        switch origin {
        case .system:
            // Reports in a language or a charset that cannot be read still have their form.
            if words.isEmpty {
                let isNamed = facts.message.contentType.parameters["report-type"] != nil
                return hasReturned && (isNamed || (facts.isFromDaemon && names))
            }
            if facts.header.contains("X-Failed-Recipients") { return true }
            // An administrator who answers speaks of refusals too; a report of that subject shows its form.
            if facts.isReplySubject,
                !(hasReturned || notice.shape.hasDivider || notice.shape.hasReason
                    || names && isRefused && !notice.shape.recipients.isEmpty)
            {
                return false
            }
            if facts.isFromDaemon || words.hasSubject || words.phrase != nil || notice.shape.hasDivider {
                // An absence has an empty return path too, and may quote a whole message.
                guard facts.isFromDaemon || words.hasSubject || words.phrase != nil || isRefused else {
                    return false
                }
                return hasReturned || notice.shape.hasDivider || isAboutSomebody(facts, notice, words)
            }
            return hasReturned && isRefused && facts.own.text.utf8.count < 4_000
        case .list:
            // Mailman returns the mail under its own subject.
            return notice.hasEnclosure && listRefusals.matches(notice.words)
        case .other:
            guard !facts.isReplySubject, words.phrase != nil, !isPassedOn(facts, notice) else {
                return false
            }
            let isShown = notice.returned?.hasTransport ?? false || notice.hasEnclosure
            let isShaped = names && !notice.shape.recipients.isEmpty
            // What lists and the like send speaks of other people's failures.
            guard !facts.header.contains("List-Unsubscribe"), !facts.header.contains("List-Id") else {
                return false
            }
            if words.hasSubject, isShown { return true }
            if words.hasSubject {
                return isShaped && (isRefused || notice.shape.hasDivider || notice.wordCount < 150)
            }
            return isShown && isShaped && isRefused
        }
    }

    /// Whether a notice that shows neither a message nor a transcript is about one that was sent.
    ///
    /// Administrators, filters and statistics speak of refusals too: in a sentence, under a subject of their
    /// own, and with a return path. A link or a file alone, and nobody's address: so forgeries are made.
    private static func isAboutSomebody(_ facts: Facts, _ notice: Notice, _ words: Failure) -> Bool {
        guard !facts.header.contains("List-Unsubscribe"), !facts.header.contains("List-Id") else {
            return false
        }
        let isFromSystem =
            facts.hasNullReturnPath
            || Senders.hasReportReturnPath(facts.header) && Senders.hasDaemonAddress(facts.header)
        let foreign = Set(foreignRecipients(facts, notice).map(\.key))
        if !foreign.isEmpty {
            return isFromSystem || words.hasSubject
                || notice.shape.recipients.contains { foreign.contains($0.key) }
        }
        return !notice.hasLink && !notice.hasForeignFile && !ownMailboxes.matches(notice.words)
            && Senders.hasReportReturnPath(facts.header)
            && (words.hasSubject && words.phrase != nil
                || (words.hasCode || words.saysWhy) && (isFromSystem || words.phrase != nil))
    }

    /// Notices to the owner of a mailbox about its size.
    private static let ownMailboxes = PhraseSet([
        "your mailbox", "your mail box", "your quota", "your account has", "your account is",
        "your inbox is",
        "ditt postfach", "ihr postfach", "ihrem postfach", "ihres postfachs", "dein postfach",
        "postkassen din",
        "din postkasse", "din postlåda", "din postboks", "votre boîte", "votre messagerie", "su buzón",
        "tu buzón", "sua caixa", "la tua casella", "la sua casella", "uw mailbox", "je mailbox",
        "uw postvak",
        "twoja skrzynka", "twojej skrzynki", "sähköpostilaatikkosi", "您的邮箱", "あなたのメールボックス",
    ])

    /// Whether a person passes on a report that he got: nothing but its subject is a mail system's.
    ///
    /// The message that came back is then his own, or a report itself (RFC 5321 §6.1: none is made of one).
    private static func isPassedOn(_ facts: Facts, _ notice: Notice) -> Bool {
        if isForwardSubject(facts.header.subject) || notice.isForwarded { return true }
        guard let returned = notice.returned else { return false }
        let senders = Set(facts.header.bareAddresses("From").map(\.key))
        return Senders.isDaemon(returned.header)
            || returned.header.bareAddresses("From").contains { senders.contains($0.key) }
    }

    /// What makes it believable without knowing what was sent.
    ///
    /// Whoever returns a message shows that he had one; forgers show a link or a file instead.
    private static func proof(
        _ facts: Facts, _ notice: Notice, _ words: Failure, _ origin: Origin
    ) -> Judgement.Proof {
        let isSaid = words.phrase != nil || words.hasCode || words.saysWhy || words.hasSubject
        guard !notice.hasForeignFile else { return .none }
        if let returned = notice.returned {
            if !returned.ids.isEmpty { return isSaid || facts.isFromDaemon ? .originalID : .none }
            if returned.hasTransport, isSaid { return .structure }
        }
        // A report is about somebody else than the one it is sent to.
        // Some send it under a return path of their own; a swindler's names an address in a sentence.
        let isShaped = !notice.shape.recipients.isEmpty
        guard origin == .system, isSaid, !notice.hasLink, !foreignRecipients(facts, notice).isEmpty,
            Senders.hasReportReturnPath(facts.header)
                || isShaped && Senders.hasDaemonAddress(facts.header)
        else { return .none }
        let isRefused =
            words.hasCode || words.saysWhy || words.isDelay || notice.shape.hasDivider
            || facts.header.contains("X-Failed-Recipients")
        return isShaped || isRefused || notice.hasEnclosure || notice.hasReportPart ? .structure : .none
    }

    /// The addresses that failed.
    private static func recipients(_ facts: Facts, _ notice: Notice) -> [EmailAddress] {
        let foreign = foreignRecipients(facts, notice)
        return foreign.isEmpty ? notice.shape.recipients : foreign
    }

    /// Those that stand as failed, else those named, as far as they are nobody's own.
    private static func foreignRecipients(_ facts: Facts, _ notice: Notice) -> [EmailAddress] {
        let own = Set(
            ["To", "From", "Sender", "Reply-To", "Cc"].flatMap(facts.header.bareAddresses).map(\.key))
        func isForeign(_ address: EmailAddress) -> Bool {
            !own.contains(address.key) && !helpers.contains(address.localPart.lowercased())
                && !notice.isNamedID(address)
        }
        let shaped = notice.shape.recipients.filter(isForeign)
        return shaped.isEmpty ? notice.recipients.filter(isForeign) : shaped
    }

    private static let helpers: Set<String> = [
        "postmaster", "mailer-daemon", "abuse", "helpdesk", "support", "hostmaster", "webmaster", "noreply",
    ]

    /// The fields of a delivery status written as text (Amazon WorkMail, old gateways).
    private static func embeddedReport(_ facts: Facts, _ notice: Notice, _ origin: Origin) -> Judgement? {
        guard origin == .system else { return nil }
        let recipients = embeddedRecipients(notice.text)
        guard !recipients.isEmpty,
            var judgement = Reports.judgement(
                facts, recipients, rule: "R3.3 delivery status in the text", notice: notice)
        else { return nil }
        if judgement.originalIDs.isEmpty, notice.hasLink { judgement.proof = .none }
        return judgement
    }

    /// Recipients from lines such as `Final-Recipient: rfc822; …` in running text.
    private static func embeddedRecipients(_ text: String) -> [Reports.Recipient] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.drop { $0 == " " || $0 == "\t" }
        }
        guard
            let start = lines.firstIndex(where: { line in
                ["final-recipient:", "action:", "original-recipient:"].contains {
                    line.lowercased().hasPrefix($0)
                }
            })
        else { return [] }
        let block = lines[start...].prefix(40).joined(separator: "\n")
        return Reports.recipients(in: Array(block.utf8)).filter { !$0.action.isEmpty || $0.status != nil }
    }
}
