import Foundation
import PurrEngine
import PurrMail
import Testing

@Suite("Signing in with a provider")
struct SignInTests {
    static let now = Date(timeIntervalSince1970: 1_790_000_000)

    private func answer(_ status: Int, _ body: String) -> TokenAnswer {
        TokenAnswer(status: status, body: Array(body.utf8), refreshToken: "old", now: Self.now)
    }

    @Test("an answer keeps the refresh token where no new one comes, and takes the new one where it does")
    func rotation() throws {
        guard case .tokens(let kept, _) = answer(200, #"{"access_token":"a","expires_in":"3600"}"#),
            case .tokens(let rotated, _) = answer(200, #"{"access_token":"a","refresh_token":"new"}"#)
        else { throw Unexpected() }
        #expect(kept.refreshToken == "old")
        #expect(kept.expiresAt == Self.now + 3_600)
        #expect(rotated.refreshToken == "new")
    }

    @Test("an id token says whose account it is")
    func account() throws {
        let claims = Data(#"{"email":"kari@example.org"}"#.utf8).base64EncodedString().replacing(
            "=", with: "")
        guard
            case .tokens(_, let account) = answer(
                200, #"{"access_token":"a","id_token":"e30.\#(claims).x"}"#)
        else { throw Unexpected() }
        #expect(account == "kari@example.org")
    }

    @Test(
        "other answers are told apart",
        arguments: [
            (200, "<html>", TokenAnswer.unusable("it answered 200 with something that is no JSON")),
            (200, "{}", .unusable("it answered 200 without an access token")),
            (200, #"{"access_token":"a b"}"#, .unusable("it answered 200 without an access token")),
            (
                200, #"{"access_token":"a","token_type":"mac"}"#,
                .unusable("it gave a token that is no bearer token")
            ),
            (400, #"{"error":"authorization_pending"}"#, .pending),
            (400, #"{"error":"slow_down"}"#, .slowDown),
            (
                503, #"{"error":"temporarily_unavailable"}"#,
                .unusable("it answered 503 (temporarily_unavailable)")
            ),
            (
                400,
                "{\"error\":\"invalid_grant\",\"error_description\":\"AADSTS70008: expired\\r\\nTrace\\u001b[2J\"}",
                .refused(.init(code: "invalid_grant", text: "AADSTS70008: expired"))
            ),
        ] as [(Int, String, TokenAnswer)])
    func kinds(status: Int, body: String, expected: TokenAnswer) {
        #expect(answer(status, body) == expected)
    }

    @Test("tokens are renewed ten minutes early, and short ones after four fifths of their life")
    func renewal() {
        func tokens(_ life: TimeInterval) -> OAuthTokens {
            OAuthTokens(
                accessToken: "a", refreshToken: "r", receivedAt: Self.now, expiresAt: Self.now + life)
        }
        #expect(!tokens(3_600).isDue(at: Self.now + 2_999))
        #expect(tokens(3_600).isDue(at: Self.now + 3_000))
        #expect(tokens(10).isDue(at: Self.now + 8))
        #expect(!tokens(10).isDue(at: Self.now + 7))
    }

    @Test(
        "only the redirect that was asked for counts",
        arguments: [
            ("/?code=abc&state=right", AuthorizationRedirect.code("abc")),
            ("/?state=right&code=a%2Fb+c", .code("a/b c")),
            ("/?code=abc&state=wrong", .foreign), ("/?code=abc&state=", .foreign), ("/?code=abc", .foreign),
            ("/?code=abc&code=def&state=right", .foreign), ("/?state=right", .foreign),
            ("/favicon.ico", .foreign),
            ("/other?code=abc&state=right", .foreign), ("/?code=%zz&state=right", .foreign), ("", .foreign),
            (
                "/?error=access_denied&error_description=no+thanks&state=right",
                .refused(.init(code: "access_denied", text: "no thanks"))
            ),
        ])
    func redirect(target: String, expected: AuthorizationRedirect) {
        #expect(AuthorizationRedirect(target: target, state: "right") == expected)
    }

    @Test("the proof key is RFC 7636's own example")
    func proofKey() {
        // Appendix B: the octets whose base64url is the verifier.
        let octets: [UInt8] = [
            116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77,
            105, 214, 191,
            240, 91, 88, 5, 88, 83, 132, 141, 121,
        ]
        var numbers = Replayed(bytes: octets)
        let key = ProofKey(using: &numbers)
        #expect(key.verifier == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        #expect(key.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    }

    @Test("nothing that prints shows a secret")
    func redaction() {
        let client = OAuthClient.google(clientID: "id", secret: "s3cret")
        let tokens = OAuthTokens(
            accessToken: "s3cret", refreshToken: "s3cret", receivedAt: Self.now, expiresAt: Self.now)
        var dumped = ""
        dump(client, to: &dumped)
        dump(tokens, to: &dumped)
        #expect(!"\(client) \(tokens) \(String(reflecting: client)) \(dumped)".contains("s3cret"))
    }

    private struct Unexpected: Error {}
}

/// Gives given bytes, one a question.
private struct Replayed: RandomNumberGenerator {
    var bytes: [UInt8]
    mutating func next() -> UInt64 { UInt64(bytes.isEmpty ? 0 : bytes.removeFirst()) }
}
