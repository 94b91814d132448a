package import Foundation
package import PurrMail

extension IMAPConnection {
    /// One message as the server holds it, without marking it read.
    ///
    /// - Parameter limit: The most bytes; of a longer message, its beginning.
    /// - Returns: nil when it is gone.
    /// - Throws: `refused` when it is there, but not to be had.
    package func message(
        in folder: FolderName, uid: UID, expecting: UIDValidity, limit: Int = 1 << 20
    ) throws(MailServerFailure) -> Reading<[UInt8]?> {
        let burst = try burst(in: folder, seeing: uid)
        guard burst.selection.uidValidity == expecting else {
            return .renumbered(burst.selection.uidValidity)
        }
        try burst.checkSight(of: uid)
        let all: [EtpanIMAP.Fetched]
        do throws(MailServerFailure) {
            all = try burst.session.fetch(.whole(limit: max(limit, 1)), of: [uid])
        } catch {
            endBurst()
            throw error
        }
        let fetched = all.first { $0.uid == uid }
        dialogue.reader.release()
        if let bytes = fetched?.bytes { return .read(bytes) }
        guard try search("UID \(uid.rawValue)").contains(uid) else { return .read(nil) }
        throw MailServerFailure(.refused, "The server lists a message but does not hand it out")
    }

    /// Several messages in one exchange, as ``message(in:uid:expecting:limit:)`` gives one.
    ///
    /// - Returns: Those that came; of the others nothing is known, so ask for them one by one.
    package func messages(
        in folder: FolderName, uids: [UID], expecting: UIDValidity, limit: Int = 1 << 20
    ) throws(MailServerFailure) -> Reading<[UID: [UInt8]]> {
        guard let last = uids.max() else { return .read([:]) }
        let burst = try burst(in: folder, seeing: last)
        guard burst.selection.uidValidity == expecting else {
            return .renumbered(burst.selection.uidValidity)
        }
        let all: [EtpanIMAP.Fetched]
        do throws(MailServerFailure) {
            all = try burst.session.fetch(.whole(limit: max(limit, 1)), of: uids)
        } catch {
            endBurst()
            throw error
        }
        dialogue.reader.release()
        let wanted = Set(uids)
        var found: [UID: [UInt8]] = [:]
        for fetched in all where wanted.contains(fetched.uid) { found[fetched.uid] = fetched.bytes }
        return .read(found)
    }

    /// Files a copy of a message.
    ///
    /// When the connection breaks before the answer, the copy may be there or not: ``find(_:in:fields:)``
    /// tells.
    ///
    /// - Parameters:
    ///   - date: When it was sent; becomes the message's internal date.
    ///   - seen: Whether it counts as read.
    /// - Returns: Where it lies, if the server said so.
    @discardableResult
    package func append(
        _ bytes: [UInt8], to folder: FolderName, at date: Date, seen: Bool, draft: Bool = false
    ) throws(MailServerFailure) -> AppendedUID? {
        try speakable(folder)
        try leaveIdle()
        let session = try EtpanIMAP(over: dialogue)
        return try session.append(bytes, to: folder, at: UTCDate(date), isSeen: seen, isDraft: draft)
    }
}
