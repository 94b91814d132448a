import Foundation
import PurrMail
import PurrReplies
import Testing

/// Messages of others, where they are present: `PURR_CORPORA`, or `../shared/corpora` beside the package.
///
/// They are not part of the project; `labels.tsv` there says what each message is.
enum ForeignCorpora {
    struct Labelled: Sendable {
        let path: String
        let label: String
        let bytes: [UInt8]
    }

    static let root: URL = {
        if let path = ProcessInfo.processInfo.environment["PURR_CORPORA"] {
            return URL(fileURLWithPath: path)
        }
        return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("../shared/corpora")
    }()

    static let isPresent = FileManager.default.fileExists(
        atPath: root.appendingPathComponent("labels.tsv").path)

    static let messages: [Labelled] = {
        let table =
            (try? String(contentsOf: root.appendingPathComponent("labels.tsv"), encoding: .utf8)) ?? ""
        return table.split(separator: "\n").dropFirst().compactMap { line in
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard columns.count > 1,
                let data = try? Data(contentsOf: root.appendingPathComponent(columns[0]))
            else {
                return nil
            }
            return Labelled(path: columns[0], label: columns[1], bytes: Array(data))
        }
    }()
}

@Suite("Messages of others", .enabled(if: ForeignCorpora.isPresent))
struct ForeignCorporaTests {
    static func judged(_ bytes: [UInt8]) -> Judgement {
        let message = IncomingMessage.read(bytes)
        let received = message.header.date ?? Date(timeIntervalSince1970: 1_786_435_200)
        return judgement(of: message, in: Circumstances(receivedAt: received))
    }

    /// The share of the messages of these labels that are judged well, and the others.
    func share(_ labels: Set<String>, _ isRight: (Judgement) -> Bool) -> (share: Double, wrong: [String]) {
        let messages = ForeignCorpora.messages.filter { labels.contains($0.label) }
        let wrong = messages.filter { !isRight(Self.judged($0.bytes)) }.map(\.path)
        return (Double(messages.count - wrong.count) / Double(max(messages.count, 1)), wrong)
    }

    @Test("persons are persons")
    func persons() {
        let (share, wrong) = share(["human-reply"]) { [.human, .unsubscribe, .calendar].contains($0.kind) }
        #expect(share >= 0.999, "\(wrong)")
    }

    @Test("bounces are bounces or delays")
    func bounces() {
        let (share, wrong) = share(["bounce-hard", "bounce-soft"]) {
            $0.kind == .bounce || $0.kind == .delay
        }
        #expect(share >= 0.98, "\(wrong)")
    }

    @Test("automatic replies are automatic")
    func automatic() {
        let (share, wrong) = share(["auto-reply"]) {
            [.outOfOffice, .left, .challenge, .ticket, .automatic].contains($0.kind)
        }
        #expect(share >= 0.9, "\(wrong)")
    }

    @Test("complaints are complaints, receipts receipts")
    func reports() {
        #expect(share(["arf"]) { $0.kind == .complaint }.share >= 0.9)
        #expect(share(["mdn"]) { $0.kind == .receipt }.share == 1)
    }

    /// Damaged reports are labelled `other` too: what may happen to them is that they are read.
    @Test("nothing else suppresses an address")
    func others() {
        let others = ForeignCorpora.messages.filter {
            $0.label == "other" && !$0.path.hasPrefix("malformed")
        }
        for message in others {
            let judgement = Self.judged(message.bytes)
            let suppresses =
                judgement.kind == .complaint || (judgement.kind == .bounce && judgement.permanent != false)
            #expect(!suppresses, "\(message.path): \(judgement.rule)")
        }
    }

    @Test("the ids of the original are found in nearly all bounces")
    func originals() {
        let (share, wrong) = share(["bounce-hard", "bounce-soft"]) { !$0.originalIDs.isEmpty }
        #expect(share >= 0.85, "\(wrong)")
    }

    @Test("the body is asked for where it must be, and nowhere else")
    func bodyNeed() {
        func needed(_ labels: Set<String>) -> Double {
            let headers = ForeignCorpora.messages.filter {
                labels.contains($0.label) && !$0.path.hasPrefix("malformed")
            }
            .map { IncomingMessage.read($0.bytes).header }
            return Double(headers.count { bodyIsNeeded(by: $0) }) / Double(max(headers.count, 1))
        }
        #expect(needed(["bounce-hard", "bounce-soft"]) >= 0.98)
        #expect(needed(["human-reply"]) <= 0.01)
        #expect(needed(["other"]) <= 0.06)
    }

    @Test("cut and damaged messages are judged too", arguments: 0..<8)
    func mutants(shard: Int) {
        for (index, message) in ForeignCorpora.messages.enumerated() where index % 8 == shard {
            var random = Seeded(state: UInt64(index))
            do {
                var bytes = Array(
                    message.bytes.prefix(Int.random(in: 0...message.bytes.count, using: &random)).prefix(
                        8_000))
                for _ in 0..<8 where !bytes.isEmpty {
                    bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(
                        in: 0...255, using: &random)
                }
                #expect(!Self.judged(bytes).rule.isEmpty)
                _ = MatchKeys(IncomingMessage.read(bytes)).senderKeys
            }
        }
    }
}
