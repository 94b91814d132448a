internal import Foundation
internal import PurrMail
internal import PurrSequences
internal import PurrStore

// Sending: claim, gate, hand over, record (spec sending M1–M4, M6).
extension MailboxMachine {
    /// The next effect towards sending what is due, if anything may be sent now.
    mutating func sendingWork(now: Date, isReadable: Bool, wake: inout Wake) throws(StoreError) -> Effect? {
        for _ in 0..<1_000 {
            let id = id
            let (mailbox, due, next) = try store.read { transaction in
                (
                    try transaction.mailbox(id), try transaction.dueEnrollment(of: id, at: now),
                    try transaction.nextDue(of: id)
                )
            }
            guard let mailbox, !mailbox.isPaused, try !isStopped() else { return nil }
            guard let due else {
                wake.consider(next)
                // Nothing waits for the server that asked for patience: it stays slower, and fails no longer.
                if let slowdown, slowdown.until <= now, submitTrouble.last?.text == slowdown.why {
                    try clearSubmitTrouble(now: now)
                }
                guard next != nil, isReadable, hasProof(at: now) else { return nil }
                return try announcement(mailbox, now: now)
            }
            guard submitTrouble.isOver(at: now) else {
                wake.consider(submitTrouble.retryAt)
                return nil
            }
            let settings = known(mailbox)
            let full = settings?.limits ?? .standard
            let limits = full.slowed(by: slowdown?.level ?? 0)
            recent.removeAll { $0 <= now.addingTimeInterval(-86_400) }
            let free = limits.nextFree(
                at: now, recent: recent, gapSeed: gapSeed, pace: due.isBulk && due.isFirst ? .bulk : .single
            )
            guard free.date <= now else {
                wake.consider(free.date)
                let pace: SendingLimits.Pace = due.isBulk && due.isFirst ? .bulk : .single
                try noteFree(
                    free.date, why: free.reason.map { words(for: $0, limits, pace, now: now) } ?? "")
                return nil
            }
            guard isReadable else { return nil }
            #if PLANTED_BUGS
                if Sabotage.active == .gateSkipped, proof == nil { proof = now }
            #endif
            guard hasProof(at: now) else { return proofWork(now: now, wake: &wake) }
            switch try guardWork(mailbox, now: now) {
            case .free: break
            case .stopped: return nil
            case .files(let effect): return effect
            }
            if let effect = try claim(due, mailbox: mailbox, settings: settings, limits: limits, now: now) {
                return effect
            }
        }
        // More than a thousand moved out of the way in one go: come back at once.
        wake.consider(now)
        return nil
    }

    /// What the mailbox is connected with, read anew when it was changed.
    private mutating func known(_ mailbox: MailboxRecord) -> MailboxSettings? {
        if let mailboxSettings, mailboxSettings.text == mailbox.settings { return mailboxSettings.value }
        let value = Document.value(MailboxSettings.self, from: mailbox.settings)
        mailboxSettings = (mailbox.settings, value)
        return value
    }

    /// The limit that is waited for, and why it is lower than usual if it is.
    private func words(
        for reason: SendingLimits.Reason, _ limits: SendingLimits, _ pace: SendingLimits.Pace, now: Date
    ) -> String {
        let limit =
            switch reason {
            case .perDay: "\(limits.perDay(at: now)) mails in 24 hours\(limits.warmingWords(at: now))"
            case .perMinute: "\(limits.mostPerMinute(at: pace)) a minute"
            case .gap: "a gap between two mails"
            }
        return limit + (slowdown.map { ", slower because the server said: \($0.why)" } ?? "")
    }

    /// Shows in `status` what the mailbox waits for; written once per wait.
    private mutating func noteFree(_ date: Date, why: String) throws(StoreError) {
        guard lastFreeAt != date else { return }
        lastFreeAt = date
        let id = id
        try write { try $0.setFree(at: date, why: why, of: id) }
    }

    // MARK: The gate

