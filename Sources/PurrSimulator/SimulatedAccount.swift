internal import Foundation
internal import PurrMail

/// A mailbox as an IMAP server keeps it: folders, UIDs, and what can go wrong with them.
struct SimulatedAccount: Sendable {
    struct Stored: Sendable {
        let uid: UInt32
        let bytes: [UInt8]
        let receivedAt: Date
    }

    struct Folder: Sendable {
        let role: FolderRole
        var validity: UInt32 = 1
        var nextUID: UInt32 = 1
        var messages: [Stored] = []
        var isRefused = false
    }

    var folders: [String: Folder] = [
        // Mail has come and gone before: who renumbers begins at 1 again, far below what was read.
        "INBOX": Folder(role: .inbox, nextUID: 41), "Sent": Folder(role: .sent),
        "Junk": Folder(role: .junk),
        "Trash": Folder(role: .trash), "Archive": Folder(role: .archive), "Drafts": Folder(role: .drafts),
    ]

    /// Files a message; the folder is made when it is not there.
    ///
    /// - Returns: Where it lies.
    @discardableResult
    mutating func store(_ bytes: [UInt8], in name: String, at instant: Date) -> AppendedUID {
        var folder = folders[name] ?? Folder(role: .other)
        let uid = UID(rawValue: folder.nextUID)
        folder.messages.append(Stored(uid: folder.nextUID, bytes: bytes, receivedAt: instant))
        folder.nextUID += 1
        folders[name] = folder
        return AppendedUID(uidValidity: UIDValidity(rawValue: folder.validity), uid: uid)
    }

    /// Moves the newest message of a folder, as a person or a rule does.
    mutating func moveNewest(from: String, to: String) {
        guard let message = folders[from]?.messages.popLast() else { return }
        store(message.bytes, in: to, at: message.receivedAt)
    }

    /// Gives every message a new number under a new generation, as a restored server does.
    mutating func renumber(_ name: String) {
        guard var folder = folders[name] else { return }
        folder.validity += 1
        folder.messages = folder.messages.enumerated().map {
            Stored(uid: UInt32($0.offset + 1), bytes: $0.element.bytes, receivedAt: $0.element.receivedAt)
        }
        folder.nextUID = UInt32(folder.messages.count + 1)
        folders[name] = folder
    }

    // MARK: What a client sees

    func survey() -> [SurveyedFolder] {
        folders.sorted { $0.key < $1.key }.map { name, folder in
            let answer: FolderAnswer =
                folder.isRefused
                ? .refused("NO [NOPERM] not yours")
                : .status(
                    FolderStatus(
                        uidValidity: UIDValidity(rawValue: folder.validity),
                        uidNext: UID(rawValue: folder.nextUID),
                        messages: folder.messages.count))
            return SurveyedFolder(
                folder: ListedFolder(name: FolderName(wire: name), role: folder.role), answer: answer)
        }
    }

    private func reading<Value>(
        _ name: FolderName, _ validity: UIDValidity, _ value: (Folder) -> Value
    ) -> FolderReading<Value> {
        guard let folder = folders[name.wire], !folder.isRefused else {
            return .refused("NO no such folder")
        }
        guard folder.validity == validity.rawValue else { return .renumbered }
        return .read(value(folder))
    }

    func first(in name: FolderName, _ validity: UIDValidity, since: Date) -> FolderReading<UID?> {
        reading(name, validity) { folder in
            folder.messages.first { $0.receivedAt >= since.addingTimeInterval(-86_400) }.map {
                UID(rawValue: $0.uid)
            }
        }
    }

    func headers(in name: FolderName, _ validity: UIDValidity, after: UID, through: UID) -> FolderReading<
        HeaderSlice
    > {
        reading(name, validity) { folder in
            let headers = folder.messages.filter { $0.uid > after.rawValue && $0.uid <= through.rawValue }
                .map {
                    FetchedHeader(
                        uid: UID(rawValue: $0.uid), bytes: Self.header(of: $0.bytes),
                        receivedAt: $0.receivedAt)
                }
            return HeaderSlice(uidValidity: validity, headers: headers, unreadable: [], through: through)
        }
    }

    func messages(in name: FolderName, _ validity: UIDValidity, _ uids: [UID]) -> FolderReading<
        [FetchedMessage]
    > {
        reading(name, validity) { folder in
            let wanted = Set(uids.map(\.rawValue))
            return folder.messages.filter { wanted.contains($0.uid) }.map {
                FetchedMessage(uid: UID(rawValue: $0.uid), bytes: $0.bytes)
            }
        }
    }

    func find(_ ids: [MessageID], in names: [FolderName]) -> FolderName? {
        names.first { name in
            folders[name.wire]?.messages.contains { stored in
                MessageHeader(Self.header(of: stored.bytes)).messageID.map(ids.contains) ?? false
            } ?? false
        }
    }

    /// The bytes up to the empty line.
    static func header(of bytes: [UInt8]) -> [UInt8] {
        var index = 0
        while index + 3 < bytes.count {
            if bytes[index] == 13, bytes[index + 1] == 10, bytes[index + 2] == 13, bytes[index + 3] == 10 {
                return Array(bytes[...(index + 3)])
            }
            index += 1
        }
        return bytes
    }
}
