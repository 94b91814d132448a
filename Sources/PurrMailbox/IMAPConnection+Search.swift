package import Foundation
package import PurrMail

// UID SEARCH is spoken here: libetpan makes a block of memory of each hit, and lets numbers beyond 32
// bits wrap into other messages' UIDs.
extension IMAPConnection {
    /// What a call found in a folder, or that the folder is not what it was.
    package enum Reading<Value: Sendable>: Sendable {
        case read(Value)
        /// UIDVALIDITY has changed to this: every UID remembered of the folder is void.
        case renumbered(UIDValidity)
    }

    /// The first message that the server received in the last days: where reading back begins.
    ///
    /// Dates in searches are the server's, without time or zone (RFC 9051 §6.4.4), so a day more is read.
    ///
    /// - Returns: nil when there is none.
    package func recent(
        in folder: FolderName, since date: Date, expecting: UIDValidity
    ) throws(MailServerFailure) -> Reading<UID?> {
        let session = try newSession()
        let selection = try examine(folder, with: session)
        guard selection.uidValidity == expecting else { return .renumbered(selection.uidValidity) }
        let day = UTCDate(date.addingTimeInterval(-86_400)).searchText
        return .read(try search("SINCE \(day)").first)
    }

    /// The messages that bear one of these identities in one of these fields.
    ///
    /// Candidates: servers compare parts of fields, and some only words of them.
    ///
    /// - Parameter fields: Header fields to look in, such as `References` for a thread's root.
    /// - Returns: In rising order.
    package func find(
        _ ids: [MessageID], in folder: FolderName, fields: [String] = ["Message-ID"]
    ) throws(MailServerFailure) -> [UID] {
        let keys = ids.flatMap { id in
            fields.compactMap { field in
                IMAPDialogue.quoted(field).flatMap { name in
                    IMAPDialogue.quoted(id.text).map { "HEADER \(name) \($0)" }
                }
            }
        }
        guard !keys.isEmpty else { return [] }
        let session = try newSession()
        _ = try examine(folder, with: session)
        var found: Set<UID> = []
        var rest = keys[...]
        while !rest.isEmpty {
            // Command lines stay below 8,192 bytes (RFC 7162 §4).
            var size = 0
            let some = rest.prefix { key in
                size += key.utf8.count + 4
                return size < 7_000
            }
            let asked = some.isEmpty ? rest.prefix(1) : some
            rest = rest.dropFirst(asked.count)
            let alternatives = String(repeating: "OR ", count: asked.count - 1) + asked.joined(separator: " ")
            found.formUnion(try search(alternatives))
        }
        return found.sorted()
    }

    func newSession() throws(MailServerFailure) -> EtpanIMAP {
        try leaveIdle()
        return try EtpanIMAP(over: dialogue)
    }

    /// Says `UID SEARCH` in the open folder.
    ///
    /// - Returns: In rising order, each once.
    func search(_ criteria: String, limit: Int = searchLimit) throws(MailServerFailure) -> [UID] {
        var found: [UID] = []
        try dialogue.command("UID SEARCH \(criteria)", limit: limit) { response in
            found += Self.searchLine(response)
        }.check("SEARCH")
        return Set(found).sorted()
    }

    /// About a million numbers.
    static let searchLimit = 12 << 20

    /// Reads `* SEARCH 3 5 8`; a number that is no UID is left out.
    static func searchLine(_ response: IMAPResponse) -> [UID] {
        let bytes = response.bytes
        guard String(decoding: bytes.prefix(8), as: UTF8.self).uppercased() == "* SEARCH" else { return [] }
        var uids: [UID] = []
        for word in bytes.dropFirst(8).split(whereSeparator: { $0 == .space || $0 == .carriageReturn || $0 == .lineFeed }) {
            var number: UInt64 = 0
            guard word.count <= 10, word.allSatisfy({ (0x30...0x39).contains($0) }) else { continue }
            for digit in word { number = number * 10 + UInt64(digit - 0x30) }
            if let uid = UInt32(exactly: number), uid > 0 { uids.append(UID(rawValue: uid)) }
        }
        return uids
    }
}