    /// Whether the last pass found every watched folder read, lately enough (spec M3.1).
    private func hasProof(at now: Date) -> Bool {
        proof.map { now.timeIntervalSince($0) <= settings.proofLifetime && $0 <= now } ?? false
    }

    /// One more pass, unless the last one showed that a pass cannot prove anything just now.
    private func proofWork(now: Date, wake: inout Wake) -> Effect? {
        let isBlocked = watched.contains { !$0.refusal.isEmpty } || !watched.contains { $0.name.isInbox }
        if isBlocked, let surveyedAt, now.timeIntervalSince(surveyedAt) < settings.pollInterval {
            wake.consider(surveyedAt.addingTimeInterval(settings.pollInterval))
            return nil
        }
        return .survey
    }

    /// What to do while the server waits after its 354 (spec M3.2).
    mutating func stepAtReady(now: Date) throws(StoreError) -> MachineStep {
        guard let ready = open else { return .wait(until: now) }
        guard now.timeIntervalSince(ready.since) <= settings.patience, watchTrouble.retryAt == nil else {
            return .perform(.abandon)
        }
        let isProven = (proof.map { $0 >= ready.since } ?? false) && hasProof(at: now)
        #if PLANTED_BUGS
            if Sabotage.active == .secondGateSkipped || Sabotage.active == .gateSkipped {
                return try handOver(ready, now: now)
            }
        #endif
        guard isProven else {
            if surveyedAt != nil, let effect = try readingWork(now: now) { return .perform(effect) }
            return .perform(.survey)
        }
        return try handOver(ready, now: now)
    }

    /// The last look at the facts, and the last durable word before the bytes go out.
    private mutating func handOver(_ ready: OpenTransaction, now: Date) throws(StoreError) -> MachineStep {
        let (id, isGuarded) = (id, settings.marks != nil)
        let bytes: [UInt8]? = try write { transaction in
            #if PLANTED_BUGS
                if Sabotage.active == .factsNotRechecked || Sabotage.active == .claimNotUnique {
                    _ = try transaction.beginSending(ready.entry, at: now)
                    return try transaction.bytes(of: ready.entry)
                }
            #endif
            guard let entry = try transaction.journalEntry(ready.entry), entry.state == .prepared,
                let enrollment = try transaction.enrollment(ready.enrollment), enrollment.state == .active,
                enrollment.nextStep == entry.step, !enrollment.isInDoubt,
                let mailbox = try transaction.mailbox(id), !mailbox.isPaused,
                try transaction.suppression(of: entry.recipient) == nil,
                try !isGuarded || transaction.mailboxGuard(of: id).trouble == nil
            else { return nil }
            #if PLANTED_BUGS
                if Sabotage.active == .stateAfterSend { return try transaction.bytes(of: ready.entry) }
            #endif
            guard try transaction.beginSending(ready.entry, at: now) else { return nil }
            return try transaction.bytes(of: ready.entry)
        }
        guard let bytes else { return .perform(.abandon) }
        return .perform(
            .deliver(ready.entry, bytes: bytes, notAfter: now.addingTimeInterval(settings.proofLifetime)))
    }

    // MARK: The claim

    /// Decides about one due enrollment: moved out of the way (nil), or its mail prepared and an attempt counted.
    private mutating func claim(
        _ due: EnrollmentRecord, mailbox: MailboxRecord, settings: MailboxSettings?, limits: SendingLimits,
        now: Date
    ) throws(StoreError) -> Effect? {
        var known = versions
        try store.read { try known.learn(due, in: $0) }
        versions = known
        let claim = StepClaim(
            enrollment: due, mailbox: mailbox, settings: settings, limits: limits, versions: known,
            tokens: self.settings.linkTokens, marks: self.settings.marks, now: now
        )
        var entropy = entropy
        let effect = try write { try claim.effect(entropy: &entropy, in: $0) }
        self.entropy = entropy
        return effect
    }

    // MARK: What the server said

