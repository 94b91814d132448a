package import Foundation
package import PurrSequences

/// A sequence, with the version that new enrollments get.
package struct SequenceRecord: Sendable {
    package let id: SequenceID
    package let name: String
    package let settings: SequenceSettings
    package let version: Int
    package let owner: UserID?
    package let folder: String
    package let visibility: Visibility
    package let isDeleted: Bool
    /// Nothing of it goes on (spec S4.4).
    package let isPaused: Bool
    /// The days that count, the chosen calendars' holidays left out.
    package let eligibleDays: EligibleDays

    /// Who may see and use it (spec S5.4).
    package enum Visibility: String, Sendable, Codable, CaseIterable { case `private`, everyone, chosen }
}

/// Settings of sequences by the text they are kept as.
///
/// Reading them was a tenth of the engine's work for a mail.
package struct SettingsRead: Sendable {
    private var byText: [String: SequenceSettings] = [:]

    package init() {}

    fileprivate func settings(_ text: String) -> SequenceSettings {
        byText[text] ?? JSONText.decoded(SequenceSettings.self, text) ?? SequenceSettings()
    }

    /// Reads the settings of a sequence, so that they are known from then on.
    package mutating func learn(_ sequence: SequenceID, in transaction: Transaction) throws {
        guard
            let text = try transaction.row(
                "SELECT settings FROM sequence WHERE id = ?1", sequence.rawValue)?.text(0)
        else { return }
        byText[text] = settings(text)
    }
}

extension Transaction {
    // MARK: Templates. Their document is opaque here: the engine's JSON.

    package func saveTemplate(name: String, document: String, at now: Date) throws {
        try execute(
            """
            INSERT INTO template (name, document, updated_at) VALUES (?1, ?2, ?3)
            ON CONFLICT (name) DO UPDATE SET document = excluded.document, updated_at = excluded.updated_at
            """, name, document, now.milliseconds)
    }

    package func template(_ name: String) throws -> String? {
        try row("SELECT document FROM template WHERE name = ?1", name)?.text(0)
    }

    package func templates() throws -> [(name: String, document: String)] {
        try rows("SELECT name, document FROM template ORDER BY name").map { ($0.text(0), $0.text(1)) }
    }

    // MARK: Sequences

    static let sequenceColumns =
        "id, name, settings, version, owner_id, folder, visibility, deleted_at, paused_at"

    /// All sequences by name, deleted ones left out.
    package func sequences() throws -> [SequenceRecord] {
        try rows("SELECT \(Self.sequenceColumns) FROM sequence WHERE deleted_at = 0 ORDER BY name").map(
            record)
    }

    /// The deleted sequences, the oldest deletion first.
    package func deletedSequences() throws -> [(record: SequenceRecord, at: Date)] {
        try rows(
            """
            SELECT \(Self.sequenceColumns), deleted_at
              FROM sequence
             WHERE deleted_at <> 0
             ORDER BY deleted_at, id
            """
        ).map { (try record($0), $0.instant(9)) }
    }

    /// A sequence by its id, deleted or not: its numbers stay.
    ///
    /// - Parameter known: Settings that need not be read again where they are still the stored ones.
    package func sequence(_ id: SequenceID, known: SettingsRead = SettingsRead()) throws -> SequenceRecord?
    {
        try row("SELECT \(Self.sequenceColumns) FROM sequence WHERE id = ?1", id.rawValue).map {
            try record($0, known: known)
        }
    }

    package func sequence(named name: String) throws -> SequenceRecord? {
        try row("SELECT \(Self.sequenceColumns) FROM sequence WHERE name = ?1 AND deleted_at = 0", name)
            .map(record)
    }

    func record(_ columns: Columns) throws -> SequenceRecord {
        try record(columns, known: SettingsRead())
    }

