import Foundation
import MailServers
import PurrMail
import PurrTransport
import Testing

@Suite("Logging in")
struct LoginTests {
    static let answers: [OpeningTests.Example] = [
        .init(
            testDescription: "IMAP with PREAUTH: somebody else's mailbox, for all we know",
            transcript: """
                TLS
                S: * PREAUTH welcome
                C: … CAPABILITY
                S: * CAPABILITY IMAP4rev1
                S: {tag} OK done
                """, expected: .configuration, says: "PREAUTH"),
        .init(
            testDescription: "IMAP with LOGINDISABLED and nothing else",
            transcript: """
                TLS
                S: * OK ready
                C: … CAPABILITY
                S: * CAPABILITY IMAP4rev1 LOGINDISABLED
                S: {tag} OK done
                """, expected: .configuration, says: "no way to log in"),
        .init(
            testDescription: "IMAP, wrong password",
            transcript: """
                TLS
                S: * OK ready
                C: … CAPABILITY
                S: * CAPABILITY IMAP4rev1 AUTH=PLAIN
                S: {tag} OK done
                C: … AUTHENTICATE PLAIN
                S: +
                C: …
                S: {tag} NO [AUTHENTICATIONFAILED] No such luck
                """, expected: .loginRefused, says: "[AUTHENTICATIONFAILED] No such luck"),
        .init(
            testDescription: "IMAP whose accounts are out of order for now",
            transcript: """
                TLS
                S: * OK ready
                C: … CAPABILITY
                S: * CAPABILITY IMAP4rev1 AUTH=PLAIN
                S: {tag} OK done
                C: … AUTHENTICATE PLAIN
                S: +
                C: …
                S: {tag} NO [UNAVAILABLE] Try later
                """, expected: .unreachable, says: "Try later"),
        .init(
            testDescription: "IMAP that is full", transcript: "TLS\nS: * BYE too many connections",
            expected: .unreachable, says: ""),
        .init(
            testDescription: "IMAP that repeats the password in its refusal",
            transcript: """
                TLS
                S: * OK ready
                C: … CAPABILITY
                S: * CAPABILITY IMAP4rev1 AUTH=PLAIN
                S: {tag} OK done
                C: … AUTHENTICATE PLAIN
                S: +
                C: …
                S: {tag} NO wrong: s3cret-w0rd
                """, expected: .loginRefused, says: "wrong: …"),
        .init(
            testDescription: "SMTP, wrong password", proto: .smtp,
            transcript: """
                TLS
                S: 220 ready
                C: EHLO …
                S: 250-mail.test
                S: 250 AUTH PLAIN
                C: AUTH PLAIN
                S: 334
                C: …
                S: 535 5.7.8 No such luck
                """, expected: .loginRefused, says: "535 5.7.8 No such luck"),
        .init(
            testDescription: "SMTP whose accounts are out of order for now", proto: .smtp,
            transcript: """
                TLS
                S: 220 ready
                C: EHLO …
                S: 250-mail.test
                S: 250 AUTH PLAIN
                C: AUTH PLAIN
                S: 454 4.7.0 Try later
                """, expected: .unreachable, says: "Try later"),
        .init(
            testDescription: "SMTP that knows no AUTH", proto: .smtp,
            transcript: """
                TLS
                S: 220 ready
                C: EHLO …
                S: 250-mail.test
                S: 250 SIZE 1000
                """, expected: .configuration, says: "no way to log in"),
        .init(
            testDescription: "SMTP that knows no EHLO, on the port for TLS", proto: .smtp,
            transcript: """
                TLS
                S: 220 ready
                C: EHLO …
                S: 502 unknown
                C: HELO …
                S: 250 hello
                """, expected: .configuration, says: "no way to log in"),
        .init(
            testDescription: "SMTP that greets with a refusal", proto: .smtp,
            transcript: "TLS\nS: 554 5.7.1 Not you", expected: .refused, says: "Not you"),
        .init(
            testDescription: "SMTP that is busy", proto: .smtp, transcript: "TLS\nS: 421 4.3.2 Busy",
            expected: .unreachable, says: "Busy"),
        .init(
            testDescription: "a server that hangs up after the handshake", transcript: "TLS\nCLOSE",
            expected: .unreachable),
        .init(
            testDescription: "a server without an end to its first line", transcript: "TLS\nRAW {200000*x}",
            expected: .unreachable),
        .init(
            testDescription: "a server whose greeting never ends",
            transcript: "TLS\n" + String(repeating: "RAW 220-{4000*x}\\r\\n\n", count: 40),
            expected: .protocolViolation),
    ]