    mutating func recordOpened(_ verdict: OpeningVerdict, entry id: JournalID, now: Date) throws(StoreError)
    {
        switch verdict {
        case .ready:
            let enrollment = try store.read { try $0.journalEntry(id)?.enrollment }
            guard let enrollment else { return }
            open = OpenTransaction(entry: id, enrollment: enrollment, since: now)
        case .refused(let stage, let reply): try recordRefusal(reply, at: stage, entry: id, now: now)
        case .failed(let failure): try recordNotAccepted(failure, entry: id, now: now)
        }
    }

    mutating func recordDelivered(_ verdict: DeliveryVerdict, entry id: JournalID, now: Date)
        throws(StoreError)
    {
        switch verdict {
        case .accepted(let reply): try recordAccepted(reply, entry: id, now: now)
        case .refused(let reply): try recordRefusal(reply, at: .finalDot, entry: id, now: now)
        case .notAccepted(let failure): try recordNotAccepted(failure, entry: id, now: now)
        case .unknown(let failure):
            mayHaveDoubt = true
            #if PLANTED_BUGS
                if Sabotage.active == .unknownResent {
                    return try recordNotAccepted(failure, entry: id, now: now)
                }
            #endif
            try write { transaction in
                guard let entry = try transaction.journalEntry(id) else { return }
                try Self.doubt(entry, because: failure.text, at: now, in: transaction)
            }
        }
    }

    /// 354 was given up: the reply was found, or the facts changed.
    ///
    /// The next look decides anew.
    mutating func recordAbandoned(now: Date) throws(StoreError) {
        guard let abandoned = open else { return }
        open = nil
        let (id, pause) = (id, settings.retryFirst)
        try write { transaction in
            guard let enrollment = try transaction.enrollment(abandoned.enrollment),
                enrollment.state == .active
            else { return }
            try transaction.postpone(
                enrollment.id, to: now.addingTimeInterval(pause), because: .temporaryFailure,
                detail: "broken off before anything was handed over")
            try transaction.append(
                Event(
                    at: now, .delayed, mailbox: id, enrollment: enrollment.id,
                    "The hand-over was broken off after 354: there was no fresh proof that nobody answered."
                ))
        }
    }

    private mutating func recordAccepted(_ reply: ServerReply, entry id: JournalID, now: Date)
        throws(StoreError)
    {
        let (mailbox, versions, proof) = (self.id, versions, proof)
        let (slow, slower) = (slowdown, slowdown?.relieved)
        #if PLANTED_BUGS
            if Sabotage.active == .stateAfterSend {
                try write { _ = try $0.beginSending(id, at: now) }
            }
        #endif
        let isSent = try write { transaction in
            guard let entry = try transaction.journalEntry(id) else { return false }
            let enrollment = try transaction.enrollment(entry.enrollment)
            let version = try enrollment.flatMap { try versions.version(of: $0, in: transaction) }
            let words = "\(reply.code) \(reply.text)"
            var evidence = ["messageId": entry.messageID.text, "smtp": words]
            // Later than planned: limits, or a server that asked for patience.
            if let planned = enrollment?.plannedAt, now.timeIntervalSince(planned) > 60 {
                evidence["planned"] = planned.formatted(.iso8601)
            }
            // How long an answer could have come unseen: from the beginning of the last pass over the folders to
            // the server's word (spec M3.3).
            if let proof {
                evidence["window"] = "\(Int((now.timeIntervalSince(proof) * 1000).rounded(.up))) ms"
            }
            if slow != nil { try transaction.setSlowdown(slower, of: mailbox) }
            guard try transaction.recordSent(id, at: now, reply: words, filing: .due) else { return false }
            try transaction.append(
                Event(
                    at: now, .accepted, mailbox: mailbox, enrollment: entry.enrollment,
                    "\(version?.label(of: entry.step) ?? "Step \(entry.step)") was sent to \(entry.recipient).",
                    evidence: evidence))
            try transaction.countReview(of: entry.enrollment)
            try Outcomes(mailbox: mailbox, now: now, versions: versions)
                .advance(entry.enrollment, past: entry.step, at: now, in: transaction)
            return true
        }
        if isSent {
            mayHaveUnfiled = true
            freshlySent.insert(id)
            recent.append(now)
            gapSeed = entropy.next()
        }
        slowdown = slower
        try clearSubmitTrouble(now: now)
    }

