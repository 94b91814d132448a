import Foundation
import MailServers
import PurrMail
import PurrMailbox
import PurrTransport
import Testing

@Suite("An IMAP connection")
struct ConnectionTests {
    static let login = """
        TLS
        S: * OK ready
        C: … CAPABILITY
        S: * CAPABILITY IMAP4rev1 AUTH=PLAIN
        S: {tag} OK done
        C: … AUTHENTICATE PLAIN
        S: +
        C: …

        """

    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var transcript: String
    }

    @Test(
        "begins in step, whatever came with the login's OK",
        arguments: [
            Example(testDescription: "nothing", transcript: "S: {tag} OK in\n"),
            Example(
                testDescription: "a line in the same record", transcript: "S: {tag} OK in\nS: * 4 EXISTS\n"),
            Example(
                testDescription: "half a line in the same record",
                transcript: "RAW {tag} OK in\\r\\n* 4 EXI\nC: … CAPABILITY\nRAW STS\\r\\n\n"),
            Example(
                testDescription: "capabilities", transcript: "S: {tag} OK [CAPABILITY IMAP4rev1 XOLD] in\n"),
        ])
    func synchronises(_ example: Example) async throws {
        let waits = example.transcript.contains("C:") ? "" : "C: … CAPABILITY\n"
        let server = ScriptedServer(
            Self.login + example.transcript + waits + """
                S: * CAPABILITY IMAP4rev1 idle List-Status
                S: {tag} OK done
                C: … NOOP
                S: {tag} OK done
                C: … LOGOUT
                """)
        let capabilities = try await blocking { () throws(MailServerFailure) in
            let connection = try IMAPConnection.scripted(server)
            try connection.noop()
            defer { connection.close() }
            return connection.capabilities
        }
        #expect(capabilities == ["IMAP4REV1", "IDLE", "LIST-STATUS"])
        #expect(await server.finish().deviations == [])
    }

    @Test("ends every wait when it is cancelled")
    func cancelled() async throws {
        let server = ScriptedServer(Transcript.imapLogin() + "C: … NOOP\nSTALL")
        let connection = try await blocking { () throws(MailServerFailure) in
            try IMAPConnection.scripted(server, patience: .seconds(30))
        }
        async let outcome = pool.perform {
            Outcome { () throws(MailServerFailure) in try connection.noop() }
        }
        while !server.recordSoFar.lines.contains("1 NOOP") { await Task.yield() }
        connection.cancellation.cancel()
        #expect(await outcome.reason == .cancelled)
        #expect(!connection.isUsable)
    }

    @Test("fetches a message up to a limit, and tells gone from withheld")
    func messages() async throws {
        let examine = HeaderSliceTests.examine
        func fetch(_ uid: Int) -> String { "C: … UID FETCH \(uid) (UID INTERNALDATE BODY.PEEK[]<0.10>)\n" }
        let server = ScriptedServer(
            Transcript.imapLogin() + examine + fetch(3)
                + "RAW * 1 FETCH (UID 3 BODY[]<0> {10}\\r\\nFrom: \\x00\\xFFab)\\r\\n\nS: {tag} OK done\n"
                + fetch(4)
                + "S: {tag} OK done\n" + HeaderSliceTests.search("4", "") + fetch(5) + "S: {tag} OK done\n"
                + HeaderSliceTests.search("5", "5"))
        let outcome = try await blocking { () throws(MailServerFailure) in
            let connection = try IMAPConnection.scripted(server)
            func get(_ uid: UID, _ validity: UInt32 = 7) -> Outcome<IMAPConnection.Reading<[UInt8]?>> {
                Outcome { () throws(MailServerFailure) in
                    try connection.message(
                        in: .inbox, uid: uid, expecting: UIDValidity(rawValue: validity), limit: 10)
                }
            }
            return [get(3), get(4), get(5), get(3, 6)]
        }
        #expect(await server.finish().deviations == [])
        #expect(outcome[0].value?.value == Array("From: ".utf8) + [0, 0xFF, 0x61, 0x62])
        #expect(outcome[1].value?.value == .some(nil))
        #expect(outcome[2].reason == .refused)
        #expect(outcome[3].value?.renumbered == UIDValidity(rawValue: 7))
    }

    @Test("seeks messages by identity, in any field, in lines of bounded length")
    func finds() async throws {
        let ids = try (1...100).map {
            try #require(MessageID("\($0).\(String(repeating: "x", count: 60))@b.test"))
        }
        let server = ScriptedServer(
            Transcript.imapLogin() + HeaderSliceTests.examine + """
                C: … UID SEARCH OR …
                S: * SEARCH 9 4
                S: {tag} OK done
                C: … UID SEARCH OR …
                S: * SEARCH 4 2
                S: {tag} OK done
                """ + "\n" + HeaderSliceTests.examine + #"""
                    C: … UID SEARCH OR HEADER "Message-ID" "a\"b@c.test" HEADER "References" "a\"b@c.test"
                    S: * SEARCH
                    S: {tag} OK done
                    """# + "\n")
        let quoted = try #require(MessageID("<a\"b@c.test>"))
        let found = try await blocking { () throws(MailServerFailure) in
            let connection = try IMAPConnection.scripted(server)
            return [
                try connection.find([], in: .inbox),
                try connection.find(ids, in: .inbox),
                try connection.find([quoted], in: .inbox, fields: ["Message-ID", "References"]),
            ]
        }
        let record = await server.finish()
        #expect(record.deviations == [])
        #expect(record.lines.allSatisfy { $0.utf8.count < 8_192 })
        #expect(found == [[], [2, 4, 9], []])
    }

    @Test("reads back from a day before the date asked for")
    func recent() async throws {
        let server = ScriptedServer(
            Transcript.imapLogin() + HeaderSliceTests.examine + """
                C: … UID SEARCH SINCE 28-Feb-2024
                S: * SEARCH 44 17 30
                S: {tag} OK done
                """)
        let first = try await blocking { () throws(MailServerFailure) in
            let date = Date(timeIntervalSince1970: 1_709_251_199)  // 2024-02-29 23:59:59 UTC
            return try IMAPConnection.scripted(server).recent(
                in: .inbox, since: date, expecting: HeaderSliceTests.validity)
        }
        #expect(first.value == .some(17))
        #expect(await server.finish().deviations == [])
    }

    @Test("files a message, with date and flag, whatever the server chats meanwhile")
    func appends() async throws {
        let server = ScriptedServer(
            Transcript.imapLogin() + #"""
                C: … APPEND "Sent Items" (\Seen) "14-Nov-2023 22:13:20 +0000" {9}
                S: * 5 EXISTS
                S: + go
                READ 11
                S: * 6 EXISTS
                S: {tag} OK [APPENDUID 38505 3955] done
                C: … APPEND Nope …
                S: {tag} NO [TRYCREATE] no such folder
                C: … NOOP
                S: {tag} OK done
                """#)
        let outcome = try await blocking { () throws(MailServerFailure) in
            let connection = try IMAPConnection.scripted(server)
            let date = Date(timeIntervalSince1970: 1_700_000_000)
            let place = try connection.append(
                Array("A: b\r\n\r\nc".utf8), to: FolderName(wire: "Sent Items"), at: date, seen: true)
            let refused = Outcome { () throws(MailServerFailure) in
                try connection.append(Array("x".utf8), to: FolderName(wire: "Nope"), at: date, seen: false)
            }
            try connection.noop()
            return (place, refused)
        }
        #expect(await server.finish().deviations == [])
        #expect(
            outcome.0
                == AppendedUID(uidValidity: UIDValidity(rawValue: 38_505), uid: UID(rawValue: 3_955)))
        #expect(outcome.1.text.contains("[TRYCREATE] no such folder"))
    }
}