    private func record(_ columns: Columns, known: SettingsRead) throws -> SequenceRecord {
        let settings = known.settings(columns.text(2))
        var days = settings.eligibleDays
        if settings.followUpDays == .businessDays, !settings.calendars.isEmpty {
            days = EligibleDays(
                mode: days.mode, holidays: try days.holidays.union(holidays(in: settings.calendars)))
        }
        return SequenceRecord(
            id: SequenceID(rawValue: columns.integer(0)), name: columns.text(1), settings: settings,
            version: columns.int(3),
            owner: columns.integer(4) == 0 ? nil : UserID(rawValue: columns.integer(4)),
            folder: columns.text(5),
            visibility: SequenceRecord.Visibility(rawValue: columns.text(6)) ?? .private,
            isDeleted: columns.integer(7) != 0, isPaused: columns.integer(8) != 0, eligibleDays: days)
    }

    // MARK: Holidays

    /// All days of some calendars.
    package func holidays(in calendars: [String]) throws -> Set<LocalDay> {
        Set(
            try calendars.flatMap { name in
                try rows("SELECT day FROM holiday WHERE calendar = ?1", name).compactMap {
                    LocalDay($0.text(0))
                }
            })
    }

    /// Makes these the days of a calendar, and no others.
    package func setHolidays(_ days: [(day: LocalDay, name: String)], ofCalendar calendar: String) throws {
        try execute("DELETE FROM holiday WHERE calendar = ?1", calendar)
        for (day, name) in days {
            try execute(
                "INSERT INTO holiday (calendar, day, name) VALUES (?1, ?2, ?3) ON CONFLICT (calendar, day) DO NOTHING",
                calendar, day.description, name)
        }
    }

    /// The days of one calendar, in order of time.
    package func holidays(ofCalendar calendar: String) throws -> [(day: LocalDay, name: String)] {
        try rows("SELECT day, name FROM holiday WHERE calendar = ?1 ORDER BY day", calendar)
            .compactMap { row in LocalDay(row.text(0)).map { ($0, row.text(1)) } }
    }

    /// The stored calendars with how many days each has, and which.
    package func calendars() throws -> [(name: String, days: Int, first: String, last: String)] {
        try rows(
            "SELECT calendar, count(*), min(day), max(day) FROM holiday GROUP BY calendar ORDER BY calendar"
        )
        .map { ($0.text(0), $0.int(1), $0.text(2), $0.text(3)) }
    }

    /// Stores settings for everybody, and steps as a new version for those who enroll from now on (spec S5.1).
    ///
    /// - Parameters:
    ///   - owner: Whose it is, when it is new.
    ///   - folder: Where it is put, when it is new.
    /// - Returns: The version, and whether the steps differ from the version before.
    package func saveSequence(
        name: String, settings: SequenceSettings, document: String, owner: UserID? = nil,
        folder: String = "",
        at now: Date
    ) throws -> (id: SequenceID, version: Int, isNewVersion: Bool) {
        if let known = try sequence(named: name) {
            try execute(
                "UPDATE sequence SET settings = ?2 WHERE id = ?1", known.id.rawValue,
                JSONText.encoded(settings))
            let saved = try saveVersion(document, of: known, at: now)
            return (known.id, saved.version, saved.isNew)
        }
        let id = try row(
            """
            INSERT INTO sequence (name, settings, version, created_at, owner_id, folder) VALUES (?1, ?2, 0, ?3, ?4, ?5)
            RETURNING id
            """, name, JSONText.encoded(settings), now.milliseconds, owner?.rawValue ?? 0, folder
        ).map { SequenceID(rawValue: $0.integer(0)) }
        guard let id, let record = try sequence(id) else {
            throw StoreError(.other, "The sequence could not be stored.")
        }
        return (id, try saveVersion(document, of: record, at: now).version, true)
    }

