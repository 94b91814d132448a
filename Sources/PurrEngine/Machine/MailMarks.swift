package import Crypto
internal import Foundation
internal import PurrMail

/// Signs what Purr leaves in a mailbox to know again, and reads it: marks of steps and notes of the epoch.
///
/// The key follows from the data folder's, so that all copies of one database sign alike. Nothing personal is
/// in either: names of sequences and steps are hashed together with the thread's random root.
package struct MailMarks: Sendable {
    private let key: SymmetricKey

    /// - Parameter key: The data folder's.
    package init(key: SymmetricKey) {
        self.key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key, info: Data("purr marks 1".utf8), outputByteCount: 32)
    }

    /// - Parameter bytes: Of a key, for the simulator.
    package init(bytes: [UInt8]) { self.init(key: SymmetricKey(data: bytes)) }

    /// 128 bits in hexadecimal.
    private func signature(of text: String, _ purpose: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Data("\(purpose)\n\(text)".utf8), using: key)
        return Self.hexadecimal(code.prefix(16))
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Compares in a time that does not depend on where they differ.
    private static func areEqual(_ one: String, _ other: String) -> Bool {
        guard one.utf8.count == other.utf8.count else { return false }
        return zip(one.utf8, other.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// What stands for a name in one thread: 64 bits, the same for nobody else's thread.
    static func hash(of name: String, in root: MessageID) -> String {
        hexadecimal(SHA256.hash(data: Data("\(root.matchingKey)\n\(name)".utf8)).prefix(8))
    }

    // MARK: Steps

    /// The value of `X-Purr-Step` for one mail.
    func text(of mark: StepMark, root: MessageID) -> String {
        "\(mark.unsigned) m=\(signature(of: "\(root.matchingKey) \(mark.unsigned)", "step"))"
    }

    func isOurs(_ mark: StepMark, root: MessageID) -> Bool {
        Self.areEqual(mark.signature, signature(of: "\(root.matchingKey) \(mark.unsigned)", "step"))
    }

    // MARK: Notes

    /// The value of `X-Purr-Epoch` for a note in the mailbox of that address.
    func text(ofEpoch epoch: Int64, token: String, address: EmailAddress) -> String {
        let unsigned = "v=1 e=\(epoch) t=\(token)"
        return "\(unsigned) m=\(signature(of: "\(address.key) \(unsigned)", "epoch"))"
    }

    func isOurs(_ note: EpochNote, address: EmailAddress) -> Bool {
        Self.areEqual(note.signature, signature(of: "\(address.key) \(note.unsigned)", "epoch"))
    }
}

/// What `X-Purr-Step` says of a mail: which step of which sequence it is, for who knows their names.
///
/// The thread root (spec replies R2.4) says whose it is; this says what, so that a database that was lost can be
/// made again from Sent.
struct StepMark: Hashable, Sendable {
    static let field = "X-Purr-Step"

    /// The step's number when the mail was made, from 1.
    let number: Int
    /// The sequence's version.
    let version: Int
    let sequenceHash: String
    let stepHash: String
    let signature: String

    init(number: Int, version: Int, sequence: String, step: String, root: MessageID) {
        self.number = number
        self.version = version
        sequenceHash = MailMarks.hash(of: sequence, in: root)
        stepHash = MailMarks.hash(of: step, in: root)
        signature = ""
    }

    /// - Returns: Nil for whatever does not look like a mark.
    init?(_ text: String) {
        let values = MarkFields(text)
        guard values["v"] == "1", let number = values.number("n"), let version = values.number("r"),
            let sequence = values["q"], let step = values["s"], let signature = values["m"],
            number > 0, number <= 10_000, version > 0
        else { return nil }
        self.number = Int(number)
        self.version = Int(version)
        sequenceHash = sequence
        stepHash = step
        self.signature = signature
    }

    init?(_ header: MessageHeader) {
        guard let raw = header.raw(Self.field) else { return nil }
        self.init(String(decoding: raw, as: UTF8.self))
    }

    /// The mark as it stood in the mail.
    var textAsRead: String { "\(unsigned) m=\(signature)" }

    var unsigned: String { "v=1 n=\(number) r=\(version) q=\(sequenceHash) s=\(stepHash)" }
}

/// What `X-Purr-Epoch` says: which copy of the database sends from the mailbox (spec sending M5.4).
struct EpochNote: Hashable, Sendable {
    static let field = "X-Purr-Epoch"

    let epoch: Int64
    let token: String
    let signature: String

    /// - Returns: Nil for whatever does not look like a note.
    init?(_ header: MessageHeader) {
        guard let raw = header.raw(Self.field) else { return nil }
        let values = MarkFields(String(decoding: raw, as: UTF8.self))
        guard values["v"] == "1", let epoch = values.number("e"), let token = values["t"],
            let signature = values["m"], epoch > 0
        else { return nil }
        self.epoch = epoch
        self.token = token
        self.signature = signature
    }

    var unsigned: String { "v=1 e=\(epoch) t=\(token)" }
}

/// `v=1 n=2`: words of a field, by their letter.
private struct MarkFields {
    private var values: [Substring: Substring] = [:]

    init(_ text: String) {
        guard text.utf8.count <= 300 else { return }
        for word in text.split(whereSeparator: \.isWhitespace) {
            guard let equals = word.firstIndex(of: "=") else { continue }
            let value = word[word.index(after: equals)...]
            guard !value.isEmpty, value.utf8.allSatisfy({ (0x30...0x7A).contains($0) }) else { continue }
            values[word[..<equals]] = value
        }
    }

    subscript(letter: Substring) -> String? { values[letter].map(String.init) }

    /// Below 2⁵³: a number that nothing of ours can reach is none.
    func number(_ letter: Substring) -> Int64? {
        values[letter].flatMap { Int64($0) }.flatMap { $0 >= 0 && $0 < 1 << 53 ? $0 : nil }
    }
}

extension MessageHeader {
    /// Whether a server delivered it, rather than a client filing it.
    ///
    /// RFC 5321 §4.4: the server that makes the final delivery adds `Return-Path`; what is appended over IMAP
    /// has none.
    var wasDelivered: Bool { contains("Return-Path") || contains("Delivered-To") }
}
