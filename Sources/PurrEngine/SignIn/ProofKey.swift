internal import Crypto
internal import Foundation

/// A proof key for the code exchange (RFC 7636): who stole the code cannot use it.
package struct ProofKey: Sendable, Hashable {
    /// 43 characters of base64url: 256 bits.
    package let verifier: String

    package init(using generator: inout some RandomNumberGenerator) {
        verifier = Self.word(using: &generator)
    }

    /// The verifier's SHA-256 in base64url, which may be seen by anybody.
    package var challenge: String { Data(SHA256.hash(data: Data(verifier.utf8))).base64URL }

    /// 256 random bits as a word for a URL.
    package static func word(using generator: inout some RandomNumberGenerator) -> String {
        Data((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }).base64URL
    }
}

extension Data {
    /// base64url without padding (RFC 4648 §5).
    var base64URL: String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    init?(base64URL text: some StringProtocol) {
        let plain = String(text).replacing("-", with: "+").replacing("_", with: "/")
        self.init(base64Encoded: plain + String(repeating: "=", count: (4 - plain.count % 4) % 4))
    }
}
