package import Foundation
package import PurrFiles
internal import PurrSequences
package import PurrStore

/// One version of a sequence.
package struct SequenceVersionReport: Sendable, Hashable, Encodable {
    package let version: Int
    package let madeAt: Date
    package let steps: Int
    /// How many enrollments under way have it.
    package let underWay: Int
    package let isCurrent: Bool
}

/// A sequence that was deleted and can be brought back.
package struct DeletedSequence: Sendable, Hashable, Encodable {
    package let id: Int64
    /// As it was called.
    package let name: String
    package let deletedAt: Date
}

// Copies, folders, sharing, deletion and versions of sequences (spec S5).
extension Commands {
    /// Makes a new sequence of an existing one: private, nobody enrolled, its workflows as drafts (spec S5.1, S5.4).
    package func copySequence(
        _ name: String, to new: String, folder: String? = nil, as user: String? = nil
    ) throws -> SequenceSummary {
        try change { transaction in
            let viewer = try Viewer(user, in: transaction)
            let source = try sequence(name, for: viewer, in: transaction)
            try checkIsFree(sequenceName: new, in: transaction)
            try checkSequenceLimit(in: transaction)
            let folder = try folder.map(checked(folder:)) ?? source.folder
            guard let document = try transaction.document(of: source.id, version: source.version) else {
                throw CommandError(.badData, "The sequence \"\(name)\" is damaged; apply its file again.")
            }
            let saved = try transaction.saveSequence(
                name: new, settings: source.settings, document: document,
                owner: viewer.user?.id ?? source.owner, folder: folder, at: now)
            for workflow in try transaction.workflows(of: source.id) {
                try transaction.save(
                    NamedWorkflow(name: workflow.name, state: .draft, workflow: workflow.workflow),
                    of: saved.id, at: now)
            }
        }
        return try sequence(named: new, as: user)
    }

    /// Gives a sequence another name; enrollments under way go on.
    package func renameSequence(_ name: String, to new: String, as user: String? = nil) throws {
        try change { transaction in
            let found = try ownSequence(name, for: Viewer(user, in: transaction), in: transaction)
            guard new != name else { return }
            try checkIsFree(sequenceName: new, in: transaction)
            try transaction.rename(found.id, to: new)
        }
    }

    /// Puts sequences into a folder; an empty name takes them out of theirs.
    package func moveSequences(_ names: [String], toFolder folder: String, as user: String? = nil) throws {
        try change { transaction in
            let folder = try checked(folder: folder)
            let viewer = try Viewer(user, in: transaction)
            for name in names {
                try transaction.setFolder(
                    folder, of: ownSequence(name, for: viewer, in: transaction).id)
            }
        }
    }

    /// Says who may see and use sequences, all or none of them (spec S5.4).
    ///
    /// - Parameter users: The chosen ones, added to those chosen before.
    package func share(
        _ names: [String], _ visibility: SequenceRecord.Visibility, with users: [String] = [],
        as user: String? = nil
    ) throws {
        try change { transaction in
            let viewer = try Viewer(user, in: transaction)
            let chosen = try users.map { try self.user($0, in: transaction).id }
            for name in names {
                let found = try ownSequence(name, for: viewer, in: transaction)
                let before = found.visibility == .chosen ? viewer.sharers(of: found) : []
                try transaction.share(found.id, visibility, with: before + chosen)
            }
        }
    }

    /// Takes sequences back from some users, or from everybody: then they are their owner's alone.
    ///
    /// - Parameter users: Empty for everybody.
    package func unshare(_ names: [String], with users: [String] = [], as user: String? = nil) throws {
        try change { transaction in
            let viewer = try Viewer(user, in: transaction)
            let taken = try users.map { try self.user($0, in: transaction).id }
            for name in names {
                let found = try ownSequence(name, for: viewer, in: transaction)
                guard !taken.isEmpty else {
                    try transaction.share(found.id, .private, with: [])
                    continue
                }
                guard found.visibility != .everyone else {
                    throw CommandError(
                        .badData,
                        "\"\(name)\" is shared with everyone; choose first whom to share it with: purr sequence share \"\(name)\" --with USER."
                    )
                }
                let left = viewer.sharers(of: found).filter { !taken.contains($0) }
                try transaction.share(found.id, left.isEmpty ? .private : .chosen, with: left)
            }
        }
    }

