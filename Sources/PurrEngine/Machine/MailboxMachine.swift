package import Foundation
package import PurrMail
package import PurrSequences
package import PurrStore

/// The engine of one mailbox: a synchronous machine (design §1).
///
/// ``next(now:)`` returns one effect or a wait; ``record(_:of:now:)`` records what came of it in one
/// transaction. What the machine keeps in memory is what a new one finds out again by looking: a crash at
/// any point loses nothing but time. One effect at a time.
package struct MailboxMachine: Sendable {
    package let id: MailboxID
    let store: Store
    let settings: MachineSettings
    let owner: String
    var entropy: any RandomNumberGenerator & Sendable

    /// Nil until the mailbox was taken over and what an earlier worker left was put in order.
    var epoch: Int64?
    var isInDemand = true
    var folders: [FolderName: FolderRecord] = [:] { didSet { watched = Self.watched(of: folders) } }
    /// The watched folders, those first in which answers arrive.
    private(set) var watched: [FolderRecord] = []
    /// What the last pass said of each folder.
    var statuses: [FolderName: FolderStatus] = [:]
    var isPendingEmpty = false
    /// When the last pass began that found every watched folder read to its end.
    var proof: Date?
    /// When the last pass began.
    var surveyedAt: Date?
    var provenNotedAt: Date?
    /// The effect under way, and when it was decided.
    var issuedAt: Date?
    /// The transaction that stands at 354.
    var open: OpenTransaction?
    /// All sends of the last 24 hours, rising.
    var recent: [Date] = []
    var watchTrouble = Trouble()
    var submitTrouble = Trouble()
    /// The slower pace that the provider's 4xx asked for, as it is kept.
    var slowdown: MailboxRecord.Slowdown?
    var gapSeed: UInt64 = 0
    var lastFreeAt: Date?
    /// False when the journal is known to hold no open outcome, and no copy to be filed: only this machine
    /// makes new ones.
    var mayHaveDoubt = true
    var mayHaveUnfiled = true
    /// Mails whose acceptance this worker heard, and whose copy nobody can have filed yet.
    var freshlySent: Set<JournalID> = []
    /// Whether other copies of the database can know of this worker.
    var isAnnounced = false
    /// Folders into which the server took no note.
    var noteRefusals: Set<FolderName> = []
    /// What was read before and cannot have changed.
    var versions = KnownVersions()
    var mailboxSettings: (text: String, value: MailboxSettings?)?
    /// When the next digest of one of the mailbox's users is due; nil when nobody has looked.
    var digestAt: Date?
    /// When sightings are looked for again that the bins do not know; nil at once.
    var attentionAt: Date?

    /// A transaction that waits at 354 for the last proof.
    struct OpenTransaction: Sendable {
        let entry: JournalID
        let enrollment: EnrollmentID
        let since: Date
    }

    /// A server that cannot be used, and when to try again.
    struct Trouble: Sendable {
        var failures = 0
        var retryAt: Date?
        var last: MailServerFailure?

        func isOver(at now: Date) -> Bool { retryAt.map { $0 <= now } ?? true }
    }

    /// - Parameters:
    ///   - owner: Names this worker in the lease.
    ///   - entropy: Where ids and random gaps come from.
    package init(
        _ id: MailboxID, store: Store, settings: MachineSettings, owner: String,
        entropy: any RandomNumberGenerator & Sendable
    ) {
        self.id = id
        self.store = store
        self.settings = settings
        self.owner = owner
        self.entropy = entropy
    }

    /// Something may have changed in the mailbox: look before the next poll.
    package mutating func notice() { surveyedAt = nil }

    /// Somebody says that what failed may be mended: try again at once, also what was given up.
    package mutating func retry() {
        watchTrouble.retryAt = nil
        submitTrouble.retryAt = nil
        surveyedAt = nil
    }

    /// The last trouble with the mailbox's servers, for the service's log.
    package var trouble: MailServerFailure? { watchTrouble.last ?? submitTrouble.last }

    /// Whether the last pass found every watched folder read to its end.
    package var isRead: Bool { proof != nil }

    /// Whether a folder keeps the mailbox from being read to its end.
    package var isBlocked: Bool {
        surveyedAt != nil
            && (watched.contains { !$0.refusal.isEmpty } || !watched.contains { $0.name.isInbox })
    }

    /// Whether the mailbox's folders can be watched just now.
    package var isWatching: Bool { watchTrouble.retryAt == nil }

    // MARK: What next

    /// The next effect, or how long to wait.
    ///
    /// Durable before an effect is returned: whatever its loss would make ambiguous.
    package mutating func next(now: Date) throws(StoreError) -> MachineStep {
        if epoch == nil { try start(now: now) }
        let step = try decide(now: now)
        if case .perform = step { issuedAt = now }
        return step
    }

    private mutating func decide(now: Date) throws(StoreError) -> MachineStep {
        if open != nil { return try stepAtReady(now: now) }
        var wake = Wake()
        let isReadable = watchTrouble.isOver(at: now)
        if isReadable {
            if surveyedAt == nil { return .perform(.survey) }
            if let effect = try readingWork(now: now) { return .perform(effect) }
        } else {
            wake.consider(watchTrouble.retryAt)
        }
        if settings.isReadingOnly {
            guard isReadable, proof == nil, !isBlocked else { return .wait(until: wake.instant) }
            return .perform(.survey)
        }
        if isReadable, let effect = try doubtWork(now: now, wake: &wake) { return .perform(effect) }
        if isReadable, let effect = try filingWork(now: now, wake: &wake) { return .perform(effect) }
        try automationWork(now: now, wake: &wake)
        try attentionWork(now: now, wake: &wake)
        try taskWork(now: now, wake: &wake)
        if isReadable, try !isStopped(), let effect = try draftWork(now: now, wake: &wake) {
            return .perform(effect)
        }
        if let effect = try noticeWork(now: now, wake: &wake) { return .perform(effect) }
        if let effect = try sendingWork(now: now, isReadable: isReadable, wake: &wake) {
            return .perform(effect)
        }
        if isReadable {
            let poll = (surveyedAt ?? now).addingTimeInterval(settings.pollInterval)
            if poll <= now { return .perform(.survey) }
            wake.consider(poll)
        }
        return .wait(until: wake.instant)
    }

    /// The soonest of several instants.
    struct Wake {
        private(set) var instant: Date?

        mutating func consider(_ candidate: Date?) {
            guard let candidate else { return }
            instant = min(instant ?? candidate, candidate)
        }
    }

    // MARK: What came of it

    /// Records an outcome and everything that follows from it, in one transaction.
    package mutating func record(_ outcome: Outcome, of effect: Effect, now: Date) throws(StoreError) {
        let began = issuedAt ?? now
        issuedAt = nil
        switch (effect, outcome) {
        case (.survey, .surveyed(let survey)): try recordSurvey(survey, began: began, now: now)
        case (.locate(let folder, let validity, _), .located(let reading)):
            try recordLocated(reading, in: folder, validity, now: now)
        case (.readHeaders(let folder, let validity, _, let through), .headers(let reading)):
            try recordHeaders(reading, in: folder, validity, through: through, now: now)
        case (.readMessages(let folder, let validity, let uids), .messages(let reading)):
            try recordMessages(reading, in: folder, validity, asked: uids, now: now)
        case (.find(let ids, _), .found(let folder)): try recordFound(folder, ids: ids, now: now)
        case (.file(let entry, _, let folder, _), .filed(let verdict)):
            try recordFiled(entry, verdict, in: folder, now: now)
        case (.fileDraft(let entry, _, _, _), .filed(let verdict)):
            try recordDraftFiled(entry, verdict, now: now)
        case (.fileNote(_, let folder, _), .filed(let verdict)):
            try recordNoteFiled(verdict, in: folder, now: now)
        case (.post(let notice, _, _, _), .posted(let verdict)):
            try recordPosted(verdict, notice: notice, now: now)
        case (.open(let entry, _, _, _), .opened(let verdict)):
            try recordOpened(verdict, entry: entry, now: now)
        case (.deliver(let entry, _, _), .delivered(let verdict)):
            open = nil
            try recordDelivered(verdict, entry: entry, now: now)
        case (.abandon, _): try recordAbandoned(now: now)
        case (_, .failed(let failure)): try recordWatchFailure(failure, now: now)
        default:
            try recordWatchFailure(
                MailServerFailure(.protocolViolation, "The answer did not fit the question."), now: now)
        }
    }

    // MARK: Start

    /// Takes the mailbox over; what was being sent when the last worker stopped is in doubt (spec M2.1).
    private mutating func start(now: Date) throws(StoreError) {
        let (id, owner) = (id, owner)
        let found = try store.write { transaction in
            guard let epoch = try transaction.takeLease(of: id, owner: owner) else {
                throw StoreError(.leaseLost, "The mailbox is gone.")
            }
            for entry in try transaction.openEntries(of: id) where entry.state == .sending {
                #if PLANTED_BUGS
                    if Sabotage.active == .startResends {
                        try transaction.recordNotAccepted(entry.id, reply: "")
                        continue
                    }
                #endif
                try Self.doubt(
                    entry, because: "Purr stopped while the mail was being handed over.", at: now,
                    in: transaction)
            }
            try transaction.doubtNotices(of: id)
            return (
                epoch: epoch, folders: try transaction.folders(of: id),
                recent: try transaction.sends(of: id, since: now.addingTimeInterval(-86_400)),
                pending: try transaction.pendingCount(of: id),
                mailbox: try transaction.mailbox(id)
            )
        }
        epoch = found.epoch
        folders = Dictionary(found.folders.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        recent = found.recent
        isPendingEmpty = found.pending == 0
        // What failed under an earlier worker counts as mended by the first pass that succeeds.
        slowdown = found.mailbox?.slowdown
        let failure = found.mailbox.flatMap { $0.failingSince == nil ? nil : $0.failure }
        if let slowdown, failure == slowdown.why {
            submitTrouble = Trouble(
                failures: slowdown.level, retryAt: slowdown.until,
                last: MailServerFailure(.refused, slowdown.why))
        } else if let failure {
            watchTrouble.last = MailServerFailure(.unreachable, failure)
        }
        gapSeed = entropy.next()
    }

    /// One transaction of this worker: stops it when another one has taken the mailbox over.
    func write<Value>(_ body: (Transaction) throws -> Value) throws(StoreError) -> Value {
        let (id, epoch) = (id, epoch ?? -1)
        return try store.write { transaction in
            #if PLANTED_BUGS
                if Sabotage.active == .claimNotUnique { return try body(transaction) }
            #endif
            try transaction.checkLease(of: id, epoch: epoch)
            return try body(transaction)
        }
    }

    // MARK: Trouble

    /// The IMAP side failed: nothing is proven any more, and nothing is sent until it is again.
    mutating func recordWatchFailure(_ failure: MailServerFailure, now: Date) throws(StoreError) {
        let isNews = watchTrouble.last?.text != failure.text
        watchTrouble.last = failure
        watchTrouble.failures += 1
        watchTrouble.retryAt = now.addingTimeInterval(pause(after: watchTrouble.failures, failure))
        // Refused three times: one more try with the same password only locks the account. A new one
        // comes with a new worker.
        if failure.reason == .loginRefused, watchTrouble.failures >= 3 {
            watchTrouble.retryAt = .distantFuture
        }
        proof = nil
        surveyedAt = nil
        // A copy whose filing broke off may lie there or not.
        freshlySent = []
        if isNews { try noteFailure(failure, side: "reading", now: now) }
    }

    func noteFailure(_ failure: MailServerFailure, side: String, now: Date) throws(StoreError) {
        let id = id
        try write { transaction in
            let since = try transaction.mailbox(id)?.failingSince ?? now
            try transaction.setFailure(failure.text, failure.reason, since: since, of: id)
            try transaction.append(
                Event(
                    at: now, .mailboxFailing, mailbox: id,
                    "The mailbox cannot be used for \(side): \(failure.text)",
                    evidence: ["reason": failure.reason.rawValue]))
        }
    }

    mutating func clearTrouble(now: Date) throws(StoreError) {
        guard watchTrouble.last != nil || submitTrouble.last != nil else { return }
        let wasWatching = watchTrouble.last != nil
        watchTrouble = Trouble()
        guard submitTrouble.last == nil else { return }
        let id = id
        try write { transaction in
            try transaction.setFailure(nil, since: now, of: id)
            try transaction.append(
                Event(
                    at: now, .mailboxRecovered, mailbox: id,
                    wasWatching ? "The mailbox can be read again." : "The mailbox can send again."))
        }
    }

    /// Doubling from the first wait; what only a person can mend is tried at the longest, so that a
    /// provider does not lock the account (spec M6).
    func pause(after failures: Int, _ failure: MailServerFailure) -> TimeInterval {
        if failure.retry == .needsHuman { return settings.retryLongest }
        return min(settings.retryFirst * Double(1 << min(max(failures - 1, 0), 20)), settings.retryLongest)
    }
}
