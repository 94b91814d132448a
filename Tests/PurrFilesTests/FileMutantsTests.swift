import Foundation
import PurrFiles
import PurrTemplates
import Testing

/// The ready-made templates and sequences, damaged: each is read, or refused with a sentence that has its place.
@Suite("Damaged files")
struct FileMutantsTests {
    struct Numbers: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("templates")

    static func damaged(_ text: String, _ random: inout Numbers) -> String {
        var scalars = Array(text.unicodeScalars)
        let marks = Array("{}[]:-#&*!|>'\"%@`\t\n\\ \u{0}é{{}}".unicodeScalars)
        for _ in 0..<Int.random(in: 1...8, using: &random) where !scalars.isEmpty {
            let index = Int.random(in: scalars.indices, using: &random)
            let mark = marks.randomElement(using: &random) ?? " "
            switch Int.random(in: 0..<4, using: &random) {
            case 0: scalars[index] = mark
            case 1: scalars.insert(mark, at: index)
            case 2: scalars.remove(at: index)
            default: scalars.removeSubrange(index..<min(scalars.count, index + 20))
            }
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    @Test("are refused in words, and never end the program", arguments: ["mail", "sequences"])
    func refused(kind: String) throws {
        let folder = Self.folder.appendingPathComponent(kind)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        for (number, name) in names.enumerated() {
            let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
            var random = Numbers(state: UInt64(number))
            for _ in 0..<100 {
                let damaged = Self.damaged(text, &random)
                do throws(FileProblem) {
                    if kind == "mail" {
                        _ = try TemplateFile.read(damaged, name: name)
                    } else {
                        _ = try SequenceFile.read(damaged, name: name)
                    }
                } catch {
                    #expect(error.description.contains(name), "\(name), seed \(number)")
                }
            }
        }
    }
}
