package import Foundation
package import PurrSendTime
package import PurrSequences

/// Something that was seen of somebody: they, or a machine for them, opened, clicked, answered or wrote.
package struct Sighting: Sendable, Hashable {
    package var kind: MomentKind
    package var at: Date
    /// Whose, in the canonical form.
    package var address: String
    /// What makes it the same sighting: noted twice, it is there once.
    package var key: String
    /// When the mail that was opened or answered had been sent, if known.
    package var sentAt: Date?
    /// Seconds east of Greenwich of the clock they wrote by, if known.
    package var east: Int?
    /// The `User-Agent` that asked.
    package var agent = ""
    package var enrollment: EnrollmentID?
    package var step: StepID?
    /// Why it is no evidence of a person.
    package var reason: FilterReason?

    package init(_ kind: MomentKind, at: Date, address: String, key: String) {
        self.kind = kind
        self.at = at
        self.address = address
        self.key = key
    }
}

/// A sighting as it is stored.
package struct StoredSighting: Sendable {
    package let id: Int64
    package let sighting: Sighting
    package let mailbox: MailboxID
    /// Whether the bins of that mailbox know of it.
    package let isTaken: Bool
}

extension Transaction {
    /// Notes a sighting.
    ///
    /// - Returns: Whether it is new.
    @discardableResult
    package func note(_ sighting: Sighting, of mailbox: MailboxID, at now: Date) throws -> Bool {
        try row(
            """
            INSERT INTO sighting
                   (mailbox_id, key, address_key, kind, at, noted_at, sent_at, east, agent, enrollment_id, step_id,
                    reason)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
            ON CONFLICT (mailbox_id, key) DO NOTHING
            RETURNING id
            """, mailbox.rawValue, sighting.key, sighting.address, sighting.kind.rawValue,
            sighting.at.milliseconds, now.milliseconds, sighting.sentAt?.milliseconds ?? 0,
            sighting.east ?? 0, sighting.agent, sighting.enrollment?.rawValue ?? 0,
            sighting.step?.rawValue ?? "", sighting.reason?.rawValue ?? "") != nil
    }

    /// What is known of a mail after its body was read: whether a person wrote it, and in answer to what.
    package func judge(sighting key: String, of mailbox: MailboxID, isPerson: Bool, sentAt: Date?) throws {
        try execute(
            """
            UPDATE sighting
               SET kind = CASE WHEN ?4 > 0 THEN 'reply' ELSE kind END, sent_at = ?4, reason = ?3
             WHERE mailbox_id = ?1 AND key = ?2
            """, mailbox.rawValue, key, isPerson ? "" : FilterReason.automatic.rawValue,
            sentAt?.milliseconds ?? 0)
    }

    /// Whose sightings the bins of a mailbox do not know yet.
    ///
    /// - Parameter settled: Those noted later are left for the next time.
    package func addressesToTake(of mailbox: MailboxID, settled: Date, limit: Int) throws -> [String] {
        try rows(
            """
            SELECT address_key
              FROM sighting
             WHERE mailbox_id = ?1 AND is_taken = 0 AND noted_at <= ?2
             GROUP BY address_key
             ORDER BY min(noted_at), address_key
             LIMIT ?3
            """, mailbox.rawValue, settled.milliseconds, limit
        ).map { $0.text(0) }
    }

    /// When the oldest sighting was noted that the bins do not know.
    package func oldestUntaken(of mailbox: MailboxID) throws -> Date? {
        try row(
            """
            SELECT noted_at
              FROM sighting
             WHERE mailbox_id = ?1 AND is_taken = 0
             ORDER BY noted_at
             LIMIT 1
            """, mailbox.rawValue
        )?.instant(0)
    }

    /// The latest sightings of an address in any mailbox, oldest first.
    ///
    /// - Parameter settled: Those noted later are left out.
    package func sightings(of address: String, settled: Date, limit: Int) throws -> [StoredSighting] {
        try rows(
            """
            SELECT id, kind, at, address_key, key, sent_at, east, agent, enrollment_id, step_id, reason, is_taken,
                   mailbox_id
              FROM sighting
             WHERE address_key = ?1 AND noted_at <= ?2
             ORDER BY at DESC, id DESC
             LIMIT ?3
            """, address, settled.milliseconds, limit
        ).compactMap(StoredSighting.init(columns:)).reversed()
    }

    /// How many addresses of a mailbox opened or clicked in the same second by the same agent.
    package func crowd(in mailbox: MailboxID, around instant: Date, agent: String) throws -> Int {
        let second = instant.milliseconds / 1_000 * 1_000
        return try row(
            """
            SELECT count(DISTINCT address_key)
              FROM sighting
             WHERE mailbox_id = ?1 AND at >= ?2 AND at < ?3 AND agent = ?4 AND kind IN ('open', 'click')
            """, mailbox.rawValue, second, second + 1_000, agent
        )?.int(0) ?? 0
    }

