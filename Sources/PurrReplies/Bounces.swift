import PurrMail

/// Reports in words: about half of all bounces have no form.
///
/// A name proves nothing (spec R3.3), so a notice must come from a mail system **and** give what only the
/// system that refused the message can know: the message itself, or the refusal with its code and the
/// address. Phishing that poses as a bounce has neither.
enum Bounces {
    static func judgement(_ facts: Facts) -> Judgement? {
        let header = facts.header
        let failed = header.all("X-Failed-Recipients")
        let isAutomatic = (facts.autoSubmitted ?? "no") != "no"
        let isReportType =
            header.contentType.essence == "multipart/report"
            && ["delivery-status", nil].contains(header.contentType.parameters["report-type"]?.lowercased())
        let isNamedReport = isReportType && header.contentType.parameters["report-type"] != nil
        let isNoReply = Senders.isNoReply(header)
        guard
            facts.isFromDaemon || facts.hasNullReturnPath || !failed.isEmpty || isAutomatic || isReportType
                || isNoReply
        else { return nil }
        let notice = Notice(facts.message)
        // The fields of a delivery status, written as text (Amazon WorkMail, old gateways).
        let recipients = embeddedRecipients(notice.text)
        if !recipients.isEmpty, facts.isFromDaemon || facts.hasNullReturnPath || isReportType,
            var judgement = Reports.judgement(
                facts, recipients, rule: "R3.3 delivery status in the text", notice: notice)
        {
            if judgement.originalIDs.isEmpty { judgement.proof = .none }
            return judgement
        }

        let hasSubject = subjects.matches(facts.subject)
        let phrase = failures.first(in: notice.words)?.phrase
        let promise = promises.first(in: notice.words)?.phrase ?? promises.first(in: facts.subject)?.phrase
        let delay =
            promise ?? delays.first(in: notice.words)?.phrase ?? delays.first(in: facts.subject)?.phrase
        let hasCode =
            StatusCode.enhanced(in: notice.words).map { $0.first != "2" } ?? false
            || StatusCode.basic(in: notice.words) != nil
        let hasWords = phrase != nil || hasSubject || hasCode || delay != nil
        let named = notice.recipients
        let hasReturned = notice.returned != nil
        let isSystem =
            facts.isFromDaemon || facts.hasNullReturnPath
            || (isNoReply && phrase != nil && notice.isReturnedWhole && !named.isEmpty)
        let isProved =
            (hasReturned && hasWords) || !failed.isEmpty || (isReportType && hasWords)
            || (isNamedReport && hasReturned)
            || (isSystem && (phrase != nil || hasSubject) && isBelievable(facts, notice, named)
                && (hasCode || delay != nil || Diagnosis.saysWhy(notice.words)))
        guard isProved, isSystem || !failed.isEmpty || isReportType || hasSubject else { return nil }
        // A person's out-of-office has an empty return path too, and may quote a whole message.
        guard
            facts.isFromDaemon || phrase != nil || hasCode || !failed.isEmpty || isNamedReport
                || (hasSubject && hasReturned)
        else {
            return nil
        }

        let diagnosis = Diagnosis(status: nil, text: notice.reasonText)
        let isDelay =
            promise != nil
            || (delay != nil && !finals.matches(notice.words) && !finals.matches(facts.subject))
        let why = phrase ?? delay ?? (hasSubject ? "subject" : "refusal")
        var judgement = facts.judgement(isDelay ? .delay : .bounce, "R3.3 notice in words: \(why)")
        judgement.status = diagnosis.status
        if !isDelay {
            judgement.permanent = hasWords ? diagnosis.isPermanent : nil
            judgement.isAddressLevel = diagnosis.isAddressLevel
        }
        judgement.recipients =
            failed.isEmpty ? named : failed.flatMap { Notice.addresses(in: $0, limit: 16) }
        judgement.originalIDs = notice.returned?.ids ?? []
        judgement.proof = judgement.originalIDs.isEmpty ? .none : .originalID
        return judgement
    }

