package import Foundation
package import PurrSequences

/// A sequence, with the version that new enrollments get.
package struct SequenceRecord: Sendable {
    package let id: SequenceID
    package let name: String
    package let settings: SequenceSettings
    package let version: Int
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

    package func sequences() throws -> [SequenceRecord] {
        try rows("SELECT id, name, settings, version FROM sequence ORDER BY name").compactMap(SequenceRecord.init(columns:))
    }

    package func sequence(_ id: SequenceID) throws -> SequenceRecord? {
        try row("SELECT id, name, settings, version FROM sequence WHERE id = ?1", id.rawValue)
            .flatMap(SequenceRecord.init(columns:))
    }

    package func sequence(named name: String) throws -> SequenceRecord? {
        try row("SELECT id, name, settings, version FROM sequence WHERE name = ?1", name)
            .flatMap(SequenceRecord.init(columns:))
    }

    /// Stores settings for everybody, and steps as a new version for those who enroll from now on (spec S5.1).
    ///
    /// - Returns: The version, and whether the steps differ from the version before.
    package func saveSequence(
        name: String, settings: SequenceSettings, document: String, at now: Date
    ) throws -> (id: SequenceID, version: Int, isNewVersion: Bool) {
        let known = try sequence(named: name)
        if let known, try self.document(of: known.id, version: known.version) == document {
            try execute("UPDATE sequence SET settings = ?2 WHERE id = ?1", known.id.rawValue, JSONText.encoded(settings))
            return (known.id, known.version, false)
        }
        let version = (known?.version ?? 0) + 1
        let id = try row(
            """
            INSERT INTO sequence (name, settings, version, created_at) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (name) DO UPDATE SET settings = excluded.settings, version = excluded.version
            RETURNING id
            """, name, JSONText.encoded(settings), version, now.milliseconds
        )?.integer(0)
        guard let id else { throw StoreError(.other, "The sequence could not be stored.") }
        try execute(
            "INSERT INTO sequence_version (sequence_id, version, document, created_at) VALUES (?1, ?2, ?3, ?4)",
            id, version, document, now.milliseconds)
        return (SequenceID(rawValue: id), version, true)
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

extension SequenceRecord {
    fileprivate init?(columns: Columns) {
        self.init(
            id: SequenceID(rawValue: columns.integer(0)), name: columns.text(1),
            settings: JSONText.decoded(SequenceSettings.self, columns.text(2)) ?? SequenceSettings(),
            version: columns.int(3))
    }
}
