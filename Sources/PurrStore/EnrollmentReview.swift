package import PurrSequences

// Review before trust, and mails changed for one person (spec S3.1).
extension Transaction {
    /// One mail fewer is to be approved.
    package func countReview(of id: EnrollmentID) throws {
        try execute(
            "UPDATE enrollment SET review_left = review_left - 1, approved_step = '' WHERE id = ?1 AND review_left > 0",
            id.rawValue)
    }

    /// The user has looked at the mail of a step; `left` mails are to be approved from it on.
    package func approve(_ step: StepID, of id: EnrollmentID, left: Int) throws {
        try execute(
            "UPDATE enrollment SET approved_step = ?2, review_left = ?3 WHERE id = ?1", id.rawValue,
            step.rawValue, left)
    }

    package func edit(of id: EnrollmentID, step: StepID) throws -> String? {
        try row(
            "SELECT document FROM enrollment_edit WHERE enrollment_id = ?1 AND step_id = ?2", id.rawValue,
            step.rawValue
        )?.text(0)
    }

    package func setEdit(_ document: String, of id: EnrollmentID, step: StepID) throws {
        try execute(
            """
            INSERT INTO enrollment_edit (enrollment_id, step_id, document) VALUES (?1, ?2, ?3)
            ON CONFLICT (enrollment_id, step_id) DO UPDATE SET document = excluded.document
            """, id.rawValue, step.rawValue, document)
    }
}