    /// Stores steps as a new version, unless they are those of the present one.
    package func saveVersion(
        _ document: String, of sequence: SequenceRecord, at now: Date
    ) throws -> (version: Int, isNew: Bool) {
        if try self.document(of: sequence.id, version: sequence.version) == document {
            return (sequence.version, false)
        }
        let version = sequence.version + 1
        try execute("UPDATE sequence SET version = ?2 WHERE id = ?1", sequence.id.rawValue, version)
        try execute(
            "INSERT INTO sequence_version (sequence_id, version, document, created_at) VALUES (?1, ?2, ?3, ?4)",
            sequence.id.rawValue, version, document, now.milliseconds)
        return (version, true)
    }

    /// All versions of a sequence, oldest first, with how many enrollments under way have each.
    package func versions(of sequence: SequenceID) throws -> [(
        version: Int, document: String, at: Date, open: Int
    )] {
        try rows(
            """
            SELECT version, document, created_at,
                   (SELECT count(*)
                      FROM enrollment e
                     WHERE e.sequence_id = v.sequence_id AND e.version = v.version
                       AND e.state IN ('active', 'paused', 'held'))
              FROM sequence_version v
             WHERE sequence_id = ?1
             ORDER BY version
            """, sequence.rawValue
        ).map { ($0.int(0), $0.text(1), $0.instant(2), $0.int(3)) }
    }

    package func sequenceCount() throws -> Int {
        try row("SELECT count(*) FROM sequence WHERE deleted_at = 0")?.int(0) ?? 0
    }

    package func rename(_ sequence: SequenceID, to name: String) throws {
        try execute("UPDATE sequence SET name = ?2 WHERE id = ?1", sequence.rawValue, name)
    }

    package func setFolder(_ folder: String, of sequence: SequenceID) throws {
        try execute("UPDATE sequence SET folder = ?2 WHERE id = ?1", sequence.rawValue, folder)
    }

    /// Takes a sequence away from use; its enrollments and their numbers stay (spec S5.3).
    ///
    /// - Parameter name: What it is called from now on, so that its name is free.
    package func deleteSequence(_ sequence: SequenceID, renamed name: String, at now: Date) throws {
        try execute(
            "UPDATE sequence SET deleted_at = ?2, name = ?3 WHERE id = ?1", sequence.rawValue,
            now.milliseconds, name)
    }

    // MARK: Sharing (spec S5.4)

    /// Who may see and use a sequence.
    ///
    /// - Parameter users: Heeded where it is for chosen users.
    package func share(
        _ sequence: SequenceID, _ visibility: SequenceRecord.Visibility, with users: [UserID]
    ) throws {
        try execute(
            "UPDATE sequence SET visibility = ?2 WHERE id = ?1", sequence.rawValue, visibility.rawValue)
        try execute("DELETE FROM sequence_share WHERE sequence_id = ?1", sequence.rawValue)
        for user in visibility == .chosen ? users : [] {
            try execute(
                "INSERT INTO sequence_share (sequence_id, account_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                sequence.rawValue, user.rawValue)
        }
    }

    /// The users whom sequences are shared with by name.
    package func shares() throws -> [SequenceID: [UserID]] {
        try rows("SELECT sequence_id, account_id FROM sequence_share ORDER BY sequence_id, account_id")
            .reduce(into: [:]) {
                $0[SequenceID(rawValue: $1.integer(0)), default: []].append(UserID(rawValue: $1.integer(1)))
            }
    }

    /// Steps and templates of one version, as the engine wrote them.
    package func document(of sequence: SequenceID, version: Int) throws -> String? {
        try row(
            "SELECT document FROM sequence_version WHERE sequence_id = ?1 AND version = ?2",
            sequence.rawValue, version
        )?.text(0)
    }

    // MARK: Meta

    package func meta(_ key: String) throws -> String? {
        try row("SELECT value FROM meta WHERE key = ?1", key)?.text(0)
    }

    package func setMeta(_ key: String, _ value: String) throws {
        try execute(
            "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            key, value)
    }
}
