internal import Foundation
internal import PurrMail
internal import PurrSequences
internal import PurrStore

// Seeing every message: passes over all folders, and reading what they show to be new (spec replies R1).
extension MailboxMachine {
    /// The next stretch of mail to be read, if the last pass showed any.
    mutating func readingWork(now: Date) throws(StoreError) -> Effect? {
        for record in watched {
            guard let status = statuses[record.name], record.refusal.isEmpty else { continue }
            guard record.uidValidity == status.uidValidity else {
                return .locate(record.name, status.uidValidity, since: try readBackStart(now: now))
            }
            let last = status.lastUID
            guard record.readThrough < last else { continue }
            let through = min(
                last.rawValue,
                record.readThrough.rawValue.addingReportingOverflow(settings.sliceSize).partialValue)
            guard through > record.readThrough.rawValue else { continue }
            return .readHeaders(
                record.name, status.uidValidity, after: record.readThrough, through: UID(rawValue: through))
        }
        guard !isPendingEmpty else { return nil }
        return try pendingWork(now: now)
    }

    static func watched(of folders: [FolderName: FolderRecord]) -> [FolderRecord] {
        folders.values.filter(\.isWatched).sorted {
            ($0.role.rank, $0.name.wire) < ($1.role.rank, $1.name.wire)
        }
    }

    /// Whether every watched folder was read to the end that the last pass showed.
    private var isReadThrough: Bool {
        let watched = watched
        return isPendingEmpty && watched.contains { $0.name.isInbox }
            && watched.allSatisfy { record in
                guard let status = statuses[record.name], record.refusal.isEmpty else { return false }
                return record.uidValidity == status.uidValidity && record.readThrough >= status.lastUID
            }
    }

    /// Far enough back for the setting, and for every enrollment that is open.
    private func readBackStart(now: Date) throws(StoreError) -> Date {
        let id = id
        let oldest = try store.read { try $0.openEnrollments(of: id).map(\.createdAt).min() }
        let standard = now.addingTimeInterval(-Double(settings.readBackDays) * 86_400)
        return min(standard, oldest.map { $0.addingTimeInterval(-86_400) } ?? standard)
    }

    // MARK: A pass over all folders

