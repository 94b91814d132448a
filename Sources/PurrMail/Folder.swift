package import Foundation

/// The number of a message in one folder, meaningless without the folder's ``UIDValidity``.
///
/// Source: RFC 9051 §2.3.1.1.
package struct UID: RawRepresentable, Hashable, Comparable, Sendable, Codable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package static func < (left: UID, right: UID) -> Bool { left.rawValue < right.rawValue }
}

/// The generation of a folder's UIDs; when it changes, every remembered ``UID`` of it is void.
///
/// Source: RFC 9051 §2.3.1.1.
package struct UIDValidity: RawRepresentable, Hashable, Sendable, Codable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// The name of a folder as the server spells it.
package struct FolderName: Hashable, Sendable, Codable, CustomStringConvertible {
    /// What goes on the wire: modified UTF-7 (RFC 3501 §5.1.3) or UTF-8, exactly as `LIST` gave it.
    package let wire: String
    package init(wire: String) { self.wire = wire }
    package static let inbox = FolderName(wire: "INBOX")

    /// The name for a person: modified UTF-7 decoded, as far as it is well-formed.
    package var description: String {
        var text = ""
        var rest = wire[...]
        while let shift = rest.firstIndex(of: "&"), let end = rest[shift...].firstIndex(of: "-") {
            text += rest[..<shift]
            let coded = rest[rest.index(after: shift)..<end]
            text += coded.isEmpty ? "&" : Self.decoded(String(coded)) ?? "&\(coded)-"
            rest = rest[rest.index(after: end)...]
        }
        return text + rest
    }

    /// UTF-16 in base64 without padding, `,` for `/` (RFC 3501 §5.1.3).
    private static func decoded(_ coded: String) -> String? {
        let padding = String(repeating: "=", count: (4 - coded.utf8.count % 4) % 4)
        guard let bytes = Data(base64Encoded: coded.replacing(",", with: "/") + padding) else { return nil }
        return String(bytes: bytes, encoding: .utf16BigEndian)
    }

    /// `INBOX` is the one name whose case does not matter (RFC 9051 §5.1).
    package var isInbox: Bool { wire.uppercased() == "INBOX" }
}

/// What a folder is for, by SPECIAL-USE (RFC 6154) or, failing that, by its name.
package enum FolderRole: String, Sendable, Codable, CaseIterable {
    case inbox, sent, drafts, junk, trash, archive, all, other
}

/// One line of `LIST`.
package struct ListedFolder: Hashable, Sendable {
    package let name: FolderName
    package let role: FolderRole
    /// `false` for `\Noselect` and `\NonExistent`: a level of the hierarchy that holds no mail.
    package let isSelectable: Bool

    package init(name: FolderName, role: FolderRole, isSelectable: Bool = true) {
        self.name = name
        self.role = role
        self.isSelectable = isSelectable
    }
}

/// What `STATUS` says of one folder.
package struct FolderStatus: Hashable, Sendable {
    package let uidValidity: UIDValidity
    /// Above every UID in the folder now, and at or below the next one to be given.
    package let uidNext: UID
    package let messages: Int
    /// Nil where the server has no CONDSTORE (RFC 7162).
    package let highestModSeq: UInt64?

    package init(uidValidity: UIDValidity, uidNext: UID, messages: Int, highestModSeq: UInt64? = nil) {
        self.uidValidity = uidValidity
        self.uidNext = uidNext
        self.messages = messages
        self.highestModSeq = highestModSeq
    }
}

/// Where a message that was appended lies, as the server said itself.
///
/// Source: RFC 4315 §3, `APPENDUID`.
package struct AppendedUID: Hashable, Sendable {
    package let uidValidity: UIDValidity
    package let uid: UID

    package init(uidValidity: UIDValidity, uid: UID) {
        self.uidValidity = uidValidity
        self.uid = uid
    }
}

/// The answer to one folder's `STATUS`: folders fail one by one (no right to read, gone since `LIST`).
package enum FolderAnswer: Hashable, Sendable {
    case status(FolderStatus)
    /// The server's words, for a person to read.
    case refused(String)
}

/// One folder as a pass over the account found it.
package struct SurveyedFolder: Hashable, Sendable {
    package let folder: ListedFolder
    package let answer: FolderAnswer

    package init(folder: ListedFolder, answer: FolderAnswer) {
        self.folder = folder
        self.answer = answer
    }
}

/// The fields of one message, fetched without its body.
package struct FetchedHeader: Hashable, Sendable {
    package let uid: UID
    /// Raw bytes as the server sent them, at most the reader's limit.
    package let bytes: [UInt8]
    /// INTERNALDATE: when the server received it (RFC 9051 §2.3.3).
    ///
    /// Nil when the server gave none.
    package let receivedAt: Date?

    package init(uid: UID, bytes: [UInt8], receivedAt: Date?) {
        self.uid = uid
        self.bytes = bytes
        self.receivedAt = receivedAt
    }
}

/// One message, fetched whole or up to the reader's limit.
package struct FetchedMessage: Hashable, Sendable {
    package let uid: UID
    package let bytes: [UInt8]

    package init(uid: UID, bytes: [UInt8]) {
        self.uid = uid
        self.bytes = bytes
    }
}

/// What came of reading from one folder.
package enum FolderReading<Value: Sendable>: Sendable {
    case read(Value)
    /// The folder's UIDVALIDITY is not the expected one: nothing remembered of it holds any more.
    case renumbered
    /// The server refused to open the folder: gone since it was listed, or no right to read it.
    case refused(String)
}

/// A stretch of a folder, every UID of which is accounted for.
package struct HeaderSlice: Sendable {
    package let uidValidity: UIDValidity
    /// In rising order.
    package let headers: [FetchedHeader]
    /// Listed by the server, still there, and yet not to be had in a form that can be read.
    package let unreadable: [UID]
    /// The cursor may move here: every UID up to it was returned, set aside or is gone.
    package let through: UID

    package init(uidValidity: UIDValidity, headers: [FetchedHeader], unreadable: [UID], through: UID) {
        self.uidValidity = uidValidity
        self.headers = headers
        self.unreadable = unreadable
        self.through = through
    }
}
