import Foundation
import PurrMail
import PurrReplies

/// What one file is, as `purr classify` prints it.
struct Classification: Sendable {
    let path: String
    let judgement: Judgement

    init(ofFileAt path: String) {
        self.path = path
        do throws(MessageFile.Problem) {
            let (bytes, modified) = try MessageFile.read(path, limit: ReadingLimits.standard.bytes + 1)
            let message = IncomingMessage.read(bytes)
            let received = message.header.date ?? Date(timeIntervalSince1970: Double(modified))
            judgement = PurrReplies.judgement(
                of: message, in: Circumstances(alone: message, receivedAt: received))
        } catch {
            switch error {
            case .cannotOpen(let reason):
                judgement = Judgement(kind: .unreadable, rule: "cannot be opened: \(reason)")
            case .noFile: judgement = Judgement(kind: .unreadable, rule: "is no file")
            }
        }
    }

    /// The address or its domain does not exist, has moved, or takes no mail.
    ///
    /// nil for what is no bounce.
    private var isHard: Bool? {
        switch judgement.kind {
        case .bounce: judgement.isHard
        case .delay: false
        default: nil
        }
    }

    /// One line of JSON, every key always there.
    var json: String {
        var line = JSONLine()
        line.add("path", path)
        line.add("kind", judgement.kind.rawValue)
        line.add("permanent", isHard)
        line.add("status", judgement.status)
        line.add("recipients", judgement.recipients.map(\.text))
        line.add("originalIds", judgement.originalIDs.map(\.text))
        line.add("proof", judgement.proof == .originalID ? "originalId" : judgement.proof.rawValue)
        line.add("returnDate", judgement.returnDate?.description)
        line.add("ownText", judgement.ownText)
        line.add("rule", judgement.rule)
        return line.finished()
    }

    /// One row of the table.
    var row: String {
        var facts: [String] = []
        if let isHard { facts.append(isHard ? "hard" : "soft") }
        if let status = judgement.status { facts.append(status) }
        if let back = judgement.returnDate { facts.append("back \(back)") }
        if let recipient = judgement.recipients.first { facts.append(recipient.text) }
        let kind = filled(judgement.kind.rawValue, to: 12)
        let rest = [facts.joined(separator: " "), judgement.rule].filter { !$0.isEmpty }.joined(
            separator: " · ")
        return Terminal.oneLine("\(kind) \(path)  \(rest)")
    }
}

/// Writes an object on one line, ten times faster than a general encoder.
struct JSONLine {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]

    mutating func add(_ key: String, _ value: String?) {
        begin(key)
        if let value { append(value) } else { bytes += Array("null".utf8) }
    }

    mutating func add(_ key: String, _ value: Bool?) {
        begin(key)
        bytes += Array((value.map { $0 ? "true" : "false" } ?? "null").utf8)
    }

    mutating func add(_ key: String, _ values: [String]) {
        begin(key)
        bytes.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(value)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    consuming func finished() -> String {
        bytes.append(UInt8(ascii: "}"))
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func begin(_ key: String) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        append(key)
        bytes.append(UInt8(ascii: ":"))
    }

    /// RFC 8259 §7.
    private mutating func append(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { text in
            // What needs no escape is copied in one piece.
            var start = 0
            for index in text.indices {
                let byte = text[index]
                guard
                    byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
                else { continue }
                bytes += text[start..<index]
                start = index + 1
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
                case 0x0A: bytes += Array("\\n".utf8)
                default:
                    let digits = Array("0123456789abcdef".utf8)
                    bytes += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
                }
            }
            bytes += text[start...]
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
