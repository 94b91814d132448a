import Foundation
import PurrMail
import PurrReplies
import Testing

/// Messages of our own making, one per file, and what is to be said of each.
///
/// `PURR_CORPUS_WRITE=1 swift test --filter CorpusTests` writes `expected.json` anew; the difference is
/// to be reviewed.
@Suite("The corpus")
struct CorpusTests {
    /// What one message comes to; fields that say nothing are left out.
    struct Expected: Codable, Equatable {
        var kind: Judgement.Kind
        var rule: String
        var status: String?
        var permanent: Bool?
        var isAddressLevel: Bool?
        var recipients: [EmailAddress]?
        var originalIDs: [MessageID]?
        var proof: Judgement.Proof?
        var returnDate: String?
        var standIns: [EmailAddress]?
        var matches: [String]
        var bodyIsNeeded: Bool?

        init(_ judgement: Judgement, _ matches: [Match<String>], bodyIsNeeded: Bool) {
            kind = judgement.kind
            rule = judgement.rule
            status = judgement.status
            permanent = judgement.permanent
            isAddressLevel = judgement.isAddressLevel ? true : nil
            recipients = judgement.recipients.isEmpty ? nil : judgement.recipients
            originalIDs = judgement.originalIDs.isEmpty ? nil : judgement.originalIDs
            proof = judgement.proof == .none ? nil : judgement.proof
            returnDate = judgement.returnDate?.description
            standIns = judgement.standIns.isEmpty ? nil : judgement.standIns
            self.matches = matches.map { "\($0.rung.rawValue) \($0.owner) by \($0.evidence)" }
            self.bodyIsNeeded = bodyIsNeeded ? true : nil
        }
    }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .appendingPathComponent("Corpus")

    static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".eml") }
            .sorted()
    }

    /// What the database would know: one thread with Kari, in which one mail was sent.
    static let ids = [
        "step1.4f2a@example.org": [KnownID(owner: "kari")],
        "root.4f2a@example.org": [KnownID(owner: "kari", isThreadRoot: true)],
    ]
    static let senders = [
        "kari@customer.example.org": [KnownSender(owner: "kari", hasOpenEnrollment: true)]
    ]

    static func result(of name: String) throws -> Expected {
        let bytes = try Array(Data(contentsOf: folder.appendingPathComponent(name)))
        let message = IncomingMessage.read(bytes)
        let keys = MatchKeys(message)
        let found = matches(of: keys, ids: ids, senders: senders)
        let judgement = judgement(
            of: message,
            in: Circumstances(
                isInOurThread: found.contains { $0.rung <= .threadIndex },
                receivedAt: message.header.date ?? Date(timeIntervalSince1970: 0),
                weWroteToSender: found.contains { $0.rung >= .contactAddress }
                    || keys.senders.contains { senders[$0.key] != nil }))
        return Expected(judgement, found, bodyIsNeeded: bodyIsNeeded(by: message.header))
    }

    @Test("says of every message what is expected")
    func everyMessage() throws {
        let file = Self.folder.appendingPathComponent("expected.json")
        let results = try Dictionary(
            uniqueKeysWithValues: Self.names().map { ($0, try Self.result(of: $0)) })
        if ProcessInfo.processInfo.environment["PURR_CORPUS_WRITE"] == "1" {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try (encoder.encode(results) + Data("\n".utf8)).write(to: file)
        }
        let expected = try JSONDecoder().decode([String: Expected].self, from: Data(contentsOf: file))
        #expect(Set(expected.keys) == Set(results.keys))
        for (name, result) in results.sorted(by: { $0.key < $1.key }) {
            #expect(result == expected[name], "\(name)")
        }
    }

    /// The one unforgivable error, said apart from the file that can be rewritten.
    @Test("never takes a person for a machine, nor a forgery for a report")
    func persons() throws {
        for name in try Self.names() {
            let result = try Self.result(of: name)
            if name.hasPrefix("person-asks") || name.hasPrefix("person-writes-stop") {
                #expect(result.kind == .unsubscribe, "\(name)")
            } else if name.hasPrefix("person-") || name.contains("-reply") && !name.contains("receipt")
                || name.hasPrefix("apple-mail-")
            {
                #expect(result.kind == .human, "\(name)")
            } else if name.hasPrefix("forged-") || name.hasPrefix("ordinary-") {
                #expect(result.proof == nil && result.kind != .complaint, "\(name)")
            } else {
                #expect(result.kind != .human && result.kind != .unsubscribe, "\(name)")
            }
        }
    }
}
