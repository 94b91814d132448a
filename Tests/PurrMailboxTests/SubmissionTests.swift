import Foundation
import MailServers
import PurrMail
import PurrMailbox
import PurrTransport
import Testing

@Suite("Submitting a mail")
struct SubmissionTests {
    static let mail = "C: MAIL FROM:<kari@example.org>\nS: 250 ok\n"
    static let recipient = "C: RCPT TO:<ola@example.com>\nS: 250 ok\n"
    static let data = "C: DATA\nS: 354 go\n"
    static let opened = mail + recipient + data
    static let bytes = Array("Subject: x\r\n\r\nOne\r\n.two\r\n.\r\nthree\r\n".utf8)
    /// More than the sockets' buffers hold: the server sees the first of it before the last is handed over.
    static let big = Array(
        ("Subject: x\r\n\r\n" + String(repeating: "All work and no play\r\n", count: 400_000)).utf8)

    /// One mail from opening to verdict, as the two verdicts.
    static func submit(
        _ connection: SubmissionConnection, _ bytes: [UInt8] = bytes
    ) -> (opening: OpeningVerdict, delivery: DeliveryVerdict?) {
        guard let from = EmailAddress("kari@example.org"), let to = EmailAddress("ola@example.com") else {
            preconditionFailure("The test's own addresses are good")
        }
        let opening = connection.open(from: from, to: to, size: bytes.count)
        return (opening, opening == .ready ? connection.deliver(bytes) : nil)
    }

    private func submit(
        _ transcript: String, extensions: String = "8BITMIME", bytes: [UInt8] = bytes,
        patience: Duration = .seconds(8)
    ) async throws -> (
        opening: OpeningVerdict, delivery: DeliveryVerdict?, isUsable: Bool, record: ScriptedServer.Record
    ) {
        let server = ScriptedServer(Transcript.smtpLogin(extensions) + transcript)
        let result = try await blocking { () throws(MailServerFailure) in
            let connection = try SubmissionConnection.scripted(
                server, patience: .init(command: patience, body: patience, finalReply: patience))
            let (opening, delivery) = Self.submit(connection, bytes)
            return (opening, delivery, connection.isUsable)
        }
        return (result.0, result.1, result.2, await server.finish())
    }

    /// What a fault must come to.
    enum Verdict: Equatable, Sendable {
        case refused(SubmissionStage, Int)
        case failed(MailServerFailure.Reason)
        case accepted(String)
        case rejected(Int)
        case notAccepted(MailServerFailure.Reason)
        case unknown(MailServerFailure.Reason)
    }

    static func verdict(_ opening: OpeningVerdict, _ delivery: DeliveryVerdict?) -> Verdict {
        switch (opening, delivery) {
        case (.refused(let stage, let reply), _): .refused(stage, reply.code)
        case (.failed(let failure), _): .failed(failure.reason)
        case (.ready, .accepted(let reply)?): .accepted(reply.text)
        case (.ready, .refused(let reply)?): .rejected(reply.code)
        case (.ready, .notAccepted(let failure)?): .notAccepted(failure.reason)
        case (.ready, .unknown(let failure)?): .unknown(failure.reason)
        case (.ready, nil): preconditionFailure("A mail that is ready is delivered")
        }
    }