    mutating func recordSurvey(_ survey: [SurveyedFolder], began: Date, now: Date) throws(StoreError) {
        var changed: [FolderRecord] = []
        var events: [Event] = []
        var seen: Set<FolderName> = []
        statuses = [:]
        for item in survey where item.folder.isSelectable {
            let name = item.folder.name
            seen.insert(name)
            let known = folders[name]
            var record = known ?? FolderRecord(name: name, role: item.folder.role)
            record.isListed = true
            record.role = item.folder.role
            switch item.answer {
            case .status(let status):
                statuses[name] = status
                record.refusal = ""
                #if PLANTED_BUGS
                    if Sabotage.active == .uidValidityIgnored, record.uidValidity != nil {
                        record.uidValidity = status.uidValidity
                    }
                #endif
                if record.uidValidity != status.uidValidity {
                    if let old = record.uidValidity {
                        events.append(
                            Event(
                                at: now, .folderRenumbered, mailbox: id,
                                "The server renumbered the folder \(name); it is read again.",
                                evidence: [
                                    "folder": name.wire, "from": "\(old.rawValue)",
                                    "to": "\(status.uidValidity.rawValue)",
                                ]))
                        record.uidValidity = nil
                        record.readThrough = UID(rawValue: 0)
                    }
                    // An empty folder has nothing to be located in.
                    if status.messages == 0 {
                        record.uidValidity = status.uidValidity
                        record.readThrough = status.lastUID
                    }
                }
            case .refused(let words):
                record.refusal = words.isEmpty ? "refused" : words
                if known?.refusal != record.refusal, record.isWatched {
                    events.append(
                        Event(
                            at: now, .folderUnreadable, mailbox: id,
                            "The folder \(name) cannot be read, so nothing is sent: \(words). Mend it, or leave it out: purr mailbox folders ADDRESS --exclude \"\(name)\".",
                            evidence: ["folder": name.wire]))
                }
            }
            if record != known { changed.append(record) }
        }
        for (name, record) in folders where record.isListed && !seen.contains(name) {
            var gone = record
            gone.isListed = false
            changed.append(gone)
        }
        #if PLANTED_BUGS
            if Sabotage.active == .folderForgotten { changed.removeAll { $0.role == .other } }
        #endif
        if !changed.isEmpty {
            folders.merge(changed.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        }
        surveyedAt = began
        proof = isReadThrough ? began : nil
        try noteSurvey(changed: changed, events: events, now: now)
        try clearTrouble(now: now)
    }

    /// Writes only what is news: a pass that finds nothing changed costs no transaction.
    private mutating func noteSurvey(changed: [FolderRecord], events: [Event], now: Date) throws(StoreError)
    {
        let isHeartbeatDue =
            proof != nil && provenNotedAt.map { now.timeIntervalSince($0) >= settings.heartbeat } ?? true
        guard !changed.isEmpty || !events.isEmpty || (proof != nil && isHeartbeatDue) else { return }
        let (id, proof) = (id, proof)
        try write { transaction in
            for record in changed { try transaction.save(record, of: id) }
            for event in events { try transaction.append(event) }
            if let proof { try transaction.setProven(at: proof, of: id) }
        }
        if proof != nil { provenNotedAt = now }
        // The user's choice of folders is theirs alone to change.
        let fresh = try store.read { try $0.folders(of: id) }
        for record in fresh where folders[record.name]?.isExcluded != record.isExcluded {
            folders[record.name]?.isExcluded = record.isExcluded
        }
    }

    // MARK: Where to begin in a folder

    mutating func recordLocated(
        _ reading: FolderReading<UID?>, in name: FolderName, _ validity: UIDValidity, now: Date
    ) throws(StoreError) {
        guard var record = folders[name], let status = statuses[name] else { return }
        switch reading {
        case .read(let first):
            record.uidValidity = validity
            // What arrives after the pass has a UID of at least its UIDNEXT, so nothing falls in between.
            record.readThrough = min(
                first.map { UID(rawValue: $0.rawValue &- 1) } ?? status.lastUID, status.lastUID)
            if first?.rawValue == 0 { record.readThrough = UID(rawValue: 0) }
            try save(record)
        case .renumbered: try recordRenumbered(name, now: now)
        case .refused(let words): try setRefused(record, words: words, now: now)
        }
    }

    // MARK: Headers

    mutating func recordHeaders(
        _ reading: FolderReading<HeaderSlice>, in name: FolderName, _ validity: UIDValidity, through: UID,
        now: Date
    ) throws(StoreError) {
        guard var record = folders[name] else { return }
        switch reading {
        case .read(let slice):
            guard slice.uidValidity == validity, slice.through > record.readThrough else {
                return try recordWatchFailure(
                    MailServerFailure(
                        .protocolViolation, "The server gave no progress in the folder \(name)."), now: now)
            }
            record.readThrough = min(slice.through, through)
            record.uidValidity = validity
            try take(slice, into: record, now: now)
        case .renumbered: try recordRenumbered(name, now: now)
        case .refused(let words): try setRefused(record, words: words, now: now)
        }
    }

    /// Stores what concerns us and moves the cursor, in one transaction.
    private mutating func take(_ slice: HeaderSlice, into record: FolderRecord, now: Date)
        throws(StoreError)
    {
        let id = id
        let sorter = HeaderSorter(mailbox: id, folder: record, now: now, settings: settings)
        #if PLANTED_BUGS
            if Sabotage.active == .cursorMovedEarly {
                try write { try $0.save(record, of: id) }
                folders[record.name] = record
            }
        #endif
        let taken = try write { transaction in
            let taken = try sorter.take(slice, in: transaction)
            try transaction.save(record, of: id)
            return taken
        }
        folders[record.name] = record
        if taken.pending > 0 { isPendingEmpty = false }
        #if PLANTED_BUGS
            if Sabotage.active == .pendingIgnored { isPendingEmpty = true }
        #endif
        if !taken.manualSends.isEmpty { recent = (recent + taken.manualSends).sorted() }
    }

    // MARK: Bodies

    private mutating func pendingWork(now: Date) throws(StoreError) -> Effect? {
        let (id, batch) = (id, settings.bodyBatch)
        let pending = try store.read { try $0.pendingInbound(of: id, limit: batch) }
        guard let first = pending.first else {
            isPendingEmpty = true
            // The pass that found these messages proves nothing: look again.
            surveyedAt = nil
            return .survey
        }
        let together = pending.filter { $0.folder == first.folder && $0.uidValidity == first.uidValidity }
        return .readMessages(first.folder, first.uidValidity, together.map(\.uid))
    }

    mutating func recordMessages(
        _ reading: FolderReading<[FetchedMessage]>, in name: FolderName, _ validity: UIDValidity,
        asked: [UID], now: Date
    ) throws(StoreError) {
        let fetched: [UID: [UInt8]]
        switch reading {
        case .read(let messages):
            fetched = Dictionary(messages.map { ($0.uid, $0.bytes) }, uniquingKeysWith: { $1 })
        // Gone with its folder or its numbering: judged by what its header said.
        case .renumbered, .refused: fetched = [:]
        }
        let (id, settings) = (id, settings)
        try write { transaction in
            for record in try transaction.pendingInbound(of: id, in: name, validity, asked) {
                let judge = InboundJudge(mailbox: id, record: record, now: now, settings: settings)
                try judge.judge(bytes: fetched[record.uid], in: transaction)
            }
        }
    }

    // MARK: Helpers

    /// Renumbered since the pass: looked at anew after a pause, because a server may do so at every look.
    private mutating func recordRenumbered(_ name: FolderName, now: Date) throws(StoreError) {
        try recordWatchFailure(
            MailServerFailure(.protocolViolation, "The folder \(name) was renumbered while it was read."),
            now: now)
    }

    private mutating func save(_ record: FolderRecord) throws(StoreError) {
        let id = id
        try write { try $0.save(record, of: id) }
        folders[record.name] = record
    }

    /// A folder that stopped opening blocks sending until it opens, goes, or is left out by the user.
    private mutating func setRefused(_ record: FolderRecord, words: String, now: Date) throws(StoreError) {
        var refused = record
        refused.refusal = words.isEmpty ? "refused" : words
        proof = nil
        try save(refused)
    }
}

extension FolderStatus {
    /// The highest UID that a message in the folder can have.
    var lastUID: UID { UID(rawValue: uidNext.rawValue &- 1) }
}

extension FolderRole {
    /// The order of reading.
    fileprivate var rank: Int {
        switch self {
        case .inbox: 0
        case .junk: 1
        case .archive, .all: 2
        case .other: 3
        case .trash: 4
        case .sent: 5
        case .drafts: 6
        }
    }
}