    @Test("tells what can be done about it", arguments: answers)
    func tellsApart(_ example: OpeningTests.Example) async {
        let server = ScriptedServer(
            example.transcript, example.transcript, certificate: example.certificate)
        let outcome = await MailStream.opening(endpoint(server, example.security), as: example.proto)
        #expect(outcome.failure?.reason == example.expected, "\(outcome)")
        #expect(
            outcome.failure.map { example.says.isEmpty || $0.text.contains(example.says) } == true,
            "\(outcome)")
        #expect(outcome.failure?.text.contains("s3cret-w0rd") == false)
    }

    @Test("uses the way to log in that the server has")
    func mechanisms() async throws {
        let loginOnly = """
            TLS
            S: * OK ready
            C: … CAPABILITY
            S: * CAPABILITY IMAP4rev1
            S: {tag} OK done

            """
        // The first attempt finds neither AUTH=PLAIN nor AUTH=LOGIN; the second takes the LOGIN command.
        let server = ScriptedServer(
            loginOnly, loginOnly + "C: … LOGIN kari@example.org s3cret-w0rd\nS: {tag} OK welcome")
        let stream = try await MailStream.opening(endpoint(server), as: .imap).get()
        #expect(stream.opening.last == "A002 OK welcome")
        stream.drop()
        #expect(await server.finish().deviations.isEmpty)
    }

    @Test(
        "presents a token, and never a password",
        arguments: [
            (Credential.BearerMechanism.xoauth2, "AUTH=PLAIN AUTH=XOAUTH2 AUTH=OAUTHBEARER", "XOAUTH2"),
            (.oauthbearer, "AUTH=PLAIN AUTH=XOAUTH2 AUTH=OAUTHBEARER", "OAUTHBEARER"),
            (.either, "AUTH=PLAIN AUTH=XOAUTH2", "XOAUTH2"),
            (.either, "AUTH=PLAIN AUTH=OAUTHBEARER", "OAUTHBEARER"),
        ])
    func tokens(mechanism: Credential.BearerMechanism, offered: String, expected: String) async throws {
        let server = ScriptedServer(
            """
            TLS
            S: * OK ready
            C: … CAPABILITY
            S: * CAPABILITY IMAP4rev1 \(offered)
            S: {tag} OK done
            C: … AUTHENTICATE \(expected)
            S: +
            C: …
            S: {tag} OK welcome
            """)
        let credential = Credential.bearer(user: "kari@example.org", token: "t0ken", mechanism: mechanism)
        let stream = try await MailStream.opening(endpoint(server), as: .imap, credential: credential).get()
        stream.drop()
        let record = await server.finish()
        #expect(record.deviations.isEmpty)
        let proof = Data(base64Encoded: record.lines.last ?? "") ?? Data()
        #expect(String(decoding: proof, as: UTF8.self).contains("auth=Bearer t0ken"))
    }

    @Test("gives a token to nobody who only takes passwords")
    func tokenWithoutTaker() async {
        let server = ScriptedServer(
            """
            TLS
            S: * OK ready
            C: … CAPABILITY
            S: * CAPABILITY IMAP4rev1 AUTH=PLAIN
            S: {tag} OK done
            """)
        let credential = Credential.bearer(user: "kari@example.org", token: "t0ken", mechanism: .either)
        let outcome = await MailStream.opening(endpoint(server), as: .imap, credential: credential)
        #expect(outcome.failure?.reason == .configuration)
        let record = await server.finish()
        #expect(!record.everything.contains("t0ken"))
    }
}