    /// Keeps why a sighting is no evidence, or that it is.
    package func mark(_ sighting: StoredSighting, because reason: FilterReason?) throws {
        guard sighting.sighting.reason != reason else { return }
        try execute("UPDATE sighting SET reason = ?2 WHERE id = ?1", sighting.id, reason?.rawValue ?? "")
    }

    /// Forgets sightings of an address that are older than an instant: its bins no longer need them.
    package func forgetSightings(of address: String, before instant: Date) throws {
        try execute(
            "DELETE FROM sighting WHERE address_key = ?1 AND at < ?2", address, instant.milliseconds)
    }

    /// The bins of a mailbox know of all that was noted of an address until then.
    package func takeAll(of address: String, mailbox: MailboxID, settled: Date) throws {
        try execute(
            """
            UPDATE sighting SET is_taken = 1
             WHERE address_key = ?1 AND mailbox_id = ?2 AND noted_at <= ?3 AND is_taken = 0
            """, address, mailbox.rawValue, settled.milliseconds)
    }

    /// The enrollments of an address in a mailbox that wait for the time of their next step.
    package func waitingEnrollments(of canonicalKey: String, mailbox: MailboxID) throws
        -> [EnrollmentRecord]
    {
        let contacts = try rows("SELECT id FROM contact WHERE canonical_key = ?1", canonicalKey)
            .map { ContactID(rawValue: $0.integer(0)) }
        return try contacts.flatMap { try enrollments(of: $0) }
            .filter { $0.state == .active && $0.mailbox == mailbox && !$0.isFirst }
    }

    // MARK: Bins

    /// What is known of a contact, a company or a mailbox; nil where nothing is.
    package func attention(_ level: Attention.Level, of key: String) throws -> Attention? {
        try row("SELECT bins FROM attention WHERE level = ?1 AND key = ?2", "\(level)", key)
            .flatMap { Attention(bytes: $0.bytes(0)) }
    }

    /// How many sightings of a contact were left out, by reason.
    package func filteredCounts(of key: String) throws -> [String: Int] {
        try row("SELECT filtered FROM attention WHERE level = 'contact' AND key = ?1", key)
            .flatMap { JSONText.decoded([String: Int].self, $0.text(0)) } ?? [:]
    }

    package func save(_ attention: Attention, of key: String, filtered: [String: Int] = [:]) throws {
        try execute(
            """
            INSERT INTO attention (level, key, bins, filtered) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (level, key) DO UPDATE SET bins = excluded.bins, filtered = excluded.filtered
            """, "\(attention.level)", key, Data(attention.bytes), JSONText.encoded(filtered))
    }

    /// How the clock of somebody's own mail stood, in seconds east of Greenwich; the latest hundred.
    package func clocks(of canonicalKey: String) throws -> [(at: Date, east: Int)] {
        try rows(
            """
            SELECT at, east
              FROM sighting
             WHERE address_key = ?1 AND east <> 0 AND reason = ''
             ORDER BY at DESC, id DESC
             LIMIT 100
            """, canonicalKey
        ).map { ($0.instant(0), $0.int(1)) }
    }

    /// The address a second one belongs to, by what they answered from before.
    package func contactKey(ofSecondAddress key: String) throws -> String? {
        try row(
            """
            SELECT c.canonical_key
              FROM contact_address a
              JOIN contact c ON c.id = a.contact_id
             WHERE a.address_key = ?1
             ORDER BY c.id
             LIMIT 1
            """, key
        )?.text(0)
    }

    /// The zone that somebody's habits are kept in: of their latest enrollment, else their own.
    package func zone(ofContact canonicalKey: String) throws -> Zone? {
        let row = try row(
            """
            SELECT coalesce((SELECT e.zone FROM enrollment e WHERE e.contact_id = c.id ORDER BY e.id DESC LIMIT 1),
                            c.time_zone)
              FROM contact c
             WHERE c.canonical_key = ?1
             ORDER BY c.id
             LIMIT 1
            """, canonicalKey)
        return row.flatMap { Zone(identifier: $0.text(0)) }
    }
}

extension StoredSighting {
    fileprivate init?(columns: Columns) {
        guard let kind = MomentKind(rawValue: columns.text(1)) else { return nil }
        var sighting = Sighting(
            kind, at: columns.instant(2), address: columns.text(3), key: columns.text(4))
        sighting.sentAt = columns.optionalInstant(5)
        sighting.east = columns.int(6) == 0 ? nil : columns.int(6)
        sighting.agent = columns.text(7)
        sighting.enrollment = columns.integer(8) == 0 ? nil : EnrollmentID(rawValue: columns.integer(8))
        sighting.step = columns.text(9).isEmpty ? nil : StepID(rawValue: columns.text(9))
        sighting.reason = FilterReason(rawValue: columns.text(10))
        self.init(
            id: columns.integer(0), sighting: sighting, mailbox: MailboxID(rawValue: columns.integer(12)),
            isTaken: columns.flag(11))
    }
}
