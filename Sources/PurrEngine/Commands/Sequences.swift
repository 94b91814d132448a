package import PurrFiles
package import PurrSequences
internal import PurrStore
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
    ///   - template: Finds a template that is not stored, by name; nil when there is none.
    package func apply(
        _ sequence: SequenceDocument, file: String,
        template find: (String) throws -> MailTemplate? = { _ in nil }
    ) throws -> SequenceApplication {
        try change { transaction in
            var templates: [String: StoredTemplate] = [:]
            var added: [String] = []
            var withoutSubject: Set<String> = []
            for (index, step) in sequence.steps.enumerated() {
                guard let name = step.template, templates[name] == nil else { continue }
                if let stored = try transaction.template(name).flatMap({
                    Document.value(StoredTemplate.self, from: $0)
                }) {
                    templates[name] = stored
                } else if let found = try find(name) {
                    templates[name] = StoredTemplate(found)
                    added.append(name)
                    _ = try store(found, in: transaction)
                } else {
                    throw FileProblem(
                        file: file,
                        line: sequence.lines.indices.contains(index) ? sequence.lines[index] : nil,
                        text: "There is no template \"\(name)\"; add it: purr template add \(name).md.")
                }
                if templates[name]?.subject.isEmpty == true { withoutSubject.insert(name) }
            }
            if let problem = problems(in: sequence.steps, withoutSubject: withoutSubject).first {
                let line = problem.index.flatMap {
                    sequence.lines.indices.contains($0) ? sequence.lines[$0] : nil
                }
                throw FileProblem(file: file, line: line, text: problem.text)
            }
            let known = try transaction.sequence(named: sequence.name)
            let document = Document.text(of: SequenceVersion(steps: sequence.steps, templates: templates))
            let saved = try transaction.saveSequence(
                name: sequence.name, settings: sequence.settings, document: document, at: now)
            let open = try transaction.enrollmentCountsBySequence()
                .filter { $0.sequence == saved.id && EnrollmentState(rawValue: $0.state)?.isOpen ?? false }
            return SequenceApplication(
                name: sequence.name, version: saved.version,
                outcome: known == nil ? .created : saved.isNewVersion ? .newVersion : .sameSteps,
                settingsChanged: known.map { $0.settings != sequence.settings } ?? false,
                addedTemplates: added,
                underWay: open.reduce(0) { $0 + $1.count })
        }
    }

    /// All sequences with how many enrollments stand where.
    package func sequences() throws -> [SequenceSummary] {
        try look { transaction in
            let counts = try transaction.enrollmentCountsBySequence()
            return try transaction.sequences().map { sequence in
                let version = try transaction.document(of: sequence.id, version: sequence.version)
                    .flatMap { Document.value(SequenceVersion.self, from: $0) }
                return SequenceSummary(
                    name: sequence.name, version: sequence.version, settings: sequence.settings,
                    steps: version?.steps ?? [], templates: version?.templates ?? [:],
                    counts: Dictionary(
                        counts.filter { $0.sequence == sequence.id }.map { ($0.state, $0.count) },
                        uniquingKeysWith: +))
            }
        }
    }

    /// One sequence by its name.
    package func sequence(named name: String) throws -> SequenceSummary {
        guard let found = try sequences().first(where: { $0.name == name }) else {
            throw CommandError(.badData, "There is no sequence \"\(name)\". See: purr sequence list.")
        }
        return found
    }
}

/// A sequence as people look at it.
package struct SequenceSummary: Sendable, Encodable {
    package let name: String
    package let version: Int
    package let settings: SequenceSettings
    package let steps: [Step]
    package let templates: [String: StoredTemplate]
    /// Enrollments by state.
    package let counts: [String: Int]
}
