import MailServers
import PurrMail
import PurrMailbox
import PurrTransport
import Testing

@Suite("Idling")
struct IdleTests {
    static let examine = """
        C: … EXAMINE "INBOX"
        S: * 4 EXISTS
        S: * OK [UIDVALIDITY 7] valid
        S: * OK [UIDNEXT 5] next
        S: * OK [HIGHESTMODSEQ 12] seq
        S: {tag} OK done
        C: … IDLE

        """

    /// Idles until there is news, or the time is up.
    private func idle(
        _ transcript: String, patience: Duration = .seconds(20), within limit: Duration = .seconds(20)
    ) async -> (start: FolderStatus?, news: Outcome<Bool>, record: ScriptedServer.Record) {
        let server = ScriptedServer(Transcript.imapLogin("IMAP4rev1 IDLE") + Self.examine + transcript)
        let watch = IdleWatch()
        var start: FolderStatus?
        let news: Outcome<Bool>
        do {
            let connection = try await blocking { () throws(MailServerFailure) in
                try IMAPConnection.scripted(server, patience: patience)
            }
            start = try await blocking { () throws(MailServerFailure) in
                try connection.startIdle(in: .inbox)
            }
            var found = false
            let deadline = Deadline.after(limit)
            while !found {
                found = try await blocking { () throws(MailServerFailure) in try connection.news() }
                if found { break }
                if await watch.readable(connection.socket, until: deadline) == .timedOut { break }
            }
            if connection.isUsable {
                try await blocking { () throws(MailServerFailure) in
                    try connection.stopIdle()
                    connection.close()
                }
            }
            news = .value(found)
        } catch {
            news = .failure(error)
        }
        return (start, news, await server.finish())
    }

    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var transcript: String
        var expected: Bool
    }

    @Test(
        "sees news, and only news",
        arguments: [
            Example(
                testDescription: "that come in the same record as the +",
                transcript: "S: + idling\nS: * 5 EXISTS\nC: DONE\nS: 2 OK done", expected: true),
            Example(
                testDescription: "that come before a late +",
                transcript: "PAUSE 50\nS: * 5 EXISTS\nPAUSE 50\nS: + at last\nC: DONE\nS: 2 OK done",
                expected: true),
            Example(
                testDescription: "that come later",
                transcript: "S: + idling\nPAUSE 100\nS: * 5 EXISTS\nC: DONE\nS: 2 OK done",
                expected: true),
            Example(
                testDescription: "in half a line, and then the other",
                transcript: "S: + idling\nRAW * 5 EXI\nPAUSE 60\nRAW STS\\r\\n\nC: DONE\nS: 2 OK done",
                expected: true),
            Example(
                testDescription: "of other kinds: flags, expunged, vanished",
                transcript: "S: + idling\nS: * VANISHED 3\nC: DONE\nS: 2 OK done", expected: true),
            Example(
                testDescription: "with a literal in it",
                transcript:
                    "S: + idling\nRAW * 2 FETCH (X {5}\\r\\na\\r\\nbc FLAGS ())\\r\\n\nC: DONE\nS: 2 OK done",
                expected: true),
            Example(
                testDescription: "not a server that only says that it is still here",
                transcript:
                    "S: + idling\nS: * OK still here\nPAUSE 50\nS: * OK [X] still here\nC: DONE\nS: 2 OK done",
                expected: false),
            Example(
                testDescription: "not silence", transcript: "S: + idling\nC: DONE\nS: 2 OK done",
                expected: false),
            Example(
                testDescription: "in that the server ends it by itself",
                transcript: "S: + idling\nPAUSE 50\nS: 2 OK enough", expected: true),
        ])
    func news(_ example: Example) async {
        let (start, news, record) = await idle(
            example.transcript, within: example.expected ? .seconds(20) : .milliseconds(500))
        #expect(record.deviations == [])
        #expect(news.value == example.expected, "\(news)")
        #expect(
            start
                == FolderStatus(
                    uidValidity: UIDValidity(rawValue: 7), uidNext: 5, messages: 4, highestModSeq: 12))
    }

    struct Fault: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var transcript: String
        var reason: MailServerFailure.Reason
        var says = ""
    }

    @Test(
        "ends with the connection",
        arguments: [
            Fault(
                testDescription: "when the server says farewell",
                transcript: "S: + idling\nS: * BYE back at noon",
                reason: .unreachable, says: "back at noon"),
            Fault(
                testDescription: "when it hangs up", transcript: "S: + idling\nCLOSE", reason: .unreachable),
            Fault(
                testDescription: "when it is reset", transcript: "S: + idling\nRESET", reason: .unreachable),
            Fault(
                testDescription: "when IDLE is refused", transcript: "S: {tag} NO not here",
                reason: .refused, says: "not here"),
            Fault(testDescription: "when the + never comes", transcript: "STALL", reason: .limit),
            Fault(
                testDescription: "when DONE is not answered",
                transcript: "S: + idling\nS: * 5 EXISTS\nSTALL", reason: .limit),
            Fault(
                testDescription: "when a line never ends",
                transcript: "S: + idling\nRAW {3000000*x}\nSTALL", reason: .limit),
            Fault(
                testDescription: "when it is no IMAP", transcript: "S: + idling\nS: HTTP/1.1 200 OK\nSTALL",
                reason: .protocolViolation),
        ])
    func faults(_ fault: Fault) async {
        let (_, news, _) = await idle(
            fault.transcript, patience: fault.transcript.contains("STALL") ? .seconds(2) : .seconds(20))
        #expect(news.reason == fault.reason, "\(news)")
        #expect(fault.says.isEmpty || news.text.contains(fault.says))
    }
}