    private mutating func clearSubmitTrouble(now: Date) throws(StoreError) {
        guard submitTrouble.last != nil else { return }
        submitTrouble.failures = 0
        submitTrouble.retryAt = nil
        submitTrouble.last = nil
        guard watchTrouble.last == nil else { return }
        let id = id
        try write { transaction in
            try transaction.setFailure(nil, since: now, of: id)
            try transaction.append(
                Event(at: now, .mailboxRecovered, mailbox: id, "The mailbox can send again."))
        }
    }

    /// Nothing was accepted, and the server did not say why: the mailbox waits, the step stays due.
    private mutating func recordNotAccepted(_ failure: MailServerFailure, entry id: JournalID, now: Date)
        throws(StoreError)
    {
        open = nil
        let isNews = submitTrouble.last?.text != failure.text
        submitTrouble.last = failure
        submitTrouble.failures += 1
        submitTrouble.retryAt = now.addingTimeInterval(pause(after: submitTrouble.failures, failure))
        let (mailbox, failures) = (self.id, submitTrouble.failures)
        try write { transaction in
            try transaction.recordNotAccepted(id, reply: failure.text)
            guard let entry = try transaction.journalEntry(id) else { return }
            try transaction.append(
                Event(
                    at: now, .delayed, mailbox: mailbox, enrollment: entry.enrollment,
                    "Nothing was accepted: \(failure.text)", evidence: ["attempt": "\(entry.attempts)"]))
            // Repeated refusals of the login would lock the account (spec M6).
            if failure.reason == .loginRefused, failures >= 3 {
                try transaction.pauseMailbox(
                    mailbox, because: "The server refuses the login: \(failure.text)")
                try transaction.append(
                    Event(
                        at: now, .mailboxPaused, mailbox: mailbox,
                        "The server refuses the login. Give a new password: purr mailbox add ADDRESS --update."
                    ))
            }
        }
        if isNews { try noteFailure(failure, side: "sending", now: now) }
    }

    /// The server said no: to the address, to this mail for now, or to the mailbox (spec M4).
    private mutating func recordRefusal(
        _ reply: ServerReply, at stage: SubmissionStage, entry id: JournalID, now: Date
    ) throws(StoreError) {
        open = nil
        let refusal = Refusal(reply, at: stage)
        let mailbox = self.id
        var slower: MailboxRecord.Slowdown?
        if refusal == .slowsMailbox {
            submitTrouble.failures += 1
            let wait = max(
                settings.backOff.first, settings.retryFirst * Double(1 << min(submitTrouble.failures, 10)))
            let words = "\(reply.code) \(reply.text)"
            let until = now.addingTimeInterval(min(wait, settings.retryLongest * 2))
            submitTrouble.retryAt = until
            submitTrouble.last = MailServerFailure(.refused, words)
            slower = MailboxRecord.Slowdown(
                level: min((slowdown?.level ?? 0) + 1, SendingLimits.slowestLevel), why: words, until: until
            )
            slowdown = slower
        }
        let record = RefusalRecord(
            mailbox: self.id, reply: reply, stage: stage, now: now, backOff: settings.backOff)
        let seed = entropy.next()
        try write { transaction in
            if let slower { try transaction.setSlowdown(slower, of: mailbox) }
            try record.apply(refusal, to: id, seed: seed, in: transaction)
        }
    }
}

extension MailboxRecord.Slowdown {
    /// The pace after one mail was taken: twice as fast, until it is the usual one.
    fileprivate var relieved: Self? { level > 1 ? Self(level: level - 1, why: why, until: until) : nil }
}