    /// Deletes sequences, all or none; numbers and history stay (spec S5.3).
    ///
    /// - Parameter isUnenrolling: Ends what is under way; without it, a sequence with enrollments under way is
    ///   not deleted.
    /// - Returns: How many enrollments ended.
    package func deleteSequences(_ names: [String], isUnenrolling: Bool, as user: String? = nil) throws
        -> Int
    {
        try change { transaction in
            let viewer = try Viewer(user, in: transaction)
            var ended = 0
            for name in names {
                let found = try ownSequence(name, for: viewer, in: transaction)
                let open = try underWay(found.id, in: transaction)
                guard open == 0 || isUnenrolling else {
                    throw CommandError(
                        .badData,
                        "\"\(name)\" has \(open) enrollment\(open == 1 ? "" : "s") under way. To end them as well: purr sequence delete \"\(name)\" --unenroll."
                    )
                }
                ended += try transaction.endAll(in: found.id, at: now)
                for workflow in try transaction.workflows(of: found.id) {
                    try transaction.cancelRuns(
                        of: workflow.id, because: "The sequence was deleted.", at: now)
                }
                try transaction.deleteSequence(
                    found.id, renamed: "\(name)\(Self.deletedMark)\(found.id))", at: now)
            }
            return ended
        }
    }

    /// Brings a deleted sequence back under its name; who was unenrolled stays so.
    package func restoreSequence(_ name: String, as user: String? = nil) throws {
        try change { transaction in
            let viewer = try Viewer(user, in: transaction)
            let deleted = try transaction.deletedSequences().filter {
                Self.nameBefore($0.record.name) == name && viewer.sees($0.record)
            }
            guard let latest = deleted.last else {
                throw CommandError(
                    .badData,
                    "No sequence \"\(name)\" was deleted. See: purr sequence list --deleted.")
            }
            guard viewer.owns(latest.record) else {
                throw CommandError(.noPermission, "\"\(name)\" is not yours to restore.")
            }
            try checkIsFree(sequenceName: name, in: transaction)
            try checkSequenceLimit(in: transaction)
            try transaction.restoreSequence(latest.record.id, as: name)
        }
    }

    /// The deleted sequences, the oldest deletion first.
    package func deletedSequences(as user: String? = nil) throws -> [DeletedSequence] {
        try look { transaction in
            let viewer = try Viewer(user, in: transaction)
            return try transaction.deletedSequences().filter { viewer.sees($0.record) }.map {
                DeletedSequence(
                    id: $0.record.id.rawValue, name: Self.nameBefore($0.record.name), deletedAt: $0.at)
            }
        }
    }

    /// All versions of a sequence, oldest first.
    package func versions(of name: String, as user: String? = nil) throws -> [SequenceVersionReport] {
        try look { transaction in
            let found = try sequence(name, for: Viewer(user, in: transaction), in: transaction)
            return try transaction.versions(of: found.id).map { version in
                SequenceVersionReport(
                    version: version.version, madeAt: version.at,
                    steps: Document.value(SequenceVersion.self, from: version.document)?.steps.count ?? 0,
                    underWay: version.open, isCurrent: version.version == found.version)
            }
        }
    }

    /// A sequence as a file says it, with the number of its version.
    ///
    /// - Parameter version: An earlier one; nil for the present one.
    package func exported(_ name: String, version: Int? = nil, as user: String? = nil) throws
        -> SequenceDocument
    {
        try look { transaction in
            let found = try sequence(name, for: Viewer(user, in: transaction), in: transaction)
            let number = version ?? found.version
            guard
                let document = try transaction.document(of: found.id, version: number)
                    .flatMap({ Document.value(SequenceVersion.self, from: $0) })
            else {
                throw CommandError(
                    .badData, "\"\(name)\" has versions 1 to \(found.version); there is no \(number).")
            }
            let workflows = try transaction.workflows(of: found.id).map {
                NamedWorkflow(name: $0.name, state: $0.state, workflow: $0.workflow)
            }
            return SequenceDocument(
                name: name, settings: found.settings, steps: document.source, version: found.version,
                automation: workflows.isEmpty ? nil : workflows)
        }
    }

    // MARK: Names

    private static let deletedMark = " (deleted "

    /// What a deleted sequence was called.
    static func nameBefore(_ name: String) -> String {
        name.range(of: deletedMark, options: .backwards).map { String(name[..<$0.lowerBound]) } ?? name
    }

    private func checkIsFree(sequenceName name: String, in transaction: Transaction) throws {
        guard !name.isEmpty, name.utf8.count <= 100,
            name.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { throw CommandError(.badData, "A sequence's name is one line of 1 to 100 bytes.") }
        guard try transaction.sequence(named: name) == nil else {
            throw CommandError(
                .badData, "There is a sequence \"\(name)\" already; choose another name.")
        }
    }

    private func checked(folder: String) throws -> String {
        guard folder.utf8.count <= 100,
            folder.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { throw CommandError(.badData, "A folder's name is one line of at most 100 bytes.") }
        return folder
    }
}
