package import PurrMail

/// What kind of message it is: the rules of spec R3, in their order, the first that applies.
///
/// Total and stable: every message has a kind, and the same facts give the same one. When unsure: human,
/// which stops a sequence and is shown, and harms nobody.
package func judgement(of message: IncomingMessage, in circumstances: Circumstances) -> Judgement {
    let facts = Facts(message, circumstances)
    if circumstances.isOwn { return facts.judgement(.own, "R3.1 own copy") }
    if message.header.isEmpty, (message.plainText ?? "").isEmpty {
        return facts.judgement(.unreadable, "no header")
    }
    let rules: [(Facts) -> Judgement?] = [
        Complaints.judgement, Reports.judgement, Challenges.judgement, Bounces.judgement,
        Receipts.judgement, Meetings.judgement,
        Wishes.addressedJudgement, AutomaticSigns.strongJudgement, Wishes.judgement,
        AutomaticSigns.weakJudgement,
    ]
    for rule in rules {
        if let judgement = rule(facts) { return judgement }
    }
    return facts.judgement(.human, facts.isReply ? "R3.8 an answer" : "R3.10 nothing else applies")
}
