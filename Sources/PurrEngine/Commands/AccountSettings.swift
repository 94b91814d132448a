internal import PurrMail
package import PurrStore

/// A setting of the whole account.
package struct AccountSetting: Sendable, Hashable, Encodable {
    /// A number or a text.
    package enum Value: Sendable, Hashable, Encodable, CustomStringConvertible {
        case number(Int)
        case text(String)

        package var description: String {
            switch self {
            case .number(let number): "\(number)"
            case .text(let text): text
            }
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .number(let number): try container.encode(number)
            case .text(let text): try container.encode(text)
            }
        }
    }

    package let key: String
    package let value: Value
    package let standard: Value
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

/// Who sends, for mailboxes that say nothing themselves (spec M1.4).
struct AccountSender {
    let identity: String
    let postalAddress: String

    init(_ transaction: Transaction) throws {
        identity = try Self.value(.identity, in: transaction)
        postalAddress = try Self.value(.postalAddress, in: transaction)
    }

    enum Key: String, CaseIterable {
        case identity, postalAddress

        var meaning: String {
            switch self {
            case .identity: "who sends, below each mail of a mailbox without its own"
            case .postalAddress: "the sender's postal address, likewise"
            }
        }

        var metaKey: String { "setting.\(rawValue)" }
    }

    static func value(_ key: Key, in transaction: Transaction) throws -> String {
        try transaction.meta(key.metaKey) ?? ""
    }
}

extension MailboxSettings {
    /// The same with the account's identity and postal address where the mailbox has none.
    package func completed(in transaction: Transaction) throws -> MailboxSettings {
        var settings = self
        let sender = try AccountSender(transaction)
        if (identity ?? "").isEmpty, !sender.identity.isEmpty { settings.identity = sender.identity }
        if postalAddress.isEmpty { settings.postalAddress = sender.postalAddress }
        return settings
    }
}

extension Commands {
    /// All settings of the account.
    package func accountSettings() throws -> [AccountSetting] {
        try look { transaction in
            let limits = try AccountLimits.Key.allCases.map { key in
                AccountSetting(
                    key: key.rawValue, value: .number(try AccountLimits.value(key, in: transaction)),
                    standard: .number(key.standard), meaning: key.meaning)
            }
            return try limits
                + AccountSender.Key.allCases.map { key in
                    AccountSetting(
                        key: key.rawValue, value: .text(try AccountSender.value(key, in: transaction)),
                        standard: .text(""), meaning: key.meaning)
                }
        }
    }

    /// The most e-mail templates one sequence may use (spec S1.6).
    package func templateLimit() throws -> Int {
        try look { try AccountLimits($0).templates }
    }

    /// - Parameter value: A whole number from 1, or one line of text; as somebody typed it.
    package func setAccountSetting(_ key: String, to value: String) throws {
        if let known = AccountSender.Key(rawValue: key) {
            guard HeaderText(value) != nil, value.count <= 300 else {
                throw CommandError(.usage, "\"\(key)\" should be one line of at most 300 characters.")
            }
            return try change { try $0.setMeta(known.metaKey, value) }
        }
        guard let known = AccountLimits.Key(rawValue: key) else {
            let names =
                (AccountLimits.Key.allCases.map(\.rawValue) + AccountSender.Key.allCases.map(\.rawValue))
                .joined(separator: ", ")
            throw CommandError(.usage, "There is no setting \"\(key)\"; possible are \(names).")
        }
        guard let number = Int(value), (1...1_000_000).contains(number) else {
            throw CommandError(.usage, "\"\(key)\" should be a whole number from 1 to 1000000.")
        }
        try change { try $0.setMeta(known.metaKey, "\(number)") }
    }
}
