package import Foundation
internal import PurrSendTime
package import PurrSequences

// What people wrote, listed while a mailbox is read, until it is placed among the sightings.
extension Transaction {
    /// Lists what somebody wrote, to be noted later: one row at the end of a table, and nothing to look up.
    ///
    /// Listed twice, it will be noted once.
    package func list(_ sighting: Sighting, of mailbox: MailboxID, at now: Date) throws {
        try execute(
            """
            INSERT INTO written_mail (mailbox_id, key, address_key, at, noted_at, east)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """, mailbox.rawValue, sighting.key, sighting.address, sighting.at.milliseconds,
            now.milliseconds, sighting.east ?? 0)
    }

    /// Takes off the list what was listed first, and when that was.
    package func takeListed(of mailbox: MailboxID, limit: Int) throws -> [(Sighting, listedAt: Date)] {
        let taken = try rows(
            """
            SELECT id, key, address_key, at, noted_at, east
              FROM written_mail
             WHERE mailbox_id = ?1
             ORDER BY id
             LIMIT ?2
            """, mailbox.rawValue, limit)
        guard let last = taken.last else { return [] }
        try execute(
            "DELETE FROM written_mail WHERE mailbox_id = ?1 AND id <= ?2", mailbox.rawValue, last.integer(0)
        )
        return taken.map { row in
            var sighting = Sighting(.wrote, at: row.instant(3), address: row.text(2), key: row.text(1))
            sighting.east = row.int(5) == 0 ? nil : row.int(5)
            return (sighting, row.instant(4))
        }
    }

    /// When the oldest of what is listed was; nil when nothing is.
    package func oldestListed(of mailbox: MailboxID) throws -> Date? {
        try row(
            "SELECT noted_at FROM written_mail WHERE mailbox_id = ?1 ORDER BY id LIMIT 1", mailbox.rawValue)?
            .instant(0)
    }

    /// Whether anything is listed for any mailbox.
    package func hasListed() throws -> Bool { try row("SELECT 1 FROM written_mail LIMIT 1") != nil }
}
