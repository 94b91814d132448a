internal import Crypto
package import Foundation

/// Whether a webhook comes from the service that it says it comes from, and what ours are signed with.
package enum WebhookSignature {
    /// How old a signed webhook may be, and how far ahead of our clock: replays end there.
    private static let tolerance: TimeInterval = 300

    /// - Parameters:
    ///   - field: The signature field's value, as the service writes it.
    ///   - now: The real time, which the service lives by.
    package static func isValid(
        _ field: String, of body: [UInt8], from source: MeetingSource, secret: String, now: Date
    ) -> Bool {
        switch source {
        case .calCom:
            // Hexadecimal digits of an HMAC over the body, sometimes after "sha256=".
            let digits = field.hasPrefix("sha256=") ? field.dropFirst(7) : field[...]
            return isCode(digits, of: Data(body), secret: secret)
        case .calendly:
            // t=SECONDS,v1=DIGITS over "SECONDS.BODY".
            var stamp: Substring?
            var codes: [Substring] = []
            for part in field.split(separator: ",") {
                let halves = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
                guard halves.count == 2 else { continue }
                if halves[0] == "t" { stamp = halves[1] }
                if halves[0] == "v1" { codes.append(halves[1]) }
            }
            guard let stamp, let seconds = Int64(stamp),
                abs(now.timeIntervalSince1970 - Double(seconds)) <= tolerance
            else { return false }
            return codes.prefix(4).contains {
                isCode($0, of: Data("\(stamp).".utf8) + Data(body), secret: secret)
            }
        }
    }

    /// What a webhook of ours carries: `t=SECONDS,v1=DIGITS`, an HMAC-SHA256 over `SECONDS.BODY`.
    ///
    /// - Parameter now: The real time, so that the other side can refuse what is replayed.
    package static func field(of body: [UInt8], secret: String, now: Date) -> String {
        let seconds = Int64(now.timeIntervalSince1970)
        let code = HMAC<SHA256>.authenticationCode(
            for: Data("\(seconds).".utf8) + Data(body), using: SymmetricKey(data: Data(secret.utf8)))
        let digits = code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return "t=\(seconds),v1=\(digits)"
    }

    private static func isCode(_ digits: Substring, of data: Data, secret: String) -> Bool {
        guard let code = bytes(digits) else { return false }
        // Compares in constant time.
        return HMAC<SHA256>.isValidAuthenticationCode(
            code, authenticating: data, using: SymmetricKey(data: Data(secret.utf8)))
    }

    private static func bytes(_ digits: Substring) -> [UInt8]? {
        let nibbles = digits.utf8.map { byte -> UInt8? in
            switch byte {
            case 0x30...0x39: byte - 0x30
            case 0x41...0x46: byte - 0x37
            case 0x61...0x66: byte - 0x57
            default: nil
            }
        }
        guard nibbles.count == 64, !nibbles.contains(nil) else { return nil }
        let values = nibbles.compactMap { $0 }
        return stride(from: 0, to: 64, by: 2).map { values[$0] << 4 | values[$0 + 1] }
    }
}