    /// Whether a notice without the message it is about may be one.
    ///
    /// It names an address that is not ours, comes with a report's return path, is readable as plain text,
    /// and brings no file: worms and phishing that pose as bounces fail in one of these.
    private static func isBelievable(_ facts: Facts, _ notice: Notice, _ named: [EmailAddress]) -> Bool {
        guard Senders.hasReportReturnPath(facts.header) else { return false }
        let own = Set(
            facts.header.bareAddresses("To").map(\.key) + facts.header.bareAddresses("From").map(\.key))
        guard named.contains(where: { !own.contains($0.key) }) else { return false }
        let parts = facts.message.parts.filter { $0.enclosure == 0 && !$0.contentType.isMultipart }
        return parts.contains { $0.contentType.essence == "text/plain" }
            && parts.allSatisfy {
                ["text", "message"].contains($0.contentType.type) && $0.disposition?.isArchive != true
            }
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

    /// Subjects of bounces; alone they prove nothing.
    static let subjects = PhraseSet([
        "undeliver*", "non-deliver*", "nondeliver*", "not deliver*", "returned mail", "mail returned",
        "returned to sender",
        "returning message to sender", "return to sender", "delivery status notification",
        "delivery notification",
        "delivery failure", "delivery failed", "delivery problem", "delivery report", "delivery error",
        "delivery has failed",
        "delivery delay*", "failed delivery", "failed mail", "failure notice", "failure notification",
        "mail failure",
        "mail error", "mail system error", "error sending your mail", "mail delivery", "message delivery",
        "message status",
        "delayed mail",
        "could not be delivered", "couldn't be delivered", "cannot be delivered", "can't be delivered",
        "unable to deliver",
        "could not send message", "warning: message", "warning: could not", "bounce*", "rejected mail",
        "mail rejected",
        "message rejected", "rejected:", "permanent error", "permanent fail*", "permanent delivery",
        "nicht zustellbar", "unzustellbar*", "zustellung*", "fehlgeschlagen", "nicht übermittelt",
        "non remis", "non distribu*", "échec de la remise", "échec de remise", "non délivr*",
        "rapport de non",
        "no se pudo entregar", "no se puede entregar", "error de entrega", "no entregado", "devuelto",
        "non recapit*",
        "mancato recapito", "mancata consegna", "impossibile recapitare", "não entregue",
        "falha na entrega",
        "falha de entrega", "niedostarcz*", "nie można dostarczyć", "niet bezorgd", "onbestelbaar*",
        "kan niet worden bezorgd", "kunne ikke leveres", "kan ikke leveres", "ikke levert",
        "kunde inte levereras",
        "kan inte levereras", "ej levererat", "kunne ikke afleveres", "ikke leveret", "ei voitu toimittaa",
        "toimittaminen epäonnistui", "配信エラー", "配信不能", "送信エラー", "配送できません", "退信", "投递失败", "无法投递", "退件",
        "系统退信", "недоставлен*", "не доставлен*",
    ])

    /// What notices of failure say.
    static let failures = PhraseSet([
        "could not be delivered", "couldn't be delivered", "cannot be delivered", "can not be delivered",
        "can't be delivered",
        "was not delivered", "wasn't delivered", "not been delivered", "were not delivered",
        "was undeliverable",
        "is undeliverable", "undeliverable", "undelivered", "unable to deliver", "unable to send",
        "couldn't deliver",
        "could not deliver", "did not reach", "didn't reach", "delivery has failed", "delivery failed",
        "delivery failure",
        "delivery to the following", "failed to deliver", "failed to reach", "failed permanently",
        "permanent fatal errors", "fatal errors", "permanent error", "permanent failure",
        "returned to sender",
        "has been rejected", "was rejected", "been rejected", "message rejected", "rejected by",
        "rejected your message",
        "wasn't able to deliver", "was not able to deliver", "not be able to deliver",
        "unable to be delivered",
        "recipients failed", "following recipients", "following recipient", "following addresses",
        "following address",
        "error occurred while trying to deliver", "delivery error", "unrouteable address",
        "i'm afraid i wasn't able",
        "i wasn't able to deliver", "this is a permanent error", "i've given up", "giving up",
        "returned mail",
        "returned message", "message could not", "mail could not", "cannot deliver", "can not deliver",
        "message bounced",
        "non-delivery", "bounced", "no se pudo entregar", "nicht zugestellt", "konnte nicht",
        "n'a pas pu être",
        "non è stato possibile", "não pôde ser entregue", "nie została dostarczona",
        "niet worden afgeleverd",
        "kunne ikke leveres", "kunde inte levereras", "ei voitu toimittaa", "配信できません", "送信できません",
        "お届けできません",
        "配送できません", "退信", "无法发送", "无法投递", "未能送达", "user unknown", "unknown user", "no such user",
        "mailbox full", "quota exceeded", "over quota", "returning your message", "an error was detected",
        "error while attempting to deliver", "could not be sent", "was unable to", "were unable to",
    ])

    /// What only warnings say, that it will be tried again: outranks every word of failure beside it.
    static let promises = PhraseSet([
        "delivery status notification (delay)", "warning message only", "this is a warning only",
        "will be retried",
        "still being retried", "will continue to try", "will keep trying", "keep trying",
        "has not yet been delivered",
        "not yet been delivered", "do not need to resend", "don't need to resend", "not need to resend",
        "no need to resend",
        "could not send message for past", "message still undelivered", "continue trying", "will retry",
        "try to deliver your message again", "delivery attempts will continue",
        "delivery will be attempted",
        "will be attempted again", "noch nicht zugestellt", "wird weiter versucht",
    ])

    /// What warnings say, and some failures too.
    static let delays = PhraseSet([
        "delay*", "not been able to deliver", "temporarily", "verzögert*", "forsinket", "försenad",
        "viivästynyt",
        "retardé", "retrasado", "ritardo", "atrasada", "opóźnion*", "vertraagd",
    ])

    /// What makes a notice final although it speaks of a delay.
    static let finals = PhraseSet([
        "permanent*", "giving up", "given up", "gave up", "failed permanently", "fatal errors",
        "returned to sender", "undeliverable",
        "undelivered mail returned", "failure notice", "delivery failed", "delivery failure", "(failure)",
        "has failed",
        "could not be delivered to", "no further attempts", "will not be retried", "too long", "expired",
        "timed out",
        "delivery time expired", "was not delivered", "returning message to sender", "rejected",
    ])
}
