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
        var found = lookup.matches(of: keys, receivedAt: record.receivedAt, skew: settings.clockSkew)
        #if PLANTED_BUGS
            if Sabotage.active == .onlyInReplyTo { found.removeAll { $0.rung != .inReplyTo } }
        #endif
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
            excerpt: String(judgement.ownText.prefix(500)), judgement: Document.text(of: judgement), at: now
        )
        let effect = InboundEffect(
            mailbox: mailbox, inbound: record.id, message: message, judgement: judgement,
            matches: found + optOut.filter { match in !found.contains { $0.owner == match.owner } },
            optedOut: Set(optOut.map(\.owner)), folder: record.folder, receivedAt: record.receivedAt,
            now: now, skew: settings.clockSkew)
        try transaction.record(effect.matches.map(KnownMatch.init), of: record.id)
        try learnThreadIndex(of: message.header, found, in: transaction)
        try effect.apply(in: transaction)
        try noteWriting(judgement, found, in: transaction)
        try transaction.eraseIfNobodyIsLeft(record.id)
    }

    /// Whether a person wrote it, and in answer to which mail of ours: evidence of when they are attentive.
    private func noteWriting(
        _ judgement: Judgement, _ found: [Match<EnrollmentID>], in transaction: Transaction
    ) throws {
        guard judgement.kind != .own else { return }
        let isPerson = judgement.kind == .human || judgement.kind == .calendar
        let answered = try found.first { $0.rung <= .threadIndex }.flatMap { match in
            try transaction.journal(of: match.owner).compactMap(\.sentAt)
                .filter { $0 < record.receivedAt }.max()
        }
        try WrittenMail(mailbox: mailbox, now: now).judge(
            key: MessageKey.of(record.header), isPerson: isPerson, sentAt: answered, in: transaction)
    }

    /// Exchange tells a conversation by an index of its own: what it writes into one answer it writes into all
    /// (spec R2.5).
    private func learnThreadIndex(
        of header: MessageHeader, _ found: [Match<EnrollmentID>], in transaction: Transaction
    ) throws {
        guard let key = header.raw("Thread-Index").flatMap(MatchKeys.threadIndexKey) else { return }
        for match in found where match.rung <= .threadRoot && match.rung != .vendorHeader {
            try transaction.learn(threadIndex: key, of: match.owner)
        }
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

extension KnownMatch {
    init(_ match: Match<EnrollmentID>) {
        self.init(
            enrollment: match.owner, rung: match.rung.rawValue, evidence: match.evidence,
            isOnlyNoted: match.isOnlyNoted)
    }
}

extension Match<EnrollmentID> {
    /// As it was kept; nil for a rung that this Purr does not know.
    init?(_ known: KnownMatch) {
        guard let rung = Rung(rawValue: known.rung) else { return nil }
        self.init(
            owner: known.enrollment, rung: rung, evidence: known.evidence, isOnlyNoted: known.isOnlyNoted)
    }
}
