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
        endBurst()
        let selection = try burst(in: folder).selection
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
        // Anew, because what is sought may have come since.
        endBurst()
        _ = try burst(in: folder)
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
            let alternatives =
                String(repeating: "OR ", count: asked.count - 1) + asked.joined(separator: " ")
            found.formUnion(try search(alternatives))
        }
        return found.sorted()
    }

    /// The messages in whose subject these words stand.
    ///
    /// - Returns: In rising order; nothing for words that cannot be asked for.
    package func find(subject words: String, in folder: FolderName) throws(MailServerFailure) -> [UID] {
        guard let words = IMAPDialogue.quoted(words) else { return [] }
        endBurst()
        _ = try burst(in: folder)
        return try search("SUBJECT \(words)")
    }

    /// Says `UID SEARCH` in the open folder.
    ///
    /// - Returns: In rising order, each once.
    func search(_ criteria: String, limit: Int = searchLimit) throws(MailServerFailure) -> [UID] {
        var found: [UID] = []
        try dialogue.command("UID SEARCH \(criteria)", limit: limit) { response in
            found += Self.searchLine(response)
        }.check("SEARCH")
        let isRising = zip(found, found.dropFirst()).allSatisfy { $0 < $1 }
        return isRising ? found : Set(found).sorted()
    }

    /// About a million numbers.
    static let searchLimit = 12 << 20

    /// Reads `* SEARCH 3 5 8`; a number that is no UID is left out.
    static func searchLine(_ response: IMAPResponse) -> [UID] {
        let bytes = response.bytes
        guard IMAPResponse.hasWord("SEARCH", in: bytes, at: 2) else { return [] }
        var uids: [UID] = []
        var number: UInt64? = nil
        for byte in bytes[8...] {
            if (0x30...0x39).contains(byte) {
                // Eleven digits are too many for a UID, and no more of them are counted.
                number = min((number ?? 0) * 10 + UInt64(byte - 0x30), 99_999_999_999)
            } else if let complete = number {
                if let uid = UInt32(exactly: complete), uid > 0 { uids.append(UID(rawValue: uid)) }
                number = nil
            }
        }
        return uids
    }
}