    struct Fault: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var transcript: String
        var expected: Verdict
        var isUsable = false
        var bytes = SubmissionTests.bytes
    }

    /// Each way of breaking, at each stage before 354.
    static let early: [Fault] =
        early("MAIL", at: .mail, after: "") + early("RCPT", at: .recipient, after: mail)
        + early("DATA", at: .data, after: mail + recipient)

    private static func early(_ command: String, at stage: SubmissionStage, after before: String) -> [Fault]
    {
        let asked = before + "C: \(command)…\n"
        let cases: [(String, String, Verdict, Bool)] = [
            ("reset", "RESET", .failed(.unreachable), false),
            ("closed", "CLOSE", .failed(.unreachable), false),
            ("stalled", "STALL", .failed(.limit), false),
            ("half a line and closed", "RAW 250 o\nCLOSE", .failed(.unreachable), false),
            ("4xx", "S: 450 4.2.0 later", .refused(stage, 450), true),
            ("5xx in two lines", "S: 550-5.1.1 no\nS: 550 such", .refused(stage, 550), true),
            ("421", "S: 421 4.3.2 closing\nCLOSE", .refused(stage, 421), false),
            ("334, out of place", "S: 334 what", .failed(.protocolViolation), false),
            ("garbage", "S: HTTP/1.1 200 OK", .failed(.protocolViolation), false),
            ("a line without end", "RAW 250 {100000*x}\nSTALL", .failed(.limit), false),
            ("lines without end", "RAW {10000*250-more\\r\\n}\nSTALL", .failed(.limit), false),
        ]
        return cases.map { name, answer, expected, isUsable in
            Fault(
                testDescription: "\(command): \(name)", transcript: asked + answer, expected: expected,
                isUsable: isUsable)
        }
    }

    /// Each way of breaking in the body and after the final dot.
    static let late: [Fault] = [
        Fault(
            testDescription: "354 and something unasked for",
            transcript: mail + recipient + "C: DATA\nS: 354 go\nS: 250 ha",
            expected: .notAccepted(.protocolViolation)),
        Fault(
            testDescription: "354 and a farewell",
            transcript: mail + recipient + "C: DATA\nS: 354 go\nS: 421 bye",
            expected: .rejected(421)),
        Fault(
            testDescription: "body: reset", transcript: opened + "READ 50000\nRESET",
            expected: .notAccepted(.unreachable), bytes: big),
        Fault(
            testDescription: "body: closed", transcript: opened + "READ 50000\nCLOSE",
            expected: .notAccepted(.unreachable), bytes: big),
        Fault(
            testDescription: "body: stalled", transcript: opened + "READ 50000\nFREEZE",
            expected: .notAccepted(.limit), bytes: big),
        Fault(
            testDescription: "body: 250 before its end",
            transcript: opened + "READ 50000\nS: 250 ok\nSTALL",
            expected: .notAccepted(.protocolViolation), bytes: big),
        Fault(
            testDescription: "dot: reset", transcript: opened + "BODY\nRESET",
            expected: .unknown(.unreachable)),
        Fault(
            testDescription: "dot: closed", transcript: opened + "BODY\nCLOSE",
            expected: .unknown(.unreachable)),
        Fault(
            testDescription: "dot: stalled", transcript: opened + "BODY\nSTALL", expected: .unknown(.limit)),
        Fault(
            testDescription: "dot: half a line", transcript: opened + "BODY\nRAW 250 2.0.0 o\nCLOSE",
            expected: .unknown(.unreachable)),
        Fault(
            testDescription: "dot: half a reply",
            transcript: opened + "BODY\nRAW 250-2.0.0 ok\\r\\n\nCLOSE",
            expected: .unknown(.unreachable)),
        Fault(
            testDescription: "dot: garbage", transcript: opened + "BODY\nS: ok then",
            expected: .unknown(.protocolViolation)),
        Fault(
            testDescription: "dot: 354 once more", transcript: opened + "BODY\nS: 354 go on",
            expected: .unknown(.protocolViolation)),
        Fault(
            testDescription: "dot: a line without end",
            transcript: opened + "BODY\nRAW 250 {100000*x}\nSTALL",
            expected: .unknown(.limit)),
        Fault(
            testDescription: "dot: 4xx", transcript: opened + "BODY\nS: 451 4.3.0 later",
            expected: .rejected(451), isUsable: true),
        Fault(
            testDescription: "dot: 5xx", transcript: opened + "BODY\nS: 554 5.7.1 spam",
            expected: .rejected(554), isUsable: true),
        Fault(
            testDescription: "dot: 421", transcript: opened + "BODY\nS: 421 4.3.2 closing\nCLOSE",
            expected: .rejected(421)),
        Fault(
            testDescription: "dot: 250 in two lines",
            transcript: opened + "BODY\nS: 250-2.0.0 queued\nS: 250 as 4F",
            expected: .accepted("2.0.0 queued as 4F"), isUsable: true),
        Fault(
            testDescription: "dot: 250 without a word", transcript: opened + "BODY\nS: 250",
            expected: .accepted(""), isUsable: true),
        Fault(
            testDescription: "dot: 250, and the connection is gone",
            transcript: opened + "BODY\nS: 250 ok\nRESET",
            expected: .accepted("ok"), isUsable: true),
        Fault(
            testDescription: "a body of many lines", transcript: opened + "BODY\nS: 250 ok",
            expected: .accepted("ok"),
            isUsable: true, bytes: Array(big.prefix(200_000))),
    ]

    @Test("comes to the right verdict wherever it breaks", arguments: early + late)
    func faults(_ fault: Fault) async throws {
        let isOverdue = [.failed(.limit), .notAccepted(.limit), .unknown(.limit)].contains(fault.expected)
        let (opening, delivery, isUsable, record) = try await submit(
            fault.transcript, bytes: fault.bytes, patience: isOverdue ? .milliseconds(600) : .seconds(8))
        #expect(
            Self.verdict(opening, delivery) == fault.expected,
            "\(opening) \(String(describing: delivery)) \(record.deviations)")
        #expect(isUsable == fault.isUsable)
        // What was not accepted never ended with a dot.
        if case .notAccepted = delivery { #expect(record.bodies.isEmpty) }
    }

    @Test("says why the server broke off in the middle, when it said so")
    func lastWords() async throws {
        // Words, then the end of the connection, while the body is still being sent.
        let (opening, delivery, _, _) = try await submit(
            Self.opened + "READ 50000\nS: 552 5.3.4 too big\nFREEZE", bytes: Self.big,
            patience: .milliseconds(600))
        #expect(Self.verdict(opening, delivery) == .rejected(552))
    }

    struct Body: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var given: String
        var arrives: String
    }

    @Test(
        "hands over the bytes as they are",
        arguments: [
            Body(
                testDescription: "with dots", given: "A: b\r\n\r\n.\r\n..\r\n.x\r\n",
                arrives: "A: b\r\n\r\n..\r\n...\r\n..x\r\n"),
            Body(testDescription: "beginning with a dot", given: ".\r\nx\r\n", arrives: "..\r\nx\r\n"),
            Body(
                testDescription: "without a last line end", given: "A: b\r\n\r\nx",
                arrives: "A: b\r\n\r\nx\r\n"),
            Body(
                testDescription: "with empty lines at the end", given: "A: b\r\n\r\nx\r\n\r\n",
                arrives: "A: b\r\n\r\nx\r\n\r\n"),
            Body(
                testDescription: "except a smuggled end of data",
                given: "A: b\r\n\r\nx\n.\nMAIL FROM:<a@b.test>\r.\r\r\n",
                arrives: "A: b\r\n\r\nx\r\n..\r\nMAIL FROM:<a@b.test>\r\n..\r\n\r\n"),
            Body(
                testDescription: "all 8 bits of them, and NUL", given: "A: b\r\n\r\nblåbær\0\r\n",
                arrives: "A: b\r\n\r\nblåbær\0\r\n"),
        ])
    func body(_ body: Body) async throws {
        let (opening, delivery, _, record) = try await submit(
            Self.opened + "BODY\nS: 250 ok", bytes: Array(body.given.utf8))
        #expect(Self.verdict(opening, delivery) == .accepted("ok"))
        #expect(record.bodies.map { String(decoding: $0, as: UTF8.self) } == [body.arrives])
    }

    @Test("declares the size, and refuses by itself what the server would not take")
    func sizes() async throws {
        let mail = "C: MAIL FROM:<kari@example.org> SIZE=\(Self.bytes.count)\nS: 250 ok\n"
        let fits = try await submit(
            mail + Self.recipient + Self.data + "BODY\nS: 250 ok", extensions: "SIZE \(Self.bytes.count)")
        #expect(Self.verdict(fits.opening, fits.delivery) == .accepted("ok"))
        let tooBig = try await submit("C: nothing", extensions: "SIZE \(Self.bytes.count - 1)")
        #expect(Self.verdict(tooBig.opening, tooBig.delivery) == .refused(.mail, 552) && tooBig.isUsable)
        let noLimit = try await submit(
            mail + Self.recipient + Self.data + "BODY\nS: 250 ok", extensions: "SIZE 0")
        #expect(Self.verdict(noLimit.opening, noLimit.delivery) == .accepted("ok"))
    }

    @Test("goes on after refusals on the same connection")
    func reuse() async throws {
        let server = ScriptedServer(
            Transcript.smtpLogin() + Self.mail + "C: RCPT …\nS: 550 5.1.1 unknown\nC: RSET\nS: 250 ok\n"
                + Self.opened
                + "BODY\nS: 250 first\n" + Self.opened + "BODY\nS: 550 no\nC: RSET\nS: 250 ok\n"
                + Self.opened
                + "BODY\nS: 250 second\nC: QUIT")
        let verdicts = try await blocking { () throws(MailServerFailure) in
            let connection = try SubmissionConnection.scripted(server)
            var verdicts: [Verdict] = []
            for number in 0..<4 {
                let (opening, delivery) = Self.submit(connection)
                verdicts.append(Self.verdict(opening, delivery))
                if number == 2, !connection.reset() { return verdicts }
            }
            connection.quit()
            return verdicts
        }
        #expect(await server.finish().deviations == [])
        #expect(
            verdicts == [
                .refused(.recipient, 550), .accepted("first"), .rejected(550), .accepted("second"),
            ])
    }

    @Test("believes no reply that came before its question")
    func shifted() async throws {
        let server = ScriptedServer(
            Transcript.smtpLogin() + Self.opened
                + "BODY\nS: 250 ok\nPAUSE 50\nS: 421 4.4.2 idle for too long\nSTALL")
        let (first, second, isUsable) = try await blocking { () throws(MailServerFailure) in
            let connection = try SubmissionConnection.scripted(server)
            let first = Self.submit(connection)
            Thread.sleep(forTimeInterval: 0.2)
            let second = Self.submit(connection)
            return (first, second, connection.isUsable)
        }
        #expect(Self.verdict(first.opening, first.delivery) == .accepted("ok"))
        #expect(Self.verdict(second.opening, second.delivery) == .failed(.unreachable))
        guard case .failed(let failure) = second.opening else { return }
        #expect(failure.text.contains("421 4.4.2 idle for too long") && !isUsable)
    }

    @Test("is taken back after 354 without a dot")
    func abandoned() async throws {
        let server = ScriptedServer(Transcript.smtpLogin() + Self.opened + "BODY")
        let isUsable = try await blocking { () throws(MailServerFailure) in
            let connection = try SubmissionConnection.scripted(server)
            guard let from = EmailAddress("kari@example.org"), let to = EmailAddress("ola@example.com")
            else { return true }
            guard case .ready = connection.open(from: from, to: to, size: 10) else { return true }
            connection.abandon()
            return connection.isUsable
        }
        let record = await server.finish()
        #expect(!isUsable)
        #expect(record.deviations == ["hung up before the final dot"] && record.bodies.isEmpty)
        #expect(!record.everything.contains("QUIT"))
    }

    @Test("is left without a dot when it is cancelled in the body, and unknown after the dot")
    func cancelled() async throws {
        for (script, expected) in [
            (Self.opened + "READ 50000\nFREEZE", Verdict.notAccepted(.cancelled)),
            (Self.opened + "BODY\nSTALL", .unknown(.cancelled)),
        ] {
            let server = ScriptedServer(
                Transcript.smtpLogin() + script)
            let cancellation = Cancellation()
            let connection = try await blocking { () throws(MailServerFailure) in
                try SubmissionConnection.scripted(server, patience: .init(), cancellation: cancellation)
            }
            let bytes = expected == .unknown(.cancelled) ? Self.bytes : Self.big
            async let result = pool.perform {
                let (opening, delivery) = Self.submit(connection, bytes)
                return Self.verdict(opening, delivery)
            }
            while !server.recordSoFar.lines.contains("DATA") { await Task.yield() }
            try await Task.sleep(for: .milliseconds(150))
            cancellation.cancel()
            #expect(await result == expected)
            _ = await server.finish()
        }
    }

    @Test("nothing can be delivered that was not opened")
    func outOfOrder() async throws {
        let server = ScriptedServer(Transcript.smtpLogin())
        let delivery = try await blocking { () throws(MailServerFailure) in
            try SubmissionConnection.scripted(server).deliver(Self.bytes)
        }
        guard case .notAccepted = delivery else {
            Issue.record("\(delivery)")
            return
        }
    }
}
