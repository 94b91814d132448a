import MailServers
import PurrTransport
import Testing

@Suite("An HTTP request")
struct HTTPRequestTests {
    /// Asks a scripted server, over TLS unless said otherwise.
    private func ask(
        _ transcript: String, certificate: TestCertificates.Kind = .good, limit: Int = 1_000,
        _ request: @escaping @Sendable (String) -> HTTPRequest = {
            HTTPRequest(.get, $0 + "/token?x=1", caFile: TestCertificates.authority)
        }
    ) async -> (Result<HTTPResponse, HTTPFailure>, ScriptedServer.Record) {
        let server = ScriptedServer(transcript, certificate: certificate)
        let url = "https://127.0.0.1:\(server.port)"
        let answer: Result<HTTPResponse, HTTPFailure> = await pool.perform {
            do throws(HTTPFailure) {
                return .success(try request(url).perform(within: .seconds(5), limit: limit))
            } catch { return .failure(error) }
        }
        return (answer, await server.finish())
    }

    @Test("posts a form and reads status, fields and body")
    func form() async throws {
        let (answer, _) = await ask(
            """
            TLS
            C: POST /token HTTP/1.1
            READ 20
            S: HTTP/1.1 400 Bad Request
            S: Content-Type: application/json
            S: Content-Length: 3
            RAW \\r\\nabc
            """
        ) {
            .form($0 + "/token", [("grant_type", "a b"), ("c", "ø&=")], caFile: TestCertificates.authority)
        }
        let response = try answer.get()
        #expect(response.status == 400)
        #expect(response.headers["content-type"] == "application/json")
        #expect(response.body == Array("abc".utf8))

        #expect(
            HTTPRequest.encoded([("grant_type", "a b"), ("c", "ø&=")]) == "grant_type=a%20b&c=%C3%B8%26%3D")
    }

    @Test("follows no redirect")
    func redirect() async throws {
        let (answer, record) = await ask(
            """
            TLS
            C: GET /token?x=1 HTTP/1.1
            S: HTTP/1.1 302 Found
            S: Location: http://127.0.0.1:1/
            S: Content-Length: 0
            RAW \\r\\n
            """)
        #expect(try answer.get().status == 302)
        #expect(record.connections == 1)
    }

    @Test("gives up an answer that is too long")
    func tooLong() async throws {
        let (answer, _) = await ask(
            """
            TLS
            C: GET /token?x=1 HTTP/1.1
            S: HTTP/1.1 200 OK
            S: Content-Length: 2000
            RAW \\r\\n{2000*x}
            CLOSE
            """)
        #expect(throws: HTTPFailure.self) { try answer.get() }
        #expect(answer.failure?.reason == .unusableAnswer)
    }

    @Test("says nothing to a server whose certificate does not verify")
    func certificate() async throws {
        let (answer, _) = await ask("TLS", certificate: .selfSigned)
        #expect(answer.failure?.reason == .certificate)
        #expect(answer.failure?.text.contains("x=1") == false)
    }

    @Test(
        "asks https, and http on this machine alone",
        arguments: [
            ("https://id.example.org/token", true), ("HTTPS://id.example.org", true),
            ("http://127.0.0.1:8080/x", true), ("http://localhost/x", true), ("http://[::1]:8/x", true),
            ("http://id.example.org/token", false), ("http://127.0.0.1.example.org/", false),
            ("http://127.0.0.1@example.org/", false), ("https://kari:secret@example.org/", false),
            ("file:///etc/passwd", false), ("https://", false), ("https:/example.org", false),
            ("https://example.org/a b", false), ("https://example.org/\r\nX: y", false), ("", false),
        ])
    func allowed(url: String, isAllowed: Bool) {
        #expect(HTTPRequest(.get, url).isAllowed == isAllowed)
    }
}

extension Result where Failure == HTTPFailure {
    fileprivate var failure: HTTPFailure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
