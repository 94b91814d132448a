package import PurrFiles
package import PurrSequences
package import PurrStore
package import PurrTemplates

/// What applying a sequence file did.
package struct SequenceApplication: Sendable, Hashable, Encodable {
    package enum Outcome: String, Sendable, Encodable {
        /// The sequence is new.
        case created
        /// Its steps or templates changed: a new version for those who enroll from now on (spec S5.1).
        case newVersion
        /// At most its settings changed, for everybody at once.
        case sameSteps
    }

    package let name: String
    package let version: Int
    package let outcome: Outcome
    /// Whether the settings differ from before.
    package let settingsChanged: Bool
    /// Whether the workflows differ from before.
    package let automationChanged: Bool
    /// Templates that were taken from files, because none of that name was stored.
    package let addedTemplates: [String]
    /// Enrollments that go on with an earlier version.
    package let underWay: Int
}

extension Commands {
    /// Stores a sequence as its file says it.
    ///
    /// - Parameters:
    ///   - file: The file's name, for complaints.
    ///   - user: Who does it; a new sequence is theirs. Nil for the keeper of the data folder.
    ///   - folder: Where a new sequence is put.
    ///   - template: Finds a template that is not stored, by name; nil when there is none.
    package func apply(
        _ sequence: SequenceDocument, file: String, as user: String? = nil, folder: String = "",
        template find: (String) throws -> MailTemplate? = { _ in nil }
    ) throws -> SequenceApplication {
        try change { transaction in
            func problem(_ index: Int?, _ text: String) -> FileProblem {
                let line = index.flatMap { sequence.lines.indices.contains($0) ? sequence.lines[$0] : nil }
                return FileProblem(file: file, line: line, text: text)
            }
            let viewer = try Viewer(user, in: transaction)
            let known = try transaction.sequence(named: sequence.name)
            if let known {
                guard viewer.sees(known) else {
                    throw problem(
                        nil,
                        "There is a sequence \"\(sequence.name)\" that is not shared with you; choose another name."
                    )
                }
                if let refusal = refusal(of: sequence, known) { throw problem(nil, refusal) }
            } else {
                try checkSequenceLimit(in: transaction)
            }
            try check(calendars: sequence.settings.calendars, file: file, in: transaction)
            if sequence.settings.tracking != .off {
                try requireProvenURL(
                    for: "\"tracking: \(sequence.settings.tracking.rawValue)\"", in: transaction)
            }
            let texts = try SequenceTexts(
                of: sequence.steps, in: transaction, find: find,
                store: { _ = try store($0, in: transaction) }, problem: problem)
            if let wrong = texts.problem(templateLimit: try AccountLimits(transaction).templates) {
                throw problem(wrong.index, wrong.text)
            }
            let saved = try transaction.saveSequence(
                name: sequence.name, settings: sequence.settings,
                document: Document.text(of: texts.version(written: sequence.steps)), owner: viewer.user?.id,
                folder: folder, at: now)
            let automationChanged = try apply(
                automationOf: sequence, named: file, to: saved.id, in: transaction)
            return SequenceApplication(
                name: sequence.name, version: saved.version,
                outcome: known == nil ? .created : saved.isNewVersion ? .newVersion : .sameSteps,
                settingsChanged: known.map { $0.settings != sequence.settings } ?? false,
                automationChanged: automationChanged,
                addedTemplates: texts.added, underWay: try underWay(saved.id, in: transaction))
        }
    }

    /// Whether somebody else has changed the sequence since the file was written, in words.
    private func refusal(of file: SequenceDocument, _ known: SequenceRecord) -> String? {
        guard let version = file.version, version != known.version else { return nil }
        return version < known.version
            ? "Somebody else changed \"\(known.name)\" meanwhile: it has version \(known.version), and this file was made from version \(version). Nothing was changed; look at theirs (purr sequence export \"\(known.name)\"), put your changes into it, and apply that."
            : "The file was made from version \(version), and \"\(known.name)\" has version \(known.version) only; delete the line \"version:\" to apply it all the same."
    }

    /// How many enrollments of a sequence are not over.
    func underWay(_ sequence: SequenceID, in transaction: Transaction) throws -> Int {
        try transaction.enrollmentCounts(of: sequence)
            .filter { EnrollmentState(rawValue: $0.state)?.isOpen ?? false }
            .reduce(0) { $0 + $1.count }
    }

    /// All sequences with how many enrollments stand where.
    ///
    /// - Parameters:
    ///   - user: Who looks; nil for the keeper of the data folder, who sees everything.
    ///   - folder: Only what lies in this folder.
    package func sequences(as user: String? = nil, folder: String? = nil) throws -> [SequenceSummary] {
        try look { transaction in
            let viewer = try Viewer(user, in: transaction)
            let names = try names(in: transaction)
            let counts = Dictionary(grouping: try transaction.enrollmentCountsBySequence(), by: \.sequence)
            return try transaction.sequences().filter {
                viewer.sees($0) && (folder == nil || $0.folder == folder)
            }
            .map { sequence in
                try summary(
                    of: sequence, counts[sequence.id, default: []].map { ($0.state, $0.count) }, viewer,
                    names: names, in: transaction)
            }
        }
    }

    private func names(in transaction: Transaction) throws -> [UserID: String] {
        Dictionary(try transaction.users().map { ($0.id, $0.name) }, uniquingKeysWith: { $1 })
    }

    private func summary(
        of sequence: SequenceRecord, _ counts: [(state: String, count: Int)], _ viewer: Viewer,
        names: [UserID: String], in transaction: Transaction
    ) throws -> SequenceSummary {
        let version = try transaction.document(of: sequence.id, version: sequence.version)
            .flatMap { Document.value(SequenceVersion.self, from: $0) }
        return SequenceSummary(
            name: sequence.name, version: sequence.version, settings: sequence.settings,
            steps: version?.source ?? [], templates: version?.templates ?? [:],
            counts: Dictionary(counts.map { ($0.state, $0.count) }, uniquingKeysWith: +),
            owner: sequence.owner.flatMap { names[$0] }, folder: sequence.folder,
            sharing: sequence.visibility,
            sharedWith: viewer.sharers(of: sequence).compactMap { names[$0] }.sorted(),
            paused: sequence.isPaused)
    }

    /// One sequence by its name.
    package func sequence(named name: String, as user: String? = nil) throws -> SequenceSummary {
        try look { transaction in
            let viewer = try Viewer(user, in: transaction)
            guard let found = try transaction.sequence(named: name), viewer.sees(found) else {
                throw CommandError(.badData, "There is no sequence \"\(name)\". See: purr sequence list.")
            }
            return try summary(
                of: found, transaction.enrollmentCounts(of: found.id), viewer,
                names: names(in: transaction), in: transaction)
        }
    }

    /// How many sequences there are, and may be (spec S1.6).
    package func sequenceCount() throws -> (count: Int, limit: Int) {
        try look { (try $0.sequenceCount(), try AccountLimits($0).sequences) }
    }
}

/// A sequence as people look at it.
package struct SequenceSummary: Sendable, Encodable {
    package let name: String
    package let version: Int
    package let settings: SequenceSettings
    /// As they were written, snippets by their names.
    package let steps: [Step]
    package let templates: [String: StoredTemplate]
    /// Enrollments by state.
    package let counts: [String: Int]
    /// Whose it is; null for nobody's.
    @OrNull package var owner: String?
    /// Empty for none.
    package let folder: String
    package let sharing: SequenceRecord.Visibility
    /// The chosen users.
    package let sharedWith: [String]
    /// Whether nothing of it goes on (spec S4.4).
    package let paused: Bool
}
