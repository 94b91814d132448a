import PurrTransport
import Testing

@Suite("Credentials")
struct CredentialTests {
    struct Holder { let credential: Credential }

    @Test(
        "never show their secret",
        arguments: [
            Credential.password(user: "kari", password: "s3cret"),
            .bearer(user: "kari", token: "s3cret", mechanism: .xoauth2),
        ])
    func redaction(credential: Credential) {
        var dumped = ""
        dump(Holder(credential: credential), to: &dumped)
        dump(credential, to: &dumped)
        let shown = [
            "\(credential)", String(reflecting: credential), "\(Holder(credential: credential))",
            String(reflecting: [credential]), dumped,
        ]
        for text in shown {
            #expect(!text.contains("s3cret"))
            #expect(text.contains("kari"))
        }
    }
}
