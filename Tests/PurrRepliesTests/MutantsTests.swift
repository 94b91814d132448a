import Foundation
import PurrMail
import PurrReplies
import Testing

/// The project's own messages, damaged: each is read and judged, and what comes of it stays small.
@Suite("Mutants")
struct MutantsTests {
    /// What is done to a message.
    enum Damage: String, CaseIterable, Sendable {
        case cut, flippedBits, strangeCharset, strangeBoundary, doubledLines, droppedLines, endlessLine
        case nested, manyFields, lostLineEnds, strangeEncoding
    }

    static func damaged(_ bytes: [UInt8], _ damage: Damage, _ random: inout Seeded) -> [UInt8] {
        let text = String(decoding: bytes, as: UTF8.self)
        func replaced(_ pattern: String, _ new: String) -> [UInt8] {
            Array(text.replacingOccurrences(of: pattern, with: new, options: .regularExpression).utf8)
        }
        switch damage {
        case .cut: return Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
        case .flippedBits:
            var bytes = bytes
            for _ in 0..<max(1, bytes.count / 50) {
                let index = Int.random(in: bytes.indices, using: &random)
                bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            return bytes
        case .strangeCharset:
            let names = [
                "utf-7", "iso-2022-jp", "x-unknown", "gb18030", "utf-16", "utf-8//TRANSLIT", "\"\"",
            ]
            return replaced("charset=[a-zA-Z0-9-]+", "charset=\(names.randomElement(using: &random) ?? "")")
        case .strangeBoundary: return replaced("boundary=\"?[^\"\\n]+\"?", "boundary=\"-\"")
        case .strangeEncoding:
            let names = ["base64", "quoted-printable", "x-uuencode", "binary"]
            let name = names.randomElement(using: &random) ?? ""
            return Array("Content-Transfer-Encoding: \(name)\n".utf8) + bytes
        case .doubledLines:
            return Array(
                text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { [$0, $0] }
                    .joined(separator: "\n").utf8)
        case .droppedLines:
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            return Array(
                lines.filter { _ in Int.random(in: 0..<5, using: &random) > 0 }.joined(separator: "\n").utf8
            )
        case .endlessLine:
            return bytes + [UInt8](repeating: UInt8.random(in: 0x20...0x7E, using: &random), count: 1 << 16)
        case .nested:
            let part = Array("Content-Type: message/rfc822\n\n".utf8)
            return Array([[UInt8]](repeating: part, count: 3_000).joined()) + bytes
        case .manyFields:
            let field = Array("Received: by \(Int.random(in: 0...9, using: &random))\n".utf8)
            return Array([[UInt8]](repeating: field, count: 3_000).joined()) + bytes
        case .lostLineEnds: return bytes.map { $0 == 0x0A ? 0x0D : $0 }
        }
    }

    @Test("are judged, with everything in its bounds", arguments: Damage.allCases)
    func judged(_ damage: Damage) throws {
        let turn = Damage.allCases.firstIndex(of: damage) ?? 0
        for (number, name) in try CorpusTests.names().enumerated() where number % 4 == turn % 4 {
            let bytes = try Array(Data(contentsOf: CorpusTests.folder.appendingPathComponent(name)))
            var random = Seeded(state: UInt64(number))
            let message = IncomingMessage.read(Self.damaged(bytes, damage, &random))
            let received = Date(timeIntervalSince1970: 1_786_435_200)
            let judgement = judgement(of: message, in: Circumstances(alone: message, receivedAt: received))
            #expect(!judgement.rule.isEmpty && judgement.rule.utf8.count < 1_000, "\(name), seed \(number)")
            #expect(judgement.ownText.count <= 4_000, "\(name), seed \(number)")
            #expect(judgement.recipients.count <= 256, "\(name), seed \(number)")
            #expect(message.parts.count <= ReadingLimits.standard.parts, "\(name), seed \(number)")
            if let back = judgement.returnDate { #expect(back.description >= "2026-08-11", "\(name)") }
        }
    }
}
