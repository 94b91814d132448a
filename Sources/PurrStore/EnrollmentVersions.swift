package import PurrSequences

extension Transaction {
    /// What is under way in a sequence with an earlier version than its present one, oldest first.
    package func enrollmentsBehind(_ sequence: SequenceRecord) throws -> [EnrollmentRecord] {
        try rows(
            """
            SELECT \(Self.enrollmentColumns)
              FROM enrollment
             WHERE sequence_id = ?1 AND version <> ?2 AND state IN ('active', 'paused', 'held')
             ORDER BY id
            """, sequence.id.rawValue, sequence.version
        ).compactMap(EnrollmentRecord.init(columns:))
    }

    /// Lets an enrollment go on with another version.
    package func setVersion(_ version: Int, of enrollment: EnrollmentID) throws {
        try execute(
            "UPDATE enrollment SET version = ?2 WHERE id = ?1", enrollment.rawValue, version)
    }
}
