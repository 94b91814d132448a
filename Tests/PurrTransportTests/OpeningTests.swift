import Foundation
import MailServers
import PurrMail
import PurrTransport
import Testing

@Suite("Opening a connection")
struct OpeningTests {
    /// A server that misbehaves, and what must come of it.
    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var proto = MailStream.MailProtocol.imap
        var security = Endpoint.Security.tls
        var certificate = TestCertificates.Kind.good
        var transcript: String
        var expected: MailServerFailure.Reason
        /// A part of the text that a person gets to read.
        var says = ""
    }

    static let certificates: [Example] = MailStream.MailProtocol.allTested.flatMap { proto in
        [TestCertificates.Kind.expired, .wrongHost, .selfSigned].flatMap { kind in
            [
                Example(
                    testDescription: "\(proto.rawValue)s with a certificate that is \(kind)", proto: proto,
                    certificate: kind, transcript: "TLS", expected: .certificate),
                Example(
                    testDescription: "\(proto.rawValue) and STARTTLS with a certificate that is \(kind)",
                    proto: proto,
                    security: .starttls, certificate: kind, transcript: startTLS(proto) + "TLS",
                    expected: .certificate),
            ]
        }
    }

    static func startTLS(_ proto: MailStream.MailProtocol) -> String {
        switch proto {
        case .imap:
            """
            S: * OK ready
            C: … CAPABILITY
            S: * CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN
            S: {tag} OK done
            C: … STARTTLS
            S: {tag} OK begin

            """
        case .smtp:
            """
            S: 220 ready
            C: EHLO …
            S: 250-mail.test
            S: 250-AUTH PLAIN
            S: 250 STARTTLS
            C: STARTTLS
            S: 220 begin

            """
        }
    }

    static let stripped: [Example] = [
        Example(
            testDescription: "IMAP without STARTTLS", security: .starttls,
            transcript: """
                S: * OK ready
                C: … CAPABILITY
                S: * CAPABILITY IMAP4rev1 AUTH=PLAIN
                S: {tag} OK done
                """, expected: .noTLS, says: "STARTTLS"),
        Example(
            testDescription: "IMAP that refuses STARTTLS", security: .starttls,
            transcript: """
                S: * OK ready
                C: … CAPABILITY
                S: * CAPABILITY IMAP4rev1 STARTTLS
                S: {tag} OK done
                C: … STARTTLS
                S: {tag} NO not today
                """, expected: .noTLS),
        Example(
            testDescription: "IMAP with PREAUTH, where STARTTLS is not allowed any more",
            security: .starttls,
            transcript: """
                S: * PREAUTH welcome
                C: … CAPABILITY
                S: * CAPABILITY IMAP4rev1 STARTTLS
                S: {tag} OK done
                """, expected: .noTLS),
        Example(
            testDescription: "IMAP that puts words of its own after STARTTLS", security: .starttls,
            transcript: """
                S: * OK ready
                C: … CAPABILITY
                S: * CAPABILITY IMAP4rev1 STARTTLS
                S: {tag} OK done
                C: … STARTTLS
                S: {tag} OK begin
                S: * CAPABILITY IMAP4rev1 AUTH=PLAIN
                TLS
                """, expected: .protocolViolation),
        Example(
            testDescription: "SMTP without STARTTLS", proto: .smtp, security: .starttls,
            transcript: """
                S: 220 ready
                C: EHLO …
                S: 250-mail.test
                S: 250 AUTH PLAIN
                """, expected: .noTLS, says: "STARTTLS"),
        Example(
            testDescription: "SMTP that refuses STARTTLS", proto: .smtp, security: .starttls,
            transcript: """
                S: 220 ready
                C: EHLO …
                S: 250-mail.test
                S: 250 STARTTLS
                C: STARTTLS
                S: 454 4.7.0 not today
                """, expected: .noTLS),
        Example(
            testDescription: "SMTP that puts words of its own after STARTTLS", proto: .smtp,
            security: .starttls,
            transcript: """
                S: 220 ready
                C: EHLO …
                S: 250-mail.test
                S: 250 STARTTLS
                C: STARTTLS
                S: 220 begin
                S: 250-mail.test
                S: 250 AUTH PLAIN
                TLS
                """, expected: .protocolViolation),
        Example(
            testDescription: "SMTP that knows no EHLO, on the port with STARTTLS", proto: .smtp,
            security: .starttls,
            transcript: """
                S: 220 ready
                C: EHLO …
                S: 502 unknown
                C: HELO …
                S: 250 hello
                """, expected: .noTLS),
        Example(
            testDescription: "a server that speaks no TLS on the port for TLS",
            transcript: "S: * OK ready", expected: .noTLS),
        Example(
            testDescription: "a server that hangs up in the handshake", transcript: "CLOSE",
            expected: .unreachable),
        Example(
            testDescription: "a server that resets in the handshake", transcript: "PAUSE 20\nRESET",
            expected: .unreachable),
    ]

    @Test("leaves no byte of the credential with whom it cannot trust", arguments: certificates + stripped)
    func untrusted(_ example: Example) async {
        let server = ScriptedServer(
            example.transcript, example.transcript, certificate: example.certificate)
        let outcome = await MailStream.opening(endpoint(server, example.security), as: example.proto)
        #expect(outcome.failure?.reason == example.expected, "\(outcome)")
        #expect(
            outcome.failure.map { example.says.isEmpty || $0.text.contains(example.says) } == true,
            "\(outcome)")
        let sent = server.recordSoFar
        #expect(!sent.everything.contains("AUTH PLAIN") && !sent.everything.contains("AUTHENTICATE"))
        for secret in [
            "s3cret-w0rd", "kari", Data("\0kari@example.org\0s3cret-w0rd".utf8).base64EncodedString(),
        ] {
            #expect(!sent.everything.contains(secret))
        }
        #expect(sent.connections == 1)
    }

    @Test(
        "refuses what would become a command of its own, before it connects",
        arguments: ["pass\r\nA9 DELETE INBOX", "pass\0", "", "tab\tbed"])
    func controlCharacters(password: String) async {
        let server = ScriptedServer("TLS")
        for credential in [
            Credential.password(user: "kari", password: password), .password(user: password, password: "x"),
            .bearer(user: "kari", token: password, mechanism: .either),
        ] {
            let outcome = await MailStream.opening(endpoint(server), as: .imap, credential: credential)
            #expect(outcome.failure?.reason == .configuration)
        }
        #expect(server.recordSoFar.connections == 0)
    }

    @Test(
        "refuses a host that is more than a host",
        arguments: ["", "a/b", "a@b", "a b", "a?b", "a#b", "é.test"])
    func hosts(host: String) async {
        let outcome = await MailStream.opening(Endpoint(host: host, port: 993, security: .tls), as: .imap)
        #expect(outcome.failure?.reason == .configuration)
    }

    @Test("trusts the system's authorities, and no other, unless it is told to")
    func systemAuthorities() async {
        let server = ScriptedServer("TLS")
        let outcome = await MailStream.opening(
            Endpoint(host: "127.0.0.1", port: server.port, security: .tls), as: .imap)
        #expect(outcome.failure?.reason == .certificate)
        let missing = Endpoint(
            host: "127.0.0.1", port: server.port, security: .tls, caFile: "/nowhere/ca.pem")
        #expect(await MailStream.opening(missing, as: .imap).failure?.reason == .configuration)
    }

    @Test("gives up on a server that says nothing")
    func silence() async {
        let server = ScriptedServer("STALL")
        let outcome = await MailStream.opening(endpoint(server), as: .imap, within: .milliseconds(300))
        #expect(outcome.failure?.reason == .unreachable)
    }

    @Test("ends when it is cancelled")
    func cancelled() async {
        let server = ScriptedServer("TLS\nSTALL")
        let cancellation = Cancellation()
        async let outcome = MailStream.opening(endpoint(server), as: .imap, cancellation: cancellation)
        while server.recordSoFar.connections == 0 { await Task.yield() }
        cancellation.cancel()
        #expect(await outcome.failure?.reason == .cancelled)
    }

    @Test("says nothing by itself at the end")
    func silentEnd() async throws {
        let server = ScriptedServer(Transcript.smtpLogin())
        let stream = try await MailStream.opening(endpoint(server), as: .smtp).get()
        stream.drop()
        let record = await server.finish()
        #expect(record.deviations.isEmpty)
        #expect(!record.everything.contains("QUIT"))
        #expect(!record.everything.contains(ProcessInfo.processInfo.hostName))
    }

    @Test("nobody there is something to try again")
    func refused() async {
        let server = ScriptedServer()
        let port = server.port
        _ = consume server
        let gone = Endpoint(host: "127.0.0.1", port: port, security: .tls)
        #expect(await MailStream.opening(gone, as: .imap).failure?.reason == .unreachable)
        let unknown = Endpoint(host: "nowhere.invalid", port: 993, security: .tls)
        #expect(await MailStream.opening(unknown, as: .imap).failure?.reason == .unreachable)
    }
}

extension MailStream.MailProtocol {
    static let allTested: [MailStream.MailProtocol] = [.imap, .smtp]
}
