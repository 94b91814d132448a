import Foundation

/// What a scripted server says, expects and does, in the notation of the RFCs.
///
/// ```
/// TLS                         handshake
/// S: * OK ready              says a line as it stands; neighbouring lines leave in one TLS record
/// C: … CAPABILITY             expects a line; … stands for anything, a first … is the tag
/// S: {tag} OK done            says the last tag
/// BODY                        reads a message up to its final dot
/// READ 4096                   reads so many bytes
/// RAW abc\r\n                 says exactly this, with \r \n \0 \xHH
/// RAW {200*(}                 … 200 times, also within S:
/// PAUSE 50                    waits, milliseconds
/// CLOSE, RESET                ends the connection politely or rudely
/// STALL                       reads on until the client leaves
/// FREEZE                      reads nothing until the test asks for the outcome
/// ```
package struct Transcript: Sendable {
    enum Step: Equatable, Sendable {
        case handshake
        case say([UInt8])
        case expect(String)
        case body
        case read(Int)
        case pause(Int)
        case close, reset, stall, freeze
    }

    let steps: [Step]

    /// Reads a transcript; a line that is none of it is a mistake in the test.
    package init(_ text: String) {
        var steps: [Step] = []
        func say(_ bytes: [UInt8]) {
            if case .say(let before)? = steps.last {
                steps[steps.count - 1] = .say(before + bytes)
            } else {
                steps.append(.say(bytes))
            }
        }
        for line in text.split(separator: "\n") where !line.allSatisfy(\.isWhitespace) {
            let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            let rest = words.count > 1 ? String(words[1]) : ""
            switch words[0] {
            case "TLS": steps.append(.handshake)
            case "S:": say(Self.unescaped(rest, obeysBackslash: false) + [13, 10])
            case "RAW": say(Self.unescaped(rest))
            case "C:": steps.append(.expect(rest))
            case "BODY": steps.append(.body)
            case "READ": steps.append(.read(Int(rest) ?? 0))
            case "PAUSE": steps.append(.pause(Int(rest) ?? 0))
            case "CLOSE": steps.append(.close)
            case "RESET": steps.append(.reset)
            case "STALL": steps.append(.stall)
            case "FREEZE": steps.append(.freeze)
            default: preconditionFailure("Not a line of a transcript: \(line)")
            }
        }
        self.steps = steps
    }

    /// `\r \n \0 \xHH` and `{200*ab}`.
    static func unescaped(_ text: String, obeysBackslash: Bool = true) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = text[...]
        while let character = rest.popFirst() {
            if character == "{", let star = rest.firstIndex(of: "*"), let count = Int(rest[..<star]),
                let end = rest.firstIndex(of: "}")
            {
                let unit = unescaped(
                    String(rest[rest.index(after: star)..<end]), obeysBackslash: obeysBackslash)
                for _ in 0..<count { bytes += unit }
                rest = rest[rest.index(after: end)...]
            } else if obeysBackslash, character == "\\", let escaped = rest.popFirst() {
                switch escaped {
                case "r": bytes.append(13)
                case "n": bytes.append(10)
                case "0": bytes.append(0)
                case "x":
                    bytes.append(UInt8(rest.prefix(2), radix: 16) ?? 0x3F)
                    rest = rest.dropFirst(2)
                default: bytes += Array(String(escaped).utf8)
                }
            } else {
                bytes += Array(String(character).utf8)
            }
        }
        return bytes
    }

    /// How many bytes a text with escapes stands for.
    package static func length(of text: String) -> Int { unescaped(text).count }

    /// Whether a line is what was expected.
    static func matches(_ line: String, _ pattern: String) -> Bool {
        let parts = pattern.components(separatedBy: "…")
        guard parts.count > 1 else { return line == pattern }
        var rest = line[...]
        for (index, part) in parts.enumerated() where !part.isEmpty {
            if index == 0 {
                guard rest.hasPrefix(part) else { return false }
                rest = rest.dropFirst(part.count)
            } else if index == parts.count - 1 {
                return rest.hasSuffix(part)
            } else {
                guard let found = rest.range(of: part) else { return false }
                rest = rest[found.upperBound...]
            }
        }
        return true
    }
}

extension Transcript {
    /// The login of an IMAP client on implicit TLS, and the driver's first command.
    ///
    /// - Parameter capabilities: What the server can do after the login.
    package static func imapLogin(_ capabilities: String = "IMAP4rev1") -> String {
        """
        TLS
        S: * OK ready
        C: … CAPABILITY
        S: * CAPABILITY IMAP4rev1 AUTH=PLAIN
        S: {tag} OK done
        C: … AUTHENTICATE PLAIN
        S: + go
        C: …
        S: {tag} OK logged in
        C: … CAPABILITY
        S: * CAPABILITY \(capabilities)
        S: {tag} OK done

        """
    }

    /// The login of an SMTP client on implicit TLS.
    package static func smtpLogin(_ extensions: String...) -> String {
        """
        TLS
        S: 220 mail.test ready
        C: EHLO …
        S: 250-mail.test
        \(extensions.map { "S: 250-\($0)\n" }.joined())S: 250 AUTH PLAIN
        C: AUTH PLAIN
        S: 334 go
        C: …
        S: 235 2.7.0 logged in

        """
    }
}
