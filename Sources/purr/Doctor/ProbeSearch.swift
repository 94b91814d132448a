import Foundation
import PurrEngine
import PurrMail
import PurrMailbox
import PurrTransport

/// Looks for the latest mail of ours to itself, and reads what the server noted about it.
enum ProbeSearch {
    static func latest(
        over connection: IMAPConnection, folders: [ListedFolder], pool: WorkerPool
    ) async throws(MailServerFailure) -> ProbeEvidence? {
        try await pool.run { () throws(MailServerFailure) in
            var latest: ProbeEvidence?
            for folder in [.inbox, .junk, .all].flatMap({ role in
                folders.filter { $0.role == role && $0.isSelectable }
            }) {
                guard let found = try newest(in: folder, over: connection) else { continue }
                if latest.map({ found.sentAt > $0.sentAt }) ?? true { latest = found }
            }
            return latest
        }
    }

    private static func newest(
        in folder: ListedFolder, over connection: IMAPConnection
    ) throws(MailServerFailure) -> ProbeEvidence? {
        guard case .status(let status)? = try connection.status(of: [folder.name])[folder.name] else {
            return nil
        }
        let hits: [UID]
        do throws(MailServerFailure) {
            hits = try connection.find(subject: Probe.subjectStart, in: folder.name)
        } catch {
            // A folder that cannot be opened holds no news; a connection that is gone is a failure.
            guard error.reason == .refused, connection.isUsable else { throw error }
            return nil
        }
        // Answers to it bear its subject too; the latest few are enough to find one of ours.
        for uid in hits.suffix(5).reversed() where uid.rawValue > 0 {
            let reading = try connection.headers(
                in: folder.name, after: UID(rawValue: uid.rawValue - 1), through: uid,
                fields: ProbeEvidence.fields, expecting: status.uidValidity)
            guard case .read(let slice) = reading, let header = slice.headers.last else { continue }
            let fields = MessageHeader(header.bytes)
            guard ProbeEvidence.isOurs(fields) else { continue }
            return ProbeEvidence(
                header: fields, receivedAt: header.receivedAt, folder: folder.name.description,
                isJunk: folder.role == .junk)
        }
        return nil
    }
}
