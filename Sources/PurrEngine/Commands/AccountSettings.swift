internal import PurrStore

/// A setting of the whole account.
package struct AccountSetting: Sendable, Hashable, Encodable {
    package let key: String
    package let value: Int
    package let standard: Int
    /// What it is for, in a few words.
    package let meaning: String
}

/// The limits on what an account holds (spec S1.6).
struct AccountLimits {
    /// The most e-mail templates one sequence may use.
    let templates: Int
    let sequences: Int

    init(_ transaction: Transaction) throws {
        templates = try Self.value(.templateLimit, in: transaction)
        sequences = try Self.value(.sequenceLimit, in: transaction)
    }

    enum Key: String, CaseIterable {
        case templateLimit, sequenceLimit

        var standard: Int { self == .templateLimit ? 10 : 5_000 }

        var meaning: String {
            switch self {
            case .templateLimit: "the most e-mail templates in one sequence"
            case .sequenceLimit: "the most sequences"
            }
        }

        var metaKey: String { "setting.\(rawValue)" }
    }

    static func value(_ key: Key, in transaction: Transaction) throws -> Int {
        try transaction.meta(key.metaKey).flatMap(Int.init) ?? key.standard
    }
}

extension Commands {
    /// All settings of the account.
    package func accountSettings() throws -> [AccountSetting] {
        try look { transaction in
            try AccountLimits.Key.allCases.map { key in
                AccountSetting(
                    key: key.rawValue, value: try AccountLimits.value(key, in: transaction),
                    standard: key.standard,
                    meaning: key.meaning)
            }
        }
    }

    /// The most e-mail templates one sequence may use (spec S1.6).
    package func templateLimit() throws -> Int {
        try look { try AccountLimits($0).templates }
    }

    /// - Parameter value: A whole number from 1; as text, because it is what somebody typed.
    package func setAccountSetting(_ key: String, to value: String) throws {
        guard let known = AccountLimits.Key(rawValue: key) else {
            let names = AccountLimits.Key.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandError(.usage, "There is no setting \"\(key)\"; possible are \(names).")
        }
        guard let number = Int(value), (1...1_000_000).contains(number) else {
            throw CommandError(.usage, "\"\(key)\" should be a whole number from 1 to 1000000.")
        }
        try change { try $0.setMeta(known.metaKey, "\(number)") }
    }
}
