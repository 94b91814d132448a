/// Whose pause keeps an enrollment from going on (spec S4.4).
package enum PauseReason: String, Sendable, Codable, CaseIterable {
    /// Its own.
    case manual
    /// Its sequence's: whoever is enrolled meanwhile waits as well.
    case sequence
    /// Its owner's, of all that is theirs.
    case everything

    /// For a person.
    package var words: String {
        switch self {
        case .manual: "paused by hand"
        case .sequence: "the sequence is paused"
        case .everything: "everything of its owner is paused"
        }
    }
}
