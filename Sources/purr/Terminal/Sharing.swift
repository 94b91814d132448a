import PurrStore

extension SequenceRecord.Visibility {
    /// With whom it is shared, in a few words.
    func words(_ chosen: [String]) -> String {
        switch self {
        case .private: "only its owner"
        case .everyone: "everyone"
        case .chosen: chosen.joined(separator: ", ")
        }
    }
}
