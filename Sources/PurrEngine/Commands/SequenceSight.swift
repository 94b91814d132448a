internal import PurrSequences
internal import PurrStore

/// Who looks at sequences (spec S5.4).
struct Viewer {
    /// Nil for the keeper of the data folder.
    let user: UserRecord?
    /// With one user or none there is nobody to hide anything from.
    private let isAlone: Bool
    private let shares: [SequenceID: [UserID]]

    /// - Parameter name: Nil for the keeper of the data folder, who sees everything.
    init(_ name: String?, in transaction: Transaction) throws {
        let users = try transaction.users()
        isAlone = users.count <= 1
        shares = try transaction.shares()
        guard let name else {
            user = isAlone ? users.first : nil
            return
        }
        user = users.first { $0.name == name }
        guard user != nil else {
            throw CommandError(.badData, "There is no user \"\(name)\". See: purr user list.")
        }
    }

    /// What belongs to nobody is hidden from nobody.
    func sees(_ sequence: SequenceRecord) -> Bool {
        guard !isAlone, let user, let owner = sequence.owner, owner != user.id else { return true }
        switch sequence.visibility {
        case .everyone: return true
        case .private: return false
        case .chosen: return shares[sequence.id, default: []].contains(user.id)
        }
    }

    /// Whether it is theirs to share and to delete.
    func owns(_ sequence: SequenceRecord) -> Bool {
        guard !isAlone, let user, let owner = sequence.owner else { return true }
        return owner == user.id
    }

    func sharers(of sequence: SequenceRecord) -> [UserID] { shares[sequence.id, default: []] }
}

extension Commands {
    /// A sequence that the viewer may see; what they may not see is not there.
    func sequence(_ name: String, for viewer: Viewer, in transaction: Transaction) throws -> SequenceRecord
    {
        guard let found = try transaction.sequence(named: name), viewer.sees(found) else {
            if let deleted = try transaction.deletedSequences().last(where: {
                Self.nameBefore($0.record.name) == name && viewer.sees($0.record)
            }) {
                let day = (viewer.user?.zone ?? .utc).wall(of: deleted.at).day
                throw CommandError(
                    .badData,
                    "The sequence \"\(name)\" was deleted on \(day). To bring it back: purr sequence restore \"\(name)\"."
                )
            }
            throw CommandError(.badData, "There is no sequence \"\(name)\". See: purr sequence list.")
        }
        return found
    }

    /// As ``sequence(_:for:in:)``, for what is the owner's alone to do.
    func ownSequence(_ name: String, for viewer: Viewer, in transaction: Transaction) throws
        -> SequenceRecord
    {
        let found = try sequence(name, for: viewer, in: transaction)
        guard viewer.owns(found) else {
            let owner = try found.owner.flatMap { try transaction.user($0) }?.name ?? ""
            throw CommandError(
                .noPermission,
                "\"\(name)\" belongs to \(owner), who alone can rename, move, share, pause or delete it; make a copy instead."
            )
        }
        return found
    }

    /// Refuses one sequence more than there may be (spec S1.6).
    func checkSequenceLimit(in transaction: Transaction) throws {
        let limit = try AccountLimits(transaction).sequences
        guard try transaction.sequenceCount() < limit else {
            throw CommandError(
                .badData,
                "There are \(limit) sequences, which is the limit. Delete one, or: purr settings set sequenceLimit N."
            )
        }
    }
}
