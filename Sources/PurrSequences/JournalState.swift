/// How far the mail of one (enrollment, step) has come (spec sending M2).
///
///     prepared → sending → sent | prepared (again, later) | rejected | unknown → sent | held
///
/// The claim is the row itself: its key (enrollment, step) is unique.
package enum JournalState: String, Sendable, Codable, CaseIterable {
    /// Message-ID and bytes are durable; nothing has been handed over, or what was is known to be dropped.
    case prepared
    /// The hand-over has been decided: from here on a crash leaves the outcome open.
    case sending
    /// The final dot went out and no answer came back, or the process died in `sending`.
    case unknown
    case sent
    /// The server refused the address for good.
    case rejected
    /// Nobody knows, and a person must say.
    case held
    /// The enrollment ended or moved on before anything was handed over.
    case cancelled
    /// For a person to send: it lies, or will lie, in Drafts (spec S1, manual e-mail).
    case draft
}

/// Whether our copy lies in the Sent folder (spec sending M5.3).
package enum FilingState: String, Sendable, Codable {
    /// Not sent yet.
    case none
    /// Sent, and not seen in the mailbox yet.
    case due
    /// Filed by us.
    case filed
    /// Read back from the mailbox, whoever filed it.
    case seen
}
