internal import PurrSequences
internal import PurrStore
internal import PurrTemplates

/// Versions of sequences that were read: what is stored under a number never changes.
struct KnownVersions: Sendable {
    private struct Key: Hashable {
        let sequence: SequenceID
        let version: Int

        init(_ enrollment: EnrollmentRecord) {
            sequence = enrollment.sequence
            version = enrollment.version
        }
    }

    private struct Known {
        let version: SequenceVersion
        let templates: [String: MailTemplate]
    }

    private var versions: [Key: Known] = [:]
    private(set) var settings = SettingsRead()
    /// A mailbox rarely works on more at a time.
    private static let limit = 50

    /// The version that an enrollment goes through; nil when it is gone or damaged.
    func version(of enrollment: EnrollmentRecord, in transaction: Transaction) throws -> SequenceVersion? {
        #if PLANTED_BUGS
            if Sabotage.active == .latestVersionUsed,
                let newest = try transaction.sequence(enrollment.sequence)?.version
            {
                return try transaction.document(of: enrollment.sequence, version: newest)
                    .flatMap { Document.value(SequenceVersion.self, from: $0) }
            }
        #endif
        if let known = versions[Key(enrollment)] { return known.version }
        return try transaction.document(of: enrollment.sequence, version: enrollment.version)
            .flatMap { Document.value(SequenceVersion.self, from: $0) }
    }

    /// The version's templates, checked; none where the version was not learnt.
    func templates(of enrollment: EnrollmentRecord) -> [String: MailTemplate] {
        #if PLANTED_BUGS
            if Sabotage.active == .latestVersionUsed { return [:] }
        #endif
        return versions[Key(enrollment)]?.templates ?? [:]
    }

    /// Reads a version, if it is not known, so that it is from then on.
    mutating func learn(_ enrollment: EnrollmentRecord, in transaction: Transaction) throws {
        guard versions[Key(enrollment)] == nil,
            let version = try version(of: enrollment, in: transaction)
        else { return }
        if versions.count >= Self.limit { self = KnownVersions() }
        versions[Key(enrollment)] = Known(
            version: version, templates: version.templates.compactMapValues { try? $0.checked() })
        try settings.learn(enrollment.sequence, in: transaction)
    }
}
