internal import Foundation
internal import PurrMail
internal import PurrReplies
internal import PurrSequences
internal import PurrStore

/// Judges one message and applies what follows from it, in the caller's transaction (spec replies R2, R3).
struct InboundJudge {
    let mailbox: MailboxID
    let record: InboundRecord
    let now: Date
    let settings: MachineSettings

    /// - Parameter bytes: The message as fetched; nil when it left the folder before: then its header judges.
    func judge(bytes: [UInt8]?, in transaction: Transaction) throws {
        let message = IncomingMessage.read(bytes ?? record.header)
        let keys = MatchKeys(message)
        let lookup = try Lookup([keys], in: transaction)
        let optOut = try optOut(message.header, in: transaction)
        let found = matches(of: keys, lookup)
        guard bytes != nil || !found.isEmpty || !optOut.isEmpty else {
            return try transaction.recordGone(record.id)
        }
        let isInThread = found.contains { $0.rung <= .threadIndex }
        #if PLANTED_BUGS
            var own = try transaction.ownAddressKeys()
            if Sabotage.active == .ownCopyIsReply { own = [] }
        #else
            let own = try transaction.ownAddressKeys()
        #endif
        let judged = judgement(
            of: message,
            in: Circumstances(
                isOwn: keys.senders.first.map { own.contains($0.key) } ?? false, isInOurThread: isInThread,
                receivedAt: record.receivedAt, weWroteToSender: !found.isEmpty,
                isToUnsubscribeAddress: !optOut.isEmpty))
        #if PLANTED_BUGS
            var judgement = judged
            if Sabotage.active == .automaticIsHuman, judgement.kind == .outOfOffice {
                judgement.kind = .human
            }
            if Sabotage.active == .bounceIgnored, judgement.kind == .bounce { judgement.kind = .delay }
        #else
            let judgement = judged
        #endif
        try transaction.recordJudgement(
            record.id, kind: judgement.kind.rawValue, rule: judgement.rule,
            excerpt: String(judgement.ownText.prefix(500)))
        let application = InboundEffect(
            mailbox: mailbox, message: message, judgement: judgement,
            matches: found + optOut.filter { match in !found.contains { $0.owner == match.owner } },
            folder: record.folder, receivedAt: record.receivedAt, now: now)
        try application.apply(in: transaction)
    }

    /// Whose it is.
    ///
    /// Mail from before an enrollment is no answer to it, unless it names a mail of ours.
    private func matches(of keys: MatchKeys, _ lookup: Lookup) -> [Match<EnrollmentID>] {
        let ids = lookup.ids.mapValues { rows in
            rows.map { KnownID(owner: $0.enrollment, isThreadRoot: $0.isThreadRoot) }
        }
        let horizon = record.receivedAt.addingTimeInterval(settings.clockSkew)
        let senders = lookup.senders.mapValues { rows in
            rows.filter { $0.createdAt <= horizon }
                .map { KnownSender(owner: $0.enrollment, hasOpenEnrollment: $0.isOpen) }
        }
        var found = PurrReplies.matches(of: keys, ids: ids, senders: senders)
        #if PLANTED_BUGS
            if Sabotage.active == .onlyInReplyTo { found.removeAll { $0.rung != .inReplyTo } }
        #endif
        return found
    }

    /// The enrollments that opt out by the token of our List-Unsubscribe.
    private func optOut(_ header: MessageHeader, in transaction: Transaction) throws -> [Match<
        EnrollmentID
    >] {
        guard let token = OptOutToken.token(in: header) else { return [] }
        return try transaction.enrollments(withThreadToken: token).map {
            Match(
                owner: $0, rung: .threadRoot,
                evidence: "Subject: unsubscribe, with the token of our List-Unsubscribe")
        }
    }
}
