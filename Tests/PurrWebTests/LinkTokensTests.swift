import Crypto
import Foundation
import PurrEngine
import PurrSequences
import PurrStore
import Testing

@Suite("Tokens in links")
struct LinkTokensTests {
    let tokens = LinkTokens(key: SymmetricKey(size: .bits256))
    let content = LinkTokens.Content(mail: WebMailID(rawValue: 1_234_567), position: 3)

    @Test("say what they were made of, to the same key and purpose", arguments: LinkTokens.Purpose.allCases)
    func roundTrip(purpose: LinkTokens.Purpose) {
        for mail in [1, 127, 128, 16_384, Int64.max >> 1] {
            let content = LinkTokens.Content(mail: WebMailID(rawValue: mail), position: Int(mail % 7))
            let token = tokens.token(for: purpose, content)
            #expect(tokens.content(of: token, for: purpose) == content)
            #expect(
                token.utf8.allSatisfy {
                    $0 == 0x2D || $0 == 0x5F || Character(Unicode.Scalar($0)).isLetter
                        || Character(Unicode.Scalar($0)).isNumber
                })
        }
    }

    @Test("M7.3: serve one purpose alone", arguments: LinkTokens.Purpose.allCases)
    func purposes(purpose: LinkTokens.Purpose) {
        let token = tokens.token(for: purpose, content)
        for other in LinkTokens.Purpose.allCases where other != purpose {
            #expect(tokens.content(of: token, for: other) == nil)
        }
    }

    @Test("M7.3: of other people mean nothing")
    func foreignKey() {
        let others = LinkTokens(key: SymmetricKey(size: .bits256))
        #expect(tokens.content(of: others.token(for: .unsubscribe, content), for: .unsubscribe) == nil)
    }

    @Test("M7.3: that are changed in any one letter, cut or lengthened mean nothing")
    func broken() {
        let token = Array(tokens.token(for: .unsubscribe, content))
        let alphabet = Array("ABCabc0189-_=+/.%~é")
        for index in token.indices {
            for letter in alphabet where letter != token[index] {
                var changed = token
                changed[index] = letter
                #expect(tokens.content(of: String(changed), for: .unsubscribe) == nil, "\(index) \(letter)")
            }
            #expect(tokens.content(of: String(token[..<index]), for: .unsubscribe) == nil)
        }
        #expect(tokens.content(of: String(token) + "A", for: .unsubscribe) == nil)
        #expect(tokens.content(of: String(token) + "=", for: .unsubscribe) == nil)
    }

    @Test("M7.3: carry at least 128 bits of signature")
    func signatureLength() throws {
        let token = tokens.token(for: .open, LinkTokens.Content(mail: WebMailID(rawValue: 1)))
        let padded =
            token.replacing("-", with: "+").replacing("_", with: "/")
            + String(repeating: "=", count: (4 - token.utf8.count % 4) % 4)
        let bytes = try #require(Data(base64Encoded: padded))
        // Two numbers below 128 take a byte each.
        #expect((bytes.count - 2) * 8 >= 128)
    }
}
