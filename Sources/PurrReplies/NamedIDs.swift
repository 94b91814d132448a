import PurrMail

/// The ids of messages that a notice names in words: `Message ID: <step1@example.org>`.
///
/// Gateways and Exchange's pages return no message and say which one they mean. Anybody can write such
/// a line, so it is no sign of a report; only an id that is ours says something.
enum NamedIDs {
    /// At most 4, in order, each once.
    static func all(in text: String) -> [MessageID] {
        var found: [MessageID] = []
        for line in text.bytes(limit: 16_384).split(separator: 0x0A, maxSplits: 400) {
            guard line.count < 400, line.contains(UInt8(ascii: "@")),
                let label = labels.first(in: SearchText(bytes: line)), label.range.lowerBound < 24
            else { continue }
            guard let start = line.firstIndex(where: { ":=<".utf8.contains($0) }) else { continue }
            let value = line[start...].drop { ":= \t".utf8.contains($0) }
            let word = value.prefix { $0 > 0x20 }
            let header = MessageHeader(Array("Message-ID: ".utf8) + word)
            guard let id = header.messageID, !found.contains(id) else { continue }
            found.append(id)
            if found.count == 4 { break }
        }
        return found
    }

    private static let labels = PhraseSet([
        "message-id", "message id", "messageid", "original-message-id", "original message id",
        "internet-message-id", "internet message id",
    ])
}

extension Judgement {
    /// Adds the ids that a notice names, where it returns none; its form must prove it by itself.
    mutating func addIDs(namedIn notice: Notice) {
        guard originalIDs.isEmpty, !notice.namedIDs.isEmpty else { return }
        originalIDs = notice.namedIDs
        if proof == .structure { proof = .originalID }
    }
}
