package import Crypto
internal import Foundation
internal import PurrSequences
package import PurrStore

/// Makes and reads the tokens in links of ours (spec M7.3).
///
/// A token is the number of a mail and of a link in it, and 128 bits of HMAC-SHA256 over both and the
/// purpose: nothing about a person, nothing that can be guessed, and no use for another purpose. The key
/// follows from the data folder's key, so tokens outlive restarts and need no table.
package struct LinkTokens: Sendable {
    /// What a token lets its bearer do.
    package enum Purpose: String, Sendable, CaseIterable {
        case open, click, unsubscribe
        /// Says which contact looks at a page of the user's own site.
        case page
    }

    /// What a token says.
    package struct Content: Sendable, Hashable {
        package let mail: WebMailID
        /// Of the link in its mail; 0 where none is meant.
        package let position: Int

        package init(mail: WebMailID, position: Int = 0) {
            self.mail = mail
            self.position = position
        }
    }

    private let key: SymmetricKey
    private static let signatureLength = 16

    /// - Parameter key: The data folder's.
    package init(key: SymmetricKey) {
        self.key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key, info: Data("purr links 1".utf8), outputByteCount: 32)
    }

    /// Letters, digits, `-` and `_`: it may stand anywhere in a URL.
    package func token(for purpose: Purpose, _ content: Content) -> String {
        let said = Self.bytes(of: content)
        return Self.text(of: said + signature(of: said, purpose.rawValue))
    }

    /// - Returns: Nil for whatever was not made by ``token(for:_:)`` with this key and purpose.
    package func content(of token: some StringProtocol, for purpose: Purpose) -> Content? {
        guard token.utf8.count <= 64, let bytes = Self.bytes(of: String(token)),
            bytes.count > Self.signatureLength
        else { return nil }
        let said = Array(bytes.dropLast(Self.signatureLength))
        let signature = bytes.suffix(Self.signatureLength)
        guard Self.areEqual(self.signature(of: said, purpose.rawValue), signature) else { return nil }
        return Self.content(of: said)
    }

    /// What this Purr, and no other, answers to a challenge of its own self-test.
    package func answer(to challenge: String) -> String {
        Self.text(
            of: Array(HMAC<SHA256>.authenticationCode(for: Data("check:\(challenge)".utf8), using: key)))
    }

    private func signature(of said: [UInt8], _ purpose: String) -> [UInt8] {
        // The purpose ends with a byte that none of them holds, so no two texts are the same.
        let text = Data(purpose.utf8) + [0] + said
        return Array(HMAC<SHA256>.authenticationCode(for: text, using: key).prefix(Self.signatureLength))
    }

    /// Compares in a time that does not depend on where they differ.
    private static func areEqual(_ one: [UInt8], _ other: ArraySlice<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        return zip(one, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    // MARK: Bytes

    /// Two numbers in base 128, the lowest digits first.
    private static func bytes(of content: Content) -> [UInt8] {
        var bytes: [UInt8] = []
        for number in [UInt64(max(content.mail.rawValue, 0)), UInt64(max(content.position, 0))] {
            var rest = number
            while rest > 127 {
                bytes.append(UInt8(rest & 127) | 128)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }
        return bytes
    }

    private static func content(of bytes: [UInt8]) -> Content? {
        var numbers: [UInt64] = []
        var number: UInt64 = 0
        var shift: UInt64 = 0
        for byte in bytes {
            guard shift < 63 else { return nil }
            number |= UInt64(byte & 127) << shift
            shift += 7
            if byte < 128 {
                numbers.append(number)
                (number, shift) = (0, 0)
            }
        }
        guard numbers.count == 2, shift == 0, let mail = Int64(exactly: numbers[0]),
            let position = Int(exactly: numbers[1])
        else { return nil }
        return Content(mail: WebMailID(rawValue: mail), position: position)
    }

    /// RFC 4648 §5, without padding.
    private static func text(of bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    /// One spelling alone is read: bits that mean nothing are none.
    private static func bytes(of text: String) -> [UInt8]? {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        let standard = text.replacing("-", with: "+").replacing("_", with: "/") + padding
        guard let data = Data(base64Encoded: standard), Self.text(of: [UInt8](data)) == text else {
            return nil
        }
        return [UInt8](data)
    }
}
